internal import KernelIR
internal import TensorIR
internal import TensorOps

/// What is added around a tensor before windows are taken of it.
public enum Padding: Hashable, Sendable {
  /// Nothing: windows lie inside.
  case valid
  /// As much as makes `⌈n / stride⌉` windows along an axis of n elements, the odd one behind.
  case same
  /// So many elements before and behind along every axis; negative amounts take elements away.
  case amounts([Amount])

  /// Elements before and behind along one axis.
  public struct Amount: Hashable, Sendable {
    /// Elements before the first.
    public var before: Int
    /// Elements behind the last.
    public var behind: Int

    /// Different amounts.
    public init(before: Int, behind: Int) {
      self.before = before
      self.behind = behind
    }
  }

  /// The same before and behind, an entry for every axis.
  public static func each(_ amounts: [Int]) -> Padding {
    .amounts(amounts.map { Amount(before: $0, behind: $0) })
  }
}

/// Where the channels of a tensor are, and with them those of kernels.
public enum ChannelLayout: Hashable, Sendable {
  /// `x[n, c, i…]`, `kernel[f, c, k…]`, `y[n, f, o…]`.
  case first
  /// `x[n, i…, c]`, `kernel[k…, c, f]`, `y[n, o…, f]`.
  case last
}

/// The convolution of n tensors with kernels, as neural networks have it: a correlation, kernels are not turned round.
///
/// `y[n, f, o…] = Σ_c Σ_k x[n, c, stride · o + dilation · k] kernel[f, c, k]`, where x has zeros around and, with an input
/// dilation, between its elements. It is a product of the kernel with the windows of x; both gradients are products too.
///
/// - Parameters:
///   - x: A batch with at least one spatial axis, of numbers.
///   - kernel: Of the dtype of x, with as many axes.
///   - strides: Steps from window to window, an entry for every spatial axis; 1 unless given.
///   - inputDilation: Steps from one element of x to the next, zeros being put between; 1 unless given.
///   - kernelDilation: Steps from one element of a window to the next; 1 unless given.
///   - groups: With g groups, f outputs and c inputs, every f/g outputs see c/g inputs of their own, and the kernel has c/g
///     inputs only. With as many groups as inputs it is depthwise.
/// - Returns: `⌊(padded - (size - 1) · dilation - 1) / stride⌋ + 1` elements along every spatial axis.
public func convolution(
  _ x: Tensor, _ kernel: Tensor, strides: [Int]? = nil, padding: Padding = .valid, inputDilation: [Int]? = nil,
  kernelDilation: [Int]? = nil, groups: Int = 1, layout: ChannelLayout = .first, file: String = #fileID,
  line: Int = #line
) -> Tensor {
  Tensor.record("convolution", [x, kernel], at: SourceLocation(file: file, line: line)) {
    (recorder, terms) throws(Diagnostic) in
    let (x, kernel) = (terms[0], terms[1])
    let count = try recorder.spatialCount(x, kernel)
    let isFirst = layout == .first
    let spatial = Array(isFirst ? 2..<2 + count : 1..<1 + count)
    let sizes = Array(isFirst ? kernel.shape.extents[2...] : kernel.shape.extents[..<count])
    let (inputs, outputs) =
      isFirst ? (kernel.shape[1], kernel.shape[0]) : (kernel.shape[count], kernel.shape[count + 1])
    let channels = isFirst ? x.shape[1] : x.shape[count + 1]
    guard groups > 0, outputs % groups == 0, inputs.multipliedReportingOverflow(by: groups) == (channels, false) else {
      throw recorder.fault(
        "a kernel of \(kernel.type) with \(inputs) inputs and \(outputs) outputs does not fit the \(channels) channels"
          + " of \(x.type) in \(groups) groups")
    }
    let strides = try recorder.steps("strides", strides, count)
    let dilation = try recorder.steps("dilations", kernelDilation, count)
    let between = try recorder.steps("dilations of the input", inputDilation, count)
    let extents = zip(spatial, between).map { axis, step in
      x.shape[axis] == 0 ? 0 : (x.shape[axis] - 1).multipliedReportingOverflow(by: step).partialValue &+ 1
    }
    let amounts = try recorder.amounts(padding, of: x, extents, sizes, strides, dilation)
    let geometry = ConvolutionGeometry(
      strides: strides, padding: amounts, inputDilation: between, kernelDilation: dilation, groups: groups)
    return isFirst ? x.convolved(kernel, geometry) : x.convolvedChannelsLast(kernel, geometry)
  }
}

