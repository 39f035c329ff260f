import GradC
import Testing

/// Sorting and what is made of it.
@Suite struct SortingTests {
  private func check(_ tensor: Tensor, _ shape: [Int], _ elements: [Double]) throws {
    #expect(Array(tensor.shape) == shape)
    let found = try tensor.doubles()
    #expect(found.count == elements.count)
    for (a, b) in zip(found, elements) { #expect(a == b || a.isNaN && b.isNaN, "\(a) and \(b)") }
  }

  private let x = Tensor([3, .nan, -1, 3, 0, -0.0])

  @Test func order() throws {
    try check(x.argsort(), [6], [2, 4, 5, 0, 3, 1])
    try check(x.argsort(descending: true), [6], [0, 3, 4, 5, 2, 1])
    try check(x.sorted(), [6], [-1, 0, 0, 3, 3, .nan])
    let matrix = Tensor([3, 1, 2, 0, 5, 4], shape: [3, 2])
    try check(matrix.sorted(axis: 0), [3, 2], [2, 0, 3, 1, 5, 4])
    try check(matrix.sorted(descending: true), [3, 2], [3, 1, 2, 0, 5, 4])
    let sorted = Tensor(integers: [2, 1, 2]).sorted(with: [Tensor([10, 20, 30]), Tensor([1, 0, 1]).cast(to: .bool)])
    try check(sorted[0], [3], [1, 2, 2])
    try check(sorted[1], [3], [20, 10, 30])
    try check(sorted[2], [3], [0, 1, 1])
  }

  @Test func extremes() throws {
    let top = x.topK(2)
    try check(top.values, [2], [3, 3])
    try check(top.indices, [2], [0, 3])
    try check(x.topK(1, least: true).indices, [1], [2])
    try check(Tensor(integers: [5, 7, 6]).topK(0).values, [0], [])
  }

  @Test func quantiles() throws {
    let y = Tensor([4, 1, 3, 2])
    try check(y.median(), [], [2.5])
    try check(y.quantile(0), [], [1])
    try check(y.quantile(1), [], [4])
    try check(y.quantile(0.5, keepingAxis: true), [1], [2.5])
    try check(x.median(), [], [.nan])
    try check(Tensor([.infinity, 1, 2]).median(), [], [2])
    try check(Tensor([.infinity, 1, .infinity]).quantile(0.75), [], [.infinity])
  }

  @Test func searches() throws {
    let list = Tensor([1, 3, 3, 5, .nan])
    let values = Tensor([0, 1, 3, 4, 9, .nan])
    try check(list.searchSorted(values), [6], [0, 0, 1, 3, 4, 4])
    try check(list.searchSorted(values, behindEqual: true), [6], [0, 1, 3, 3, 4, 5])
    let rows = Tensor(integers: [1, 2, 3, 10, 20, 30]).reshaped(to: [2, 3])
    try check(rows.searchSorted(Tensor(integers: [2, 25]).reshaped(to: [2, 1])), [2, 1], [1, 2])
    try check(Tensor([]).searchSorted(values), [6], [0, 0, 0, 0, 0, 0])
  }

  /// Compiled, long rows, against Swift's own sorting; and the gradient goes where the elements came from.
  @Test func compiled() throws {
    var state: UInt32 = 1
    let numbers = (0..<300).map { _ -> Double in
      state = state &* 1_664_525 &+ 1_013_904_223
      return Double(Int(state >> 20) - 2048) / 8
    }
    for dtype in [DType.f32, .f64, .i32, .i64] {
      let f = try trace("f", .input("x", dtype, [3, 100])) { x in [x.sorted(), x.sorted(descending: true)] }
      let rows = Tensor(numbers, shape: [3, 100]).cast(to: dtype)
      let exact = try rows.doubles()
      let found = try f.compile()(rows)
      let due = (0..<3).map { exact[$0 * 100..<($0 + 1) * 100].sorted() }
      try check(found[0], [3, 100], due.flatMap { $0 })
      try check(found[1], [3, 100], due.flatMap { $0.reversed() })
    }
    let g = try trace("g", .input("x", .f64, [4])) { x in
      gradient(of: (x.sorted() * Tensor([1, 2, 3, 4], dtype: .f64)).sum() + x.median(), wrt: x)
    }
    try check(try g.compile()(Tensor([7, 5, 8, 6], dtype: .f64)), [4], [3.5, 1, 4, 2.5])
  }

  @Test func faults() {
    expectFault("sorted: axis 2 of f32[4,3] is outside -2...1") { x, _ in x.sorted(axis: 2) }
    expectFault("topK: axis 1 of f32[4,3] has no 4 elements") { x, _ in x.topK(4).values }
    expectFault("quantile: share 1.5 is not between 0 and 1") { x, _ in x.quantile(1.5) }
    expectFault("median: needs a floating dtype, not i32[4]; convert it with cast(to: .f32)") { _, i in i.median() }
    expectFault("sorted: a payload of i32[4] has another shape than f32[4,3]") { x, i in x.sorted(with: [i])[1] }
    expectFault("searchSorted: values of f32[4] differ from f32[4,3] along another axis than the last") { x, _ in
      x.searchSorted(x[.all, 0])
    }
  }
}
