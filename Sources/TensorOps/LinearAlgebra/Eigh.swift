package import Basics
import KernelIR
package import TensorIR

/// Eigenvalues w `[…, n]`, ascending, and orthonormal eigenvectors, the columns of V `[…, n, n]`, of symmetric matrices A
/// `[…, n, n]`, of which the lower triangle is read: `A V = V diag(w)`. In each vector the first element of at least 9/10
/// of the greatest magnitude is positive. NaN throughout where an element is not finite.
///
/// With `C = Vᵀ dA V`: `dwᵢ = Cᵢᵢ`, `dV = V (F ∘ C)`, `Fᵢⱼ = 1 / (wⱼ - wᵢ)`, dA being symmetric with the tangent's lower
/// triangle. Vectors of equal eigenvalues have no derivative; F is 0 there, which is right for whatever does not depend on
/// their choice to first order.
package struct Eigh: Op {
  package init() {}

  package var name: String { "eigh" }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 1)
    try checkSquareMatrix(operands[0])
    return [operands[0].with(Shape(Array(operands[0].shape.extents.dropLast()))), operands[0]]
  }

  package var derivative: DerivativeRule {
    .custom(
      jvp: { arguments in
        guard let tangent = arguments.tangents[0] else { return [nil, nil] }
        let (w, v) = (arguments.results[0], arguments.results[1])
        let change = tangent.lowerTriangle() + tangent.lowerTriangle(offset: -1).matrixTransposed
        let c = v.matrixTransposed.matmul(change.matmul(v))
        return [c.diagonal(), v.matmul(c * w.reciprocalDifferences())]
      }, transpose: nil)
  }

  package var batching: BatchingRule { batchingInFront }

  private static let rule = LibraryRule(onMatrices: { .eigh($0[0].rowCount) })

  package var lowering: LoweringRule { .library(Self.rule) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    try reference(operands, Self.rule)
  }

  package static let family = OpFamily(
    names: ["eigh"],
    make: { (_, _) throws(Diagnostic) in Eigh() },
    examples: {
      func example(_ dtype: DType, _ shape: Shape) -> OpExample {
        OpExample(Eigh(), [TensorType(dtype, shape)], [.wellConditioned])
      }
      return [
        example(.f64, [3, 3]), example(.f64, [2, 2, 2]), example(.f32, [4, 4]), example(.f32, [6, 6]),
        example(.f64, [1, 1]), example(.f64, [0, 0]), example(.f64, [0, 2, 2]),
      ]
    })
}

extension Term {
  /// `y[…, i, j] = 1 / (x[…, j] - x[…, i])`, 0 where these are equal.
  func reciprocalDifferences() -> Term {
    if isPoison { return self }
    let rank = shape.rank
    let square = shape.inserting(shape[rank - 1], at: rank)
    let rows = broadcast(to: square, axes: Array(0..<rank))
    let columns = broadcast(to: square, axes: Array(0..<rank - 1) + [rank])
    return (columns - rows).reciprocalOrZero()
  }

  /// `1 / x`, and 0 where x is 0.
  func reciprocalOrZero() -> Term {
    if isPoison { return self }
    let isZero = applying(.eq, zeros)
    return isZero.select(zeros, 1 / isZero.select(ones, self))
  }
}
