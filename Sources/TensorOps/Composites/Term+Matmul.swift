import Basics
package import TensorIR

extension Term {
  /// The matrix product of the last two axes, `y[…, i, j] = Σ_k a[…, i, k] b[…, k, j]`; axes before them broadcast. A
  /// rank-1 operand is a row on the left and a column on the right, and has no axis in the result.
  package func matmul(_ other: Term) -> Term {
    if isPoison || other.isPoison { return poison }
    let (rank, otherRank) = (shape.rank, other.shape.rank)
    guard rank > 0, otherRank > 0 else {
      return failing("'matmul' needs operands of rank 1 or more, not \(type) and \(other.type)")
    }
    let summed = otherRank == 1 ? 0 : otherRank - 2
    guard dtype == other.dtype, dtype != .bool, shape[rank - 1] == other.shape[summed] else {
      return failing("'matmul' can't multiply \(type) and \(other.type)")
    }
    let batch = Shape(Array(shape.extents.dropLast(2)))
    let otherBatch = Shape(Array(other.shape.extents.dropLast(2)))
    if otherBatch.rank == 0 {
      return applying(DotGeneral(DotAxes(leftContracting: [rank - 1], rightContracting: [summed])), other)
    }
    if batch.rank == 0 {
      // The free axes of the left come out first; the row belongs behind the batch.
      let product = applying(DotGeneral(DotAxes(leftContracting: [rank - 1], rightContracting: [summed])), other)
      return rank == 1 ? product : product.movingAxis(0, to: otherBatch.rank)
    }
    guard let common = batch.broadcast(with: otherBatch) else {
      return failing("'matmul' can't broadcast the batch axes of \(type) and \(other.type)")
    }
    func matrix(_ term: Term) -> Shape { Shape(Array(term.shape.extents.suffix(2))) }
    let axes = Array(0..<common.rank)
    let product = DotGeneral(
      DotAxes(
        leftContracting: [common.rank + 1], rightContracting: [common.rank], leftBatch: axes, rightBatch: axes))
    return broadcast(to: common.appending(matrix(self)))
      .applying(product, other.broadcast(to: common.appending(matrix(other))))
  }
}
