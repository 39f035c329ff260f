package import Basics
package import KernelIR
package import TensorIR

/// What windows of the spatial axes of a tensor are like; an entry for each of these axes.
package struct ConvolutionGeometry: Hashable, Sendable {
  package var strides: [Int]
  /// Elements added before and behind; taken away if negative.
  package var padding: [(low: Int, high: Int)]
  /// Elements from one of the operand to the next, zeros between them; elements from one of a window to the next.
  package var inputDilation: [Int]
  package var kernelDilation: [Int]
  /// Channels in so many groups, which are convolved apart.
  package var groups: Int

  package init(
    strides: [Int], padding: [(low: Int, high: Int)], inputDilation: [Int], kernelDilation: [Int], groups: Int = 1
  ) {
    self.strides = strides
    self.padding = padding
    self.inputDilation = inputDilation
    self.kernelDilation = kernelDilation
    self.groups = groups
  }

  package static func == (a: Self, b: Self) -> Bool {
    a.strides == b.strides && a.inputDilation == b.inputDilation && a.kernelDilation == b.kernelDilation
      && a.groups == b.groups && a.padding.elementsEqual(b.padding, by: ==)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(strides)
    for (low, high) in padding { hasher.combine([low, high]) }
  }
}

extension Term {
  /// Elements added along some axes, or taken away where amounts are negative, with `interior` ones between neighbours.
  package func paddedOrCropped(
    axes: [Int], _ amounts: [(low: Int, high: Int)], interior: [Int]? = nil, fill: Scalar
  ) -> Term {
    if isPoison { return self }
    var (low, high) = (shape.extents.map { _ in 0 }, shape.extents.map { _ in 0 })
    var between = low
    for (place, axis) in axes.enumerated() {
      (low[axis], high[axis]) = amounts[place]
      between[axis] = interior?[place] ?? 0
    }
    func positive(_ amounts: [Int]) -> [Int] { amounts.map { Swift.max($0, 0) } }
    let isPlain = (positive(low) + positive(high) + between).allSatisfy { $0 == 0 }
    let padded =
      isPlain
      ? self
      : applying(Pad(low: positive(low), high: positive(high), interior: between), builder.splat(fill, .scalar))
    if padded.isPoison { return padded }
    let starts = low.map { Swift.max(-$0, 0) }
    let limits = zip(padded.shape.extents, high).map { $0 - Swift.max(-$1, 0) }
    guard zip(starts, limits).allSatisfy({ $0 <= $1 }) else {
      return failing("can't take \(amounts) elements away from axes \(axes) of \(type)")
    }
    return padded.sliced(starts: starts, limits: limits, strides: starts.map { _ in 1 })
  }

  /// Elements of every window of some axes, combined: `y[…, o, …] = combine over k of x[…, stride · o + dilation · k, …]`.
  package func reducingWindows(_ combiner: Combiner, _ geometry: WindowGeometry) -> Term {
    if isPoison { return self }
    return applying(Windows(geometry)).reduce(combiner, axes: Array(geometry.axes.indices))
  }

  /// The windows that a kernel sees along spatial axes, padded and dilated before: `[k…, …, o…, …]`.
  private func windows(of sizes: [Int], axes: [Int], _ geometry: ConvolutionGeometry) -> Term {
    let padded = paddedOrCropped(
      axes: axes, geometry.padding, interior: geometry.inputDilation.map { $0 - 1 },
      fill: Scalar(Int64(0), as: dtype))
    if padded.isPoison { return padded }
    return padded.applying(
      Windows(
        WindowGeometry(
          rank: shape.rank, axes: axes, sizes: sizes, strides: geometry.strides,
          dilations: geometry.kernelDilation)))
  }

  /// The convolution, or rather correlation, of `x[n, c, i…]` with `kernel[f, c, k…]`:
  /// `y[n, f, o…] = Σ_c Σ_k x[n, c, stride · o + dilation · k] kernel[f, c, k]`, x being padded and dilated before. With
  /// groups, kernels of a group of outputs see the inputs of the group.
  package func convolved(_ kernel: Term, _ geometry: ConvolutionGeometry) -> Term {
    if isPoison || kernel.isPoison { return poison }
    let count = shape.rank - 2
    let groups = geometry.groups
    let (batch, inputs, outputs) = (shape[0], shape[1], kernel.shape[0])
    let sizes = Array(kernel.shape.extents[2...])
    let last = kernel.shape.rank - 1
    if groups == 1, batch >= Self.leastInnerBatch, shape[last] < Self.leastRow {
      return convolvedWithBatchInnermost(kernel, geometry)
    }
    let windows = windows(of: sizes, axes: Array(2..<2 + count), geometry)
    if windows.isPoison { return windows }
    // Matrices whose rows run along the last axis of x, as they lie in memory: one for each n, or for each group.
    let places = Array(windows.shape.extents[(2 + count)...])
    let grouped = windows.reshaped(to: Shape(sizes + [batch, groups, inputs / groups] + places))
    let (window, channel) = (Array(0..<count), count + 2)
    let rest = Array(count + 3..<2 * count + 3)
    let rows = kernel.reshaped(to: Shape([groups, outputs / groups, inputs / groups] + sizes))
    if groups == 1 {
      let columns = grouped.transposed([count, count + 1, channel] + window + rest)
        .reshaped(to: Shape([batch, inputs] + sizes + places))
      let stacked = kernel.broadcast(
        to: Shape([batch]).appending(kernel.shape), axes: Array(1..<kernel.shape.rank + 1))
      let product = DotGeneral(
        DotAxes(
          leftContracting: Array(2..<3 + count), rightContracting: Array(1..<2 + count), leftBatch: [0],
          rightBatch: [0]))
      return stacked.applying(product, columns)
    }
    let columns = grouped.transposed([count + 1, channel] + window + [count] + rest)
    let product = DotGeneral(
      DotAxes(
        leftContracting: Array(2..<3 + count), rightContracting: Array(1..<2 + count), leftBatch: [0],
        rightBatch: [0]))
    // [g, f, n, o…].
    return rows.applying(product, columns).movingAxis(2, to: 0).reshaped(to: Shape([batch, outputs] + places))
  }

