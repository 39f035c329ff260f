import GradC
import Testing

/// What operations compute, outside any trace: the reference interpreter's answers.
@Suite struct OperationTests {
  private let x = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])

  private func check(_ tensor: Tensor, _ shape: [Int], _ elements: [Double]) throws {
    #expect(Array(tensor.shape) == shape)
    #expect(try tensor.doubles() == elements)
  }

  @Test func reductions() throws {
    try check(x.sum(), [], [21])
    try check(x.sum(axes: [-1]), [2], [6, 15])
    try check(x.sum(axes: [0], keepingAxes: true), [1, 3], [5, 7, 9])
    try check(x.sum(axes: []), [2, 3], [1, 2, 3, 4, 5, 6])
    try check(x.product(axes: [1]), [2], [6, 120])
    try check(x.max(axes: [0]), [3], [4, 5, 6])
    try check(x.min(), [], [1])
    try check(x.mean(axes: [1], keepingAxes: true), [2, 1], [2, 5])
    try check(x.variance(axes: [0], correction: 1), [3], [4.5, 4.5, 4.5])
    try check(x.standardDeviation(axes: [0]), [3], [1.5, 1.5, 1.5])
    try check((x .> 3).any(axes: [1]), [2], [0, 1])
    try check((x .> 0).all(), [], [1])
    try check(Tensor([3, 7, 7, 1]).argMax(), [], [1])
    try check(Tensor([3, 7, .nan, 1]).argMin(), [], [2])
  }

  @Test func shapes() throws {
    try check(x.transposed(), [3, 2], [1, 4, 2, 5, 3, 6])
    try check(x.reshaped(to: [3, -1]), [3, 2], [1, 2, 3, 4, 5, 6])
    try check(x.reshaped(to: x.shape), [2, 3], [1, 2, 3, 4, 5, 6])
    try check(x.flattened(), [6], [1, 2, 3, 4, 5, 6])
    try check(x.expandingAxis(-1), [2, 3, 1], [1, 2, 3, 4, 5, 6])
    try check(x.expandingAxis(0).squeezed(), [2, 3], [1, 2, 3, 4, 5, 6])
    try check(x.swappingAxes(0, -1), [3, 2], [1, 4, 2, 5, 3, 6])
    try check(x.reversed(axes: [1]), [2, 3], [3, 2, 1, 6, 5, 4])
    try check(x.padded(axis: 1, before: 1, after: 2, with: 9), [2, 6], [9, 1, 2, 3, 9, 9, 9, 4, 5, 6, 9, 9])
    try check(Tensor([1.9, -1.9, .nan]).cast(to: .i32), [3], [1, -1, 0])
  }

  @Test func slices() throws {
    try check(x[1], [3], [4, 5, 6])
    try check(x[-1, -1], [], [6])
    try check(x[0..., 1], [2], [2, 5])
    try check(x[.all, 1...], [2, 2], [2, 3, 5, 6])
    try check(x[0...0, ..<2], [1, 2], [1, 2])
    try check(x[.all, (-2)...], [2, 2], [2, 3, 5, 6])
    try check(x[.all, ...(-2)], [2, 2], [1, 2, 4, 5])
    try check(x[.newAxis, 0, .step(2)], [1, 2], [1, 3])
    try check(x[1, .newAxis], [1, 3], [4, 5, 6])
    try check(x.slice(axis: -1, from: 1, to: -1), [2, 1], [2, 5])
    try check(x.element(-1, axis: 0), [3], [4, 5, 6])
    try check(x.split([1, 2], axis: 1)[1], [2, 2], [2, 3, 5, 6])
    try check(x.split(into: 2)[1], [1, 3], [4, 5, 6])
  }

  @Test func joins() throws {
    try check(concat([x, x], axis: 0)[2], [3], [1, 2, 3])
    try check(concat([x, Tensor([7, 8], shape: [2, 1])], axis: -1), [2, 4], [1, 2, 3, 7, 4, 5, 6, 8])
    try check(stack([x[0], x[1]], axis: 1), [3, 2], [1, 4, 2, 5, 3, 6])
    try check(stack([1, 2.5, x[0, 0]]), [3], [1, 2.5, 1])
  }

  @Test func products() throws {
    let v = Tensor([1, 0, 2])
    try check(matmul(x, v), [2], [7, 16])
    try check(matmul(v, x.transposed()), [2], [7, 16])
    try check(matmul(x, x.transposed()), [2, 2], [14, 32, 32, 77])
    let batch = stack([x, 2 * x])
    try check(matmul(batch, v), [2, 2], [7, 16, 14, 32])
    try check(matmul(x, batch.transposed([0, 2, 1])), [2, 2, 2], [14, 32, 32, 77, 28, 64, 64, 154])
    try check(matmul(batch, batch.transposed([0, 2, 1])[0]), [2, 2, 2], [14, 32, 32, 77, 28, 64, 64, 154])
    try check(v.dot(v), [], [5])
    try check(v.outer(Tensor([1, 2])), [3, 2], [1, 2, 0, 0, 2, 4])
    try check(x.contracted(with: x, over: [(0, 0), (1, 1)]), [], [91])
  }

  @Test func indices() throws {
    let i = Tensor(NDArray([Int32(1), 0, 5]))
    try check(x.take(i), [3, 3], [4, 5, 6, 1, 2, 3, 4, 5, 6])
    try check(x.take(1, axis: 1), [2], [2, 5])
    try check(oneHot(i, count: 2), [3, 2], [0, 1, 1, 0, 0, 0])
    try check(zeros([2]).scatterAdding(Tensor([1, 2, 4]), at: Tensor(NDArray([Int32(1), 0, 1]))), [2], [2, 5])
    try check(select(x .> 3, x, -x), [2, 3], [-1, -2, -3, 4, 5, 6])
    try check(clamp(x, 2, 4.5), [2, 3], [2, 2, 3, 4, 4.5, 4.5])
  }

  @Test func creation() throws {
    try check(arange(3), [3], [0, 1, 2])
    try check(iota([2, 2], axis: -1, .f64), [2, 2], [0, 1, 0, 1])
    try check(eye(2), [2, 2], [1, 0, 0, 1])
    try check(linspace(from: 0, to: 1, count: 5), [5], [0, 0.25, 0.5, 0.75, 1])
    try check(full([2], 3, .i64), [2], [3, 3])
    try check(zeros(like: x), [2, 3], [0, 0, 0, 0, 0, 0])
    #expect(Tensor([1, 2, 3], shape: [2]).isPoisoned)
  }

  @Test func logSumExpAndSoftmax() throws {
    let y = Tensor([1000, 1000, -.infinity], dtype: .f64)
    #expect(abs(try y.logSumExp().item() - 1000.6931471805599) < 1e-9)
    try check(softmax(y), [3], [0.5, 0.5, 0])
    #expect(try abs(logSoftmax(y[..<2]).doubles()[0] + 0.6931471805599453) < 1e-12)
  }
}
