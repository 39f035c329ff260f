import GradC
import Testing

/// What operations on matrices compute, what shapes they give, and what they say of operands they can't take.
@Suite struct LinearAlgebraOperationTests {
  private let x = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])

  private func check(_ tensor: Tensor, _ shape: [Int], _ elements: [Double]) throws {
    #expect(Array(tensor.shape) == shape)
    #expect(try tensor.doubles() == elements)
  }

  @Test func parts() throws {
    try check(x.diagonal(), [2], [1, 5])
    try check(x.transposed().diagonal(), [2], [1, 5])
    try check(x.trace(), [], [6])
    try check(Tensor([7, 8]).diagonalMatrix(), [2, 2], [7, 0, 0, 8])
    try check(x.expandingAxis(0).diagonal(), [1, 2], [1, 5])
    try check(x.lowerTriangle(), [2, 3], [1, 0, 0, 4, 5, 0])
    try check(x.lowerTriangle(offset: 1), [2, 3], [1, 2, 0, 4, 5, 6])
    try check(x.upperTriangle(), [2, 3], [1, 2, 3, 0, 5, 6])
    try check(x.upperTriangle(offset: 2), [2, 3], [0, 0, 3, 0, 0, 0])
    try check(zeros([2, 0]).diagonal(), [0], [])
    try check(zeros([0, 0]).trace(), [], [0])
    try check(zeros([0]).diagonalMatrix(), [0, 0], [])
  }

  @Test func products() throws {
    try check(
      kron(Tensor([1, 2], shape: [1, 2]), Tensor([1, 10, 100, 1000], shape: [2, 2])), [2, 4],
      [1, 10, 2, 20, 100, 1000, 200, 2000])
    try check(cross(Tensor([1, 0, 0]), Tensor([0, 1, 0])), [3], [0, 0, 1])
    try check(cross(x, Tensor([0, 0, 1])), [2, 3], [2, -1, 0, 5, -4, 0])
    try check(cross(x.transposed(), Tensor([0, 0, 1], shape: [3, 1]), axis: 0), [3, 2], [2, 5, -1, -4, 0, 0])
    let a = Tensor([2, 1, 1, 1], shape: [2, 2])
    try check(matrixPower(a, 0), [2, 2], [1, 0, 0, 1])
    try check(matrixPower(a, 3), [2, 2], [13, 8, 8, 5])
    try check(matrixPower(a, -1), [2, 2], [1, -1, -1, 2])
  }

  @Test func nothing() throws {
    let empty = zeros([0, 0])
    try check(det(empty), [], [1])
    try check(slogdet(empty).logAbs, [], [0])
    try check(inverse(empty), [0, 0], [])
    try check(pinv(zeros([2, 0])), [0, 2], [])
    try check(solve(empty, zeros([0])), [0], [])
    try check(svd(zeros([3, 0])).s, [0], [])
    try check(qr(zeros([2, 0]), full: true).q, [2, 2], [1, 0, 0, 1])
    try check(zeros([0, 2]).matrixNorm(.spectral), [], [0])
    try check(eigh(zeros([3, 0, 0])).values, [3, 0], [])
  }

  @Test func faults() throws {
    func expect(_ message: String, _ tensor: Tensor) {
      #expect(tensor.isPoisoned)
      #expect(tensor.diagnostics.first?.message == message)
    }
    expect("cholesky: needs square matrices, not f32[2,3]", cholesky(x))
    expect("det: needs a matrix, not f32[2]", det(Tensor([1, 2])))
    expect("inverse: needs a floating dtype, not i32[2,2]; convert it with cast(to: .f32)", inverse(eye(2, .i32)))
    expect("solve: f32[2,2] needs right sides of 2 elements, not those of f32[3]", solve(eye(2), Tensor([1, 2, 3])))
    expect("solve: needs right sides that are a vector or matrices, not f32[]", solve(eye(2), Tensor(1.0)))
    expect(
      "solve: operands have dtypes f32 and f64 (f32[2,2] and f64[2]); convert one with cast(to: .f32)",
      solve(eye(2), zeros([2], .f64)))
    expect(
      "solve: shapes [2] and [3] do not broadcast: extents 2 and 3 at axis -1 differ and neither is 1",
      solve(zeros([2, 2, 2]), zeros([3, 2, 1])))
    expect("cross: axis 0 of f32[2] has no 3 elements", cross(Tensor([1, 2]), Tensor([1, 2])))
    expect("norm: needs a power above 0, not -1.0", x.norm(.p(-1)))
    expect("trace: needs a matrix, not f32[]", Tensor(1.0).trace())
    for factor in [lu(Tensor([1])).upper, qr(Tensor([1])).r, svd(Tensor([1])).vh, eigh(x).vectors] {
      #expect(factor.isPoisoned)
    }
  }

  @Test func fullQRHasNoDerivative() throws {
    let function = try trace("q", .input("A", .f64, [3, 2])) { qr($0, full: true).q.sum() }
    #expect(throws: Diagnostics.self) { try function.grad() }
  }
}
