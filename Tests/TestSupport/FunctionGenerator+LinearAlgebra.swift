import Basics
import TensorIR
import TensorOps

extension FunctionGenerator {
  /// A factorisation, or what is made of some, of matrices that are well-conditioned whatever they are made of.
  func addLinearAlgebra() -> Value? {
    guard options.kind != .exact,
      let value = pick(where: { type in
        type.dtype.isFloating && type.rank >= 2 && type.shape.extents.suffix(2).allSatisfy { 1...4 ~= $0 }
      }), let matrices = wellConditioned(value)
    else { return nil }
    let shape = type(matrices).shape
    let (rows, columns) = (shape[shape.rank - 2], shape[shape.rank - 1])
    // Q, U and V of fewer rows than columns are as good; vectors of what is not square are not unique everywhere.
    guard rows == columns else {
      return apply(random.pick([PseudoInverse(tolerance: 1e-3), LU(), QR(), SVD()] as [any Op]), matrices)
    }
    let flags = (0..<4).map { _ in random.chance(0.5) }
    let solves: [any Op] = [
      TriangularSolve(lower: flags[0], transposed: flags[1], unit: flags[2], left: flags[3]),
      Solve(transposed: flags[0]),
    ]
    if random.chance(0.3) { return apply(random.pick(solves), matrices, operand(of: type(matrices))) }
    let ops: [any Op] = [
      Cholesky(), LU(), QR(full: flags[0]), Eigh(), SVD(), Determinant(), LogAbsDeterminant(), Adjugate(),
      PseudoInverse(tolerance: 1e-3),
    ]
    return apply(random.pick(ops), matrices)
  }

  /// `value`, squashed, with 2, 3, 4 … added on the diagonals.
  private func wellConditioned(_ value: Value) -> Value? {
    guard let small = squash(value, into: -0.15...0.15) else { return nil }
    let type = type(small)
    let elements = (0..<type.elementCount).map { position in
      let index = type.shape.index(at: position).suffix(2)
      return index.first == index.last ? 2 + Double(index.last ?? 0) : 0
    }
    let diagonal = ReferenceTensor(floating: elements, type: type)
    return apply(ElementwiseOp.add, small, apply(Constant(diagonal), []))
  }
}
