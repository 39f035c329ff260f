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
  /// Whether eigenvectors are computed; without them V is `[…, n, 0]`.
  package let vectors: Bool

  package init(vectors: Bool = true) { self.vectors = vectors }

  package var name: String { "eigh" }
  package var attributes: [Attribute] { [Attribute("vectors", .integer(vectors ? 1 : 0))] }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 1)
    try checkSquareMatrix(operands[0])
    let a = operands[0]
    return [
      a.with(Shape(Array(a.shape.extents.dropLast()))), a.replacingMatrix(a.rowCount, vectors ? a.rowCount : 0),
    ]
  }

  package var derivative: DerivativeRule {
    .custom(
      jvp: { [vectors] arguments in
        guard let tangent = arguments.tangents[0] else { return [nil, nil] }
        // The eigenvalues' derivative needs the vectors, too.
        let results = vectors ? arguments.results : arguments.operands[0].factors(Eigh(), 2)
        let (w, v) = (results[0], results[1])
        let change = tangent.lowerTriangle() + tangent.lowerTriangle(offset: -1).matrixTransposed
        let c = v.matrixTransposed.matmul(change.matmul(v))
        return [c.diagonal(), vectors ? v.matmul(c * w.reciprocalDifferences()) : nil]
      }, transpose: nil)
  }

  package var batching: BatchingRule { batchingInFront }

  private var rule: LibraryRule { LibraryRule(onMatrices: { [vectors] in .eigh($0[0].rowCount, vectors: vectors) }) }

  package var lowering: LoweringRule { .library(rule) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    try reference(operands, rule)
  }

  package static let family = OpFamily(
    names: ["eigh"],
    make: { (_, attributes) throws(Diagnostic) in Eigh(vectors: try attributes.flag("vectors")) },
    examples: {
      func example(_ dtype: DType, _ shape: Shape, vectors: Bool = true) -> OpExample {
        OpExample(Eigh(vectors: vectors), [TensorType(dtype, shape)], [.wellConditioned])
      }
      return [
        example(.f64, [3, 3]), example(.f64, [2, 2, 2]), example(.f32, [4, 4]), example(.f32, [6, 6]),
        example(.f64, [1, 1]), example(.f64, [0, 0]), example(.f64, [0, 2, 2]),
        example(.f64, [3, 3], vectors: false), example(.f32, [2, 2, 2], vectors: false),
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
