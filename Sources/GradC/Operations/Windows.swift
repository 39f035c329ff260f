internal import KernelIR
internal import TensorIR
internal import TensorOps

/// How the elements of a window become one.
public enum WindowReduction: Hashable, Sendable, CaseIterable {
  /// `Σ x`, 0 around.
  case sum
  /// `Π x`, 1 around.
  case product
  /// The greatest, -∞ around. The gradient is shared by equal maxima.
  case max
  /// The least, ∞ around. The gradient is shared by equal minima.
  case min
  /// `Σ x / n` over the elements of the window that are inside the tensor, for floating dtypes.
  case mean

  var combiner: Combiner {
    switch self {
    case .sum, .mean: .add
    case .product: .mul
    case .max: .max
    case .min: .min
    }
  }
}

extension Tensor {
  /// `y[…, o, …] = reduction over k of x[…, stride · o + dilation · k, …]`: windows along some axes, each made one element,
  /// for numbers.
  ///
  /// - Parameters:
  ///   - sizes: The elements of a window along every one of the axes.
  ///   - axes: Different axes, negative from the end.
  ///   - strides: Steps from window to window; those of the sizes, side by side, unless given.
  ///   - dilations: Steps from one element of a window to the next; 1 unless given.
  public func reducingWindows(
    _ reduction: WindowReduction, sizes: [Int], axes: [Int], strides: [Int]? = nil, padding: Padding = .valid,
    dilations: [Int]? = nil, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    reducingWindows(
      "reducingWindows", reduction, sizes, axes, strides, padding, dilations, SourceLocation(file: file, line: line))
  }

  fileprivate func reducingWindows(
    _ name: String, _ reduction: WindowReduction, _ sizes: [Int], _ axes: [Int], _ strides: [Int]?,
    _ padding: Padding, _ dilations: [Int]?, _ location: SourceLocation
  ) -> Tensor {
    Tensor.record(name, [self], at: location) { (recorder, terms) throws(Diagnostic) in
      let x = terms[0]
      guard x.dtype != .bool else { throw recorder.fault("is for numbers, not \(x.type)") }
      if reduction == .mean { try recorder.requireFloating(x) }
      let (geometry, amounts) = try recorder.windows(x, sizes, axes, strides ?? sizes, padding, dilations)
      func reduce(_ term: Term) -> Term {
        let fill = reduction.combiner.identity(term.dtype)
        return term.paddedOrCropped(axes: geometry.axes, amounts, fill: fill)
          .reducingWindows(reduction.combiner, geometry)
      }
      return reduction == .mean ? reduce(x) / reduce(x.ones) : reduce(x)
    }
  }

  /// `y[k…, r…] = x[…, stride · r[axis] + dilation · k[axis], …]`: all windows along some axes, for any dtype. New axes in
  /// front count the places in a window.
  ///
  /// - Parameters:
  ///   - sizes: The elements of a window along every one of the axes.
  ///   - axes: Different axes, negative from the end.
  ///   - strides: Steps from window to window; 1 unless given.
  ///   - dilations: Steps from one element of a window to the next; 1 unless given.
  public func windows(
    sizes: [Int], axes: [Int], strides: [Int]? = nil, dilations: [Int]? = nil, file: String = #fileID,
    line: Int = #line
  ) -> Tensor {
    Tensor.record("windows", [self], at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      let (geometry, _) = try recorder.windows(terms[0], sizes, axes, strides, .valid, dilations)
      return terms[0].applying(Windows(geometry))
    }
  }
}

/// The greatest element of every window of the spatial axes, for numbers: `x[n, c, i…]`, or `x[n, i…, c]`.
///
/// - Parameters:
///   - sizes: The elements of a window along every spatial axis.
///   - strides: Steps from window to window; those of the sizes, side by side, unless given.
public func maxPool(
  _ x: Tensor, _ sizes: [Int], strides: [Int]? = nil, padding: Padding = .valid, layout: ChannelLayout = .first,
  file: String = #fileID, line: Int = #line
) -> Tensor {
  let start = layout == .first ? 2 : 1
  return x.reducingWindows(
    "maxPool", .max, sizes, Array(start..<start + sizes.count), strides, padding, nil,
    SourceLocation(file: file, line: line))
}

/// The mean of every window of the spatial axes, for floating dtypes: `x[n, c, i…]`, or `x[n, i…, c]`. What is added
/// around does not count.
///
/// - Parameters:
///   - sizes: The elements of a window along every spatial axis.
///   - strides: Steps from window to window; those of the sizes, side by side, unless given.
public func averagePool(
  _ x: Tensor, _ sizes: [Int], strides: [Int]? = nil, padding: Padding = .valid, layout: ChannelLayout = .first,
  file: String = #fileID, line: Int = #line
) -> Tensor {
  let start = layout == .first ? 2 : 1
  return x.reducingWindows(
    "averagePool", .mean, sizes, Array(start..<start + sizes.count), strides, padding, nil,
    SourceLocation(file: file, line: line))
}

extension Recorder {
  /// Windows along axes, and what padding comes to; the axes become increasing.
  fileprivate func windows(
    _ x: Term, _ sizes: [Int], _ axes: [Int], _ strides: [Int]?, _ padding: Padding, _ dilations: [Int]?
  ) throws(Diagnostic) -> (WindowGeometry, [(low: Int, high: Int)]) {
    _ = try self.axes(axes, of: x)
    var numbers: [Int] = []
    for axis in axes { numbers.append(try self.axis(axis, of: x)) }
    let order = numbers.indices.sorted { numbers[$0] < numbers[$1] }
    let sizes = try steps("sizes", sizes, axes.count)
    let strides = try steps("strides", strides, axes.count)
    let dilations = try steps("dilations", dilations, axes.count)
    let amounts = try amounts(padding, of: x, numbers.map { x.shape[$0] }, sizes, strides, dilations)
    let geometry = WindowGeometry(
      rank: x.type.rank, axes: order.map { numbers[$0] }, sizes: order.map { sizes[$0] },
      strides: order.map { strides[$0] }, dilations: order.map { dilations[$0] })
    return (geometry, order.map { amounts[$0] })
  }
}