/// The transposed convolution: what ``convolution(_:_:strides:padding:inputDilation:kernelDilation:groups:layout:file:line:)``
/// does to the cotangent of its operand.
///
/// `y[n, f, stride · o + dilation · k] += x[n, c, o] kernel[c, f, k]`, of which padding is taken off.
///
/// - Parameters:
///   - x: A batch with at least one spatial axis, of numbers.
///   - kernel: `kernel[c, f, k…]`, or `kernel[k…, f, c]` with channels last: as for the convolution from f to c channels.
///   - strides: Steps between the places of neighbours, an entry for every spatial axis; 1 unless given.
///   - padding: Elements taken off before and behind along every spatial axis; none unless given.
///   - outputPadding: Elements added behind along every spatial axis, for sizes that strides leave over; 0 unless given.
///   - kernelDilation: Steps from one element of a kernel to the next; 1 unless given.
///   - groups: As for the convolution.
/// - Returns: `(n - 1) · stride + (size - 1) · dilation + 1 - padding + outputPadding` elements along every spatial axis.
public func transposedConvolution(
  _ x: Tensor, _ kernel: Tensor, strides: [Int]? = nil, padding: [Padding.Amount]? = nil, outputPadding: [Int]? = nil,
  kernelDilation: [Int]? = nil, groups: Int = 1, layout: ChannelLayout = .first, file: String = #fileID,
  line: Int = #line
) -> Tensor {
  Tensor.record("transposedConvolution", [x, kernel], at: SourceLocation(file: file, line: line)) {
    (recorder, terms) throws(Diagnostic) in
    let count = try recorder.spatialCount(terms[0], terms[1])
    let isFirst = layout == .first
    let x = isFirst ? terms[0] : terms[0].movingAxis(count + 1, to: 1)
    let kernel = isFirst ? terms[1] : terms[1].transposed([count + 1, count] + Array(0..<count))
    let channels = x.shape[1]
    guard groups > 0, channels % groups == 0, kernel.shape[0] == channels else {
      throw recorder.fault(
        "a kernel of \(terms[1].type) with \(kernel.shape[0]) inputs does not fit the \(channels) channels of"
          + " \(terms[0].type) in \(groups) groups")
    }
    let amounts = padding?.map { (low: $0.before, high: $0.behind) } ?? x.shape.extents[2...].map { _ in (0, 0) }
    let extra = outputPadding ?? amounts.map { _ in 0 }
    guard amounts.count == count, extra.count == count else {
      throw recorder.fault("amounts of padding do not fit the \(count) spatial axes of \(terms[0].type)")
    }
    let geometry = ConvolutionGeometry(
      strides: try recorder.steps("strides", strides, count), padding: amounts,
      inputDilation: amounts.map { _ in 1 }, kernelDilation: try recorder.steps("dilations", kernelDilation, count),
      groups: groups)
    try recorder.requireRoom(geometry, of: x, kernel, extra)
    let result = x.transposeConvolved(kernel, geometry, extra: extra)
    return isFirst || result.value == .poison ? result : result.movingAxis(1, to: count + 1)
  }
}

extension Recorder {
  /// The number of axes that windows move along, of operands of a convolution.
  fileprivate func spatialCount(_ x: Term, _ kernel: Term) throws(Diagnostic) -> Int {
    try requireOneDType([x, kernel])
    guard x.dtype != .bool else { throw fault("is for numbers, not \(x.type)") }
    guard x.type.rank >= 3, kernel.type.rank == x.type.rank else {
      throw fault(
        "\(x.type) and a kernel of \(kernel.type) need the axes of batch, channels and space, and as many of them")
    }
    return x.type.rank - 2
  }

