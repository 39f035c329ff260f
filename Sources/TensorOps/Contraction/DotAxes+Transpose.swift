import Basics
package import TensorIR

extension DotAxes {
  /// The axes of a left operand of this rank that are neither batch nor contracting.
  package func leftFree(_ rank: Int) -> [Int] {
    (0..<rank).filter { !leftBatch.contains($0) && !leftContracting.contains($0) }
  }

  /// The axes of a right operand of this rank that are neither batch nor contracting.
  package func rightFree(_ rank: Int) -> [Int] {
    (0..<rank).filter { !rightBatch.contains($0) && !rightContracting.contains($0) }
  }

  /// The cotangent's free axes on the right are summed against the right operand's.
  func leftCotangent(_ cotangent: Term, right: Term, leftType: TensorType) -> Term {
    if cotangent.shape.rank == 0 {
      let order = zip(rightContracting, leftContracting).sorted { $0.1 < $1.1 }.map(\.0)
      return right.transposed(order) * cotangent.broadcast(to: leftType.shape)
    }
    let free = rightFree(right.shape.rank)
    let batch = leftBatch.count
    let leftFree = leftFree(leftType.rank)
    let dot = DotGeneral(
      DotAxes(
        leftContracting: free.indices.map { batch + leftFree.count + $0 }, rightContracting: free,
        leftBatch: Array(0..<batch), rightBatch: rightBatch))
    // What is left of the right operand are its contracting axes in increasing order.
    let contracted = zip(rightContracting, leftContracting).sorted { $0.0 < $1.0 }.map(\.1)
    return cotangent.applying(dot, right).transposed((leftBatch + leftFree + contracted).inversePermutation)
  }

  /// The cotangent's free axes on the left are summed against the left operand's.
  func rightCotangent(_ cotangent: Term, left: Term, rightType: TensorType) -> Term {
    if cotangent.shape.rank == 0 {
      let order = zip(leftContracting, rightContracting).sorted { $0.1 < $1.1 }.map(\.0)
      return left.transposed(order) * cotangent.broadcast(to: rightType.shape)
    }
    let free = leftFree(left.shape.rank)
    let batch = rightBatch.count
    let dot = DotGeneral(
      DotAxes(
        leftContracting: free, rightContracting: free.indices.map { batch + $0 },
        leftBatch: leftBatch, rightBatch: Array(0..<batch)))
    let contracted = zip(leftContracting, rightContracting).sorted { $0.0 < $1.0 }.map(\.1)
    let targets = rightBatch + contracted + rightFree(rightType.rank)
    return left.applying(dot, cotangent).transposed(targets.inversePermutation)
  }
}
