import GradC
import Testing

/// Running reductions as users write them.
@Suite struct CumulativeTests {
  private func check(_ tensor: Tensor, _ elements: [Double], tolerance: Double = 0) throws {
    let found = try tensor.doubles()
    #expect(found.count == elements.count)
    for (a, b) in zip(found, elements) {
      #expect(a == b || a.isNaN && b.isNaN || Swift.abs(a - b) <= tolerance, "\(a) and \(b)")
    }
  }

  @Test func values() throws {
    let x = Tensor([3, 1, 2, 5], dtype: .f64)
    try check(x.cumulativeSum(), [3, 4, 6, 11])
    try check(x.cumulativeSum(reversed: true), [11, 8, 7, 5])
    try check(x.cumulativeSum(exclusive: true), [0, 3, 4, 6])
    try check(x.cumulativeProduct(), [3, 3, 6, 30])
    try check(x.cumulativeProduct(reversed: true, exclusive: true), [10, 10, 5, 1])
    try check(x.cumulativeMax(), [3, 3, 3, 5])
    try check(x.cumulativeMin(exclusive: true), [.infinity, 3, 1, 1])
    try check(Tensor([1, .nan, 2]).cumulativeMax(), [1, .nan, .nan])
    try check(Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]).cumulativeSum(axis: 0), [1, 2, 3, 5, 7, 9])
    try check(Tensor(integers: [1, 2, 3]).cumulativeMax(exclusive: true), [-2_147_483_648, 1, 2])
    try check(linearRecurrence(0.5, x), [3, 2.5, 3.25, 6.625])
    try check(linearRecurrence(Tensor([2, 3, 4, 5], dtype: .f64), x, reversed: true), [137, 67, 22, 5])
  }

  @Test func logarithmsOfSums() throws {
    let x = Tensor([-.infinity, 0, 1000, -1000, 1001, .infinity, 0], dtype: .f64)
    let infinite = Double.infinity
    try check(
      x.cumulativeLogSumExp(), [-infinite, 0, 1000, 1000, 1001.3132616875182, infinite, infinite], tolerance: 1e-12)
    try check(
      x.cumulativeLogSumExp(exclusive: true), [-infinite, -infinite, 0, 1000, 1000, 1001.3132616875182, infinite],
      tolerance: 1e-12)
    try check(Tensor([0, .nan, 0]).cumulativeLogSumExp(), [0, .nan, .nan])
    try check(
      Tensor([-2000, -2001], dtype: .f64).cumulativeLogSumExp(), [-2000, -1999.6867383124818], tolerance: 1e-12)
  }

  /// Against sums of softmaxes; zeros among factors; ties.
  @Test func gradients() throws {
    let f = try trace("f", .input("x", .f64, [4])) { x in
      let weights = Tensor([1, 2, 3, 4], dtype: .f64)
      return [
        gradient(of: (x.cumulativeLogSumExp() * weights).sum(), wrt: x),
        gradient(of: (x.cumulativeProduct() * weights).sum(), wrt: x),
        gradient(of: (x.cumulativeMax() * weights).sum(), wrt: x),
        gradient(of: (x.cumulativeSum(reversed: true) * weights).sum(), wrt: x),
      ]
    }
    for y in [try f.evaluate(Tensor([2, 0, 3, 3], dtype: .f64)), try f.compile()(Tensor([2, 0, 3, 3], dtype: .f64))] {
      try check(y[1], [1, 2 * 2 + 2 * 3 * 3 + 2 * 9 * 4, 0, 0])
      try check(y[2], [3, 0, 5, 2])
      try check(y[3], [1, 3, 6, 10])
      // Σ_i w_i softmax(x[...i]).
      let e = [2.0, 0, 3, 3].map { exponential($0) }
      var due = [0.0, 0, 0, 0]
      for i in 0..<4 {
        let sum = e[...i].reduce(0, +)
        for j in 0...i { due[j] += Double(i + 1) * e[j] / sum }
      }
      try check(y[0], due, tolerance: 1e-12)
    }
  }

  private func exponential(_ x: Double) -> Double { (try? exp(Tensor([x], dtype: .f64)).doubles()[0]) ?? .nan }

  @Test func faults() {
    expectFault("cumulativeSum: axis 2 of f32[4,3] is outside -2...1") { x, _ in x.cumulativeSum(axis: 2) }
    expectFault("cumulativeMax: is for numbers, not bool[4,3]") { x, _ in (x .> 0).cumulativeMax() }
    expectFault(
      "cumulativeLogSumExp: needs a floating dtype, not i32[4]; convert it with cast(to: .f32)"
    ) { _, i in i.cumulativeLogSumExp() }
    expectFault("linearRecurrence: f32[] is a scalar and has no axis -1") { x, _ in linearRecurrence(x.sum(), 1) }
  }
}