  /// Throws unless what a transposed convolution of channels first puts side by side can be counted, and its padding taken
  /// off.
  fileprivate func requireRoom(
    _ geometry: ConvolutionGeometry, of x: Term, _ kernel: Term, _ extra: [Int]
  ) throws(Diagnostic) {
    let outputs = kernel.shape[1].multipliedReportingOverflow(by: geometry.groups)
    guard !outputs.overflow else {
      throw fault("\(geometry.groups) groups of the outputs of \(kernel.type) are too many")
    }
    let (places, sizes) = (Array(x.shape.extents[2...]), Array(kernel.shape.extents[2...]))
    var (extents, added): ([Int], [Padding.Amount]) = ([], [])
    for axis in places.indices {
      let (stride, dilation) = (geometry.strides[axis], geometry.kernelDilation[axis])
      let span = Swift.max(sizes[axis] - 1, 0).multipliedReportingOverflow(by: dilation)
      let last = Swift.max(places[axis] - 1, 0).multipliedReportingOverflow(by: stride)
      let end = last.partialValue.addingReportingOverflow(span.partialValue)
      guard !span.overflow, !last.overflow, !end.overflow, end.partialValue < .max else {
        throw fault("strides \(stride) and dilations \(dilation) are too large for \(x.type)")
      }
      extents.append(places[axis] == 0 ? 0 : end.partialValue + 1)
      let (low, high) = geometry.padding[axis]
      let before = 0.subtractingReportingOverflow(low)
      let behind = extra[axis].subtractingReportingOverflow(high)
      guard !before.overflow, !behind.overflow else {
        throw fault("padding \(low) and \(high) does not fit \(x.type)")
      }
      added.append(.init(before: before.partialValue, behind: behind.partialValue))
    }
    _ = try amounts(.amounts(added), of: x, extents, sizes, geometry.strides, geometry.kernelDilation)
  }

  /// An entry for every axis, positive; 1 if there is none.
  func steps(_ what: String, _ steps: [Int]?, _ count: Int) throws(Diagnostic) -> [Int] {
    guard let steps else { return [Int](repeating: 1, count: count) }
    guard steps.count == count else { throw fault("\(what) \(steps) are not one for each of \(count) axes") }
    guard steps.allSatisfy({ $0 > 0 }) else { throw fault("\(what) \(steps) are not positive") }
    return steps
  }

  /// What padding comes to for axes of these extents.
  func amounts(
    _ padding: Padding, of x: Term, _ extents: [Int], _ sizes: [Int], _ strides: [Int], _ dilations: [Int]
  ) throws(Diagnostic) -> [(low: Int, high: Int)] {
    guard sizes.allSatisfy({ $0 > 0 }) else { throw fault("windows of sizes \(sizes) are empty") }
    switch padding {
    case .valid: return extents.map { _ in (0, 0) }
    case .same:
      var amounts: [(low: Int, high: Int)] = []
      for axis in extents.indices {
        let count = extents[axis] == 0 ? 0 : (extents[axis] - 1) / strides[axis] + 1
        let span = (sizes[axis] - 1) &* dilations[axis] &+ 1
        let total = Swift.max((count - 1) &* strides[axis] &+ span &- extents[axis], 0)
        amounts.append((total / 2, total - total / 2))
      }
      return amounts
    case .amounts(let amounts):
      guard amounts.count == extents.count else {
        throw fault("\(amounts.count) amounts of padding are not one for each of \(extents.count) axes")
      }
      for (amount, extent) in zip(amounts, extents) {
        let total = extent.addingReportingOverflow(amount.before)
        let all = total.partialValue.addingReportingOverflow(amount.behind)
        guard !total.overflow, !all.overflow, all.partialValue >= 0,
          -extent <= Swift.min(amount.before, amount.behind)
        else { throw fault("padding \(amount.before) and \(amount.behind) does not fit \(x.type)") }
      }
      return amounts.map { ($0.before, $0.behind) }
    }
  }
}
