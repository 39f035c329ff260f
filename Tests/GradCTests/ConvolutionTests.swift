import GradC
import Testing

/// Convolutions and pools as users write them.
@Suite struct ConvolutionTests {
  private func check(_ tensor: Tensor, _ shape: [Int], _ elements: [Double], tolerance: Double = 1e-12) throws {
    #expect(Array(tensor.shape) == shape)
    for (a, b) in zip(try tensor.doubles(), elements) { #expect(a == b || Swift.abs(a - b) <= tolerance, "\(a), \(b)") }
  }

  private let x = arange(5, .f64).reshaped(to: [1, 1, 5])
  private let w = Tensor([1, 10, 100], shape: [1, 1, 3], dtype: .f64)

  @Test func oneAxis() throws {
    try check(convolution(x, w), [1, 1, 3], [210, 321, 432])
    try check(convolution(x, w, padding: .same), [1, 1, 5], [100, 210, 321, 432, 43])
    try check(convolution(x, w, strides: [2], padding: .same), [1, 1, 3], [100, 321, 43])
    try check(convolution(x, w, padding: .each([1]), kernelDilation: [2]), [1, 1, 3], [310, 420, 31])
    try check(
      convolution(x, w, padding: .amounts([.init(before: -1, behind: 2)])), [1, 1, 4], [321, 432, 43, 4])
    try check(convolution(x, w, inputDilation: [2]), [1, 1, 7], [100, 10, 201, 20, 302, 30, 403])
    try check(transposedConvolution(x, w, strides: [2]), [1, 1, 11], [0, 0, 1, 10, 102, 20, 203, 30, 304, 40, 400])
    try check(
      transposedConvolution(x, w, strides: [2], padding: [.init(before: 1, behind: 1)], outputPadding: [1]),
      [1, 1, 10], [0, 1, 10, 102, 20, 203, 30, 304, 40, 400])
  }

  @Test func layouts() throws {
    let image = (arange(2 * 3 * 4 * 5, .f64) * 0.1).reshaped(to: [2, 3, 4, 5])
    let kernel = sin(arange(4 * 3 * 2 * 2, .f64)).reshaped(to: [4, 3, 2, 2])
    let first = convolution(image, kernel, strides: [1, 2], padding: .same)
    let last = convolution(
      image.transposed([0, 2, 3, 1]), kernel.transposed([2, 3, 1, 0]), strides: [1, 2], padding: .same, layout: .last)
    #expect(Array(first.shape) == [2, 4, 4, 3])
    try check(last.transposed([0, 3, 1, 2]), [2, 4, 4, 3], try first.doubles())
    try check(
      maxPool(image.transposed([0, 2, 3, 1]), [2, 2], layout: .last).transposed([0, 3, 1, 2]), [2, 3, 2, 2],
      try maxPool(image, [2, 2]).doubles())
  }

  @Test func pools() throws {
    try check(maxPool(x, [2]), [1, 1, 2], [1, 3])
    try check(maxPool(x, [3], strides: [2], padding: .same), [1, 1, 3], [1, 3, 4])
    try check(averagePool(x, [3], strides: [2], padding: .same), [1, 1, 3], [0.5, 2, 3.5])
    try check(x.reducingWindows(.min, sizes: [3], axes: [-1], strides: [1]), [1, 1, 3], [0, 1, 2])
    try check(x.reducingWindows(.product, sizes: [2], axes: [2], dilations: [2]), [1, 1, 2], [0, 8])
    try check(Tensor(integers: [1, 5, 2, 4]).reducingWindows(.sum, sizes: [2], axes: [0]), [2], [6, 6])
    try check(arange(4, .f64).windows(sizes: [2], axes: [0]), [2, 3], [0, 1, 2, 1, 2, 3])
  }

  /// Compiled gradients of a small network against differences, both layouts, groups and strides.
  @Test(arguments: [ChannelLayout.first, .last]) func gradients(_ layout: ChannelLayout) throws {
    let isFirst = layout == .first
    let f = try trace(
      "f", .input("x", .f64, isFirst ? [2, 4, 6, 5] : [2, 6, 5, 4]),
      .input("w", .f64, isFirst ? [6, 2, 3, 2] : [3, 2, 2, 6])
    ) { x, w in
      let y = convolution(x, w, strides: [2, 1], padding: .same, groups: 2, layout: layout)
      let pooled =
        maxPool(y, [2, 2], strides: [1, 1], layout: layout) + averagePool(y, [2, 2], strides: [1, 1], layout: layout)
      return square(tanh(pooled)).sum()
    }
    let x = sin(arange(240, .f64) * 1.7).reshaped(to: isFirst ? [2, 4, 6, 5] : [2, 6, 5, 4])
    let w = cos(arange(72, .f64) * 2.3).reshaped(to: isFirst ? [6, 2, 3, 2] : [3, 2, 2, 6])
    let gradients = [try f.grad(wrt: 0).compile()(x, w), try f.grad(wrt: 1).compile()(x, w)]
    let compiled = try f.compile()
    let h = 1e-5
    for (position, count) in [(0, 240), (1, 72)] {
      let found = try gradients[position].doubles()
      for k in stride(from: 0, to: count, by: 17) {
        let step = (oneHot(Tensor(integers: [k]), count: count, dtype: .f64) * Tensor(h))
          .reshaped(to: (position == 0 ? x : w).shape)
        let (up, down) =
          position == 0
          ? (try compiled(x + step, w), try compiled(x - step, w))
          : (try compiled(x, w + step), try compiled(x, w - step))
        let due = (try up.doubles()[0] - down.doubles()[0]) / (2 * h)
        #expect(Swift.abs(found[k] - due) < 1e-7, "\(found[k]) and \(due)")
      }
    }
  }

  /// The gradient of a pool takes memory for its windows, not for pairs of them.
  @Test func poolingGradientsTakeLinearMemory() throws {
    func bytes(_ extent: Int) throws -> Int {
      let f = try trace("f", .input("x", .f32, [1, 1, extent])) { x in
        gradient(of: maxPool(x, [3], strides: [1]).sum(), wrt: x)
      }
      return try f.compile().arenaByteCount
    }
    #expect(try bytes(40_000) < 5 * bytes(10_000))
  }

  @Test func extremesAreFaults() {
    let (x, kernel) = (ones([1, 1, 3]), ones([1, 1, 2]))
    func isFault(_ tensor: Tensor) -> Bool { tensor.isPoisoned }
    #expect(isFault(transposedConvolution(x, kernel, strides: [.max])))
    #expect(isFault(transposedConvolution(x, kernel, kernelDilation: [.max])))
    #expect(isFault(transposedConvolution(x, kernel, padding: [.init(before: .min, behind: .max)])))
    #expect(isFault(transposedConvolution(x, kernel, outputPadding: [.max])))
    #expect(isFault(transposedConvolution(x, kernel, padding: [.init(before: 3, behind: 3)])))
    #expect(isFault(transposedConvolution(x, ones([1, 1, 0]))))
    #expect(isFault(transposedConvolution(ones([1, 0, 3]), ones([0, 2, 1]), groups: .max)))
    #expect(isFault(convolution(x, kernel, strides: [.max], padding: .same)))
    #expect(isFault(convolution(ones([1, 0, 3]), ones([2, 0, 1]), groups: .max)))
  }

  @Test func faults() {
    expectFault(
      "convolution: f32[4,3] and a kernel of f32[4,3] need the axes of batch, channels and space, and as many of them"
    ) { x, _ in
      convolution(x, x)
    }
    expectFault(
      "convolution: a kernel of f32[2,2,1] with 2 inputs and 2 outputs does not fit the 4 channels of f32[1,4,3] in 3 groups"
    ) { x, _ in convolution(x.expandingAxis(0), zeros([2, 2, 1]), groups: 3) }
    expectFault("convolution: strides [0] are not positive") { x, _ in
      convolution(x.expandingAxis(0), zeros([2, 4, 1]), strides: [0])
    }
    expectFault("convolution: padding -2 and -2 does not fit f32[1,4,3]") { x, _ in
      convolution(x.expandingAxis(0), zeros([2, 4, 1]), padding: .each([-2]))
    }
    expectFault("maxPool: axis 2 of f32[4,3] is outside -2...1") { x, _ in maxPool(x, [2]) }
    expectFault("windows: sizes [2, 2] are not one for each of 1 axes") { x, _ in x.windows(sizes: [2, 2], axes: [0]) }
  }
}