  /// A batch of at least so many tensors, with rows of fewer elements than that, has the batch innermost: rows are then no
  /// runs of memory worth a tile each, and windows of all tensors of the batch are copied as one.
  private static let leastInnerBatch = 16
  private static let leastRow = 64

  /// The same as one product `y[f, o…, n] = Σ_c Σ_k kernel[f, c, k] x[c, stride · o + dilation · k, n]`. The transpositions
  /// before and behind meet those of other convolutions.
  private func convolvedWithBatchInnermost(_ kernel: Term, _ geometry: ConvolutionGeometry) -> Term {
    let count = shape.rank - 2
    let moved = transposed(Array(1..<shape.rank) + [0])
    let windows = moved.windows(of: Array(kernel.shape.extents[2...]), axes: Array(1..<1 + count), geometry)
    if windows.isPoison { return windows }
    let columns = windows.transposed([count] + Array(0..<count) + Array(count + 1..<2 * count + 2))
    let product = DotGeneral(
      DotAxes(leftContracting: Array(1..<2 + count), rightContracting: Array(0..<1 + count)))
    return kernel.applying(product, columns).transposed([count + 1] + Array(0..<count + 1))
  }

  /// The same with channels last: `x[n, i…, c]`, `kernel[k…, c, f]` and `y[n, o…, f]`.
  package func convolvedChannelsLast(_ kernel: Term, _ geometry: ConvolutionGeometry) -> Term {
    if isPoison || kernel.isPoison { return poison }
    let count = shape.rank - 2
    let groups = geometry.groups
    let (batch, inputs, outputs) = (shape[0], shape[1 + count], kernel.shape[1 + count])
    let sizes = Array(kernel.shape.extents[..<count])
    let windows = windows(of: sizes, axes: Array(1..<1 + count), geometry)
    if windows.isPoison { return windows }
    // [n, o…, k…, c] times [k…, c, f], or group by group [g, n, o…, k…, c] times [g, k…, c, f].
    let places = Array(windows.shape.extents[(1 + count)..<(1 + 2 * count)])
    let (window, own) = (Array(0..<count), Array(count..<1 + 2 * count))
    let grouped = windows.reshaped(to: Shape(sizes + [batch] + places + [groups, inputs / groups]))
      .transposed([1 + 2 * count] + own + window + [2 + 2 * count])
    let columns = kernel.reshaped(to: Shape(sizes + [inputs / groups, groups, outputs / groups]))
      .transposed([1 + count] + window + [count, 2 + count])
    let product = DotGeneral(
      DotAxes(
        leftContracting: Array(2 + count..<3 + 2 * count), rightContracting: Array(1..<2 + count), leftBatch: [0],
        rightBatch: [0]))
    return grouped.applying(product, columns).movingAxis(0, to: 1 + count)
      .reshaped(to: Shape([batch] + places + [outputs]))
  }

  /// The transposed convolution of `x[n, c, o…]` with `kernel[c, f, k…]`, which puts `x[n, c, o] kernel[c, f, k]` at place
  /// `stride · o + dilation · k` of `y[n, f, …]` and adds up; of the result padding is taken off, and `extra` is added.
  package func transposeConvolved(_ kernel: Term, _ geometry: ConvolutionGeometry, extra: [Int]) -> Term {
    if isPoison || kernel.isPoison { return poison }
    let count = shape.rank - 2
    let groups = geometry.groups
    let (batch, inputs) = (shape[0], shape[1])
    let outputs = kernel.shape[1] * groups
    let sizes = Array(kernel.shape.extents[2...])
    let places = Array(shape.extents[2...])
    // [g, f, k…, n, o…] = Σ_c kernel[g, c, f, k…] x[n, g, c, o…].
    let rows = kernel.reshaped(to: Shape([groups, inputs / groups, outputs / groups] + sizes))
    let columns = reshaped(to: Shape([batch, groups, inputs / groups] + places))
    let product = DotGeneral(
      DotAxes(leftContracting: [1], rightContracting: [2], leftBatch: [0], rightBatch: [1]))
    let (window, rest) = (Array(2..<2 + count), Array(3 + count..<3 + 2 * count))
    let windows = rows.applying(product, columns).transposed(window + [2 + count, 0, 1] + rest)
      .reshaped(to: Shape(sizes + [batch, outputs] + places))
    let full = (0..<count).map { axis -> Int in
      let last = Swift.max(places[axis] - 1, 0) * geometry.strides[axis]
      return places[axis] == 0 ? 0 : last + (sizes[axis] - 1) * geometry.kernelDilation[axis] + 1
    }
    let fold = FoldWindows(
      WindowGeometry(
        rank: shape.rank, axes: Array(2..<2 + count), sizes: sizes, strides: geometry.strides,
        dilations: geometry.kernelDilation), extents: full)
    let amounts = (0..<count).map { (low: -geometry.padding[$0].low, high: extra[$0] - geometry.padding[$0].high) }
    return windows.applying(fold).paddedOrCropped(
      axes: Array(2..<2 + count), amounts, fill: Scalar(Int64(0), as: dtype))
  }
}
