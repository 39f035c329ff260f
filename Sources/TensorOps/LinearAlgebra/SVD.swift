package import Basics
import KernelIR
package import TensorIR

/// `A = U diag(s) Vᵀ` for matrices A `[…, m, n]` with k = min(m, n) singular values s `[…, k]`, descending; U is `[…, m, k]`,
/// Vᵀ `[…, k, n]`. In each column of U the first element of at least 9/10 of the greatest magnitude is positive. NaN
/// throughout where an element is not finite.
///
/// With `C = Uᵀ dA V`, `Fᵢⱼ = 1 / (sⱼ² - sᵢ²)` and `S = diag(s)`: `dsᵢ = Cᵢᵢ`, `dU = U (F ∘ (C S + S Cᵀ))`,
/// `dV = V (F ∘ (S C + Cᵀ S))`; for m > n dU has `(1 - U Uᵀ) dA V S⁻¹` added, for m < n dV `(1 - V Vᵀ) dAᵀ U S⁻¹`. Vectors
/// of equal singular values, and of those that are 0, have no derivative; F and S⁻¹ are 0 there.
package struct SVD: Op {
  /// Whether singular vectors are computed; without them U is `[…, m, 0]`, Vᵀ `[…, 0, n]`.
  package let vectors: Bool

  package init(vectors: Bool = true) { self.vectors = vectors }

  package var name: String { "svd" }
  package var attributes: [Attribute] { [Attribute("vectors", .integer(vectors ? 1 : 0))] }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 1)
    try checkMatrix(operands[0])
    let a = operands[0]
    let k = Swift.min(a.rowCount, a.columnCount)
    return [
      a.replacingMatrix(a.rowCount, vectors ? k : 0), a.with(Shape(a.batchExtents + [k])),
      a.replacingMatrix(vectors ? k : 0, a.columnCount),
    ]
  }

  package var derivative: DerivativeRule {
    .custom(
      jvp: { [vectors] arguments in
        guard let tangent = arguments.tangents[0] else { return [nil, nil, nil] }
        // The singular values' derivative needs the vectors, too.
        let results = vectors ? arguments.results : arguments.operands[0].factors(SVD(), 3)
        let (u, s, vh) = (results[0], results[1], results[2])
        if u.isPoison || tangent.isPoison { return [nil, nil, nil] }
        let (m, n, rank) = (tangent.type.rowCount, tangent.type.columnCount, tangent.shape.rank)
        let seen = tangent.matmul(vh.matrixTransposed)
        let c = u.matrixTransposed.matmul(seen)
        if !vectors { return [nil, c.diagonal(), nil] }
        let square = c.shape
        let down = s.broadcast(to: square, axes: Array(0..<rank - 1))
        let across = s.broadcast(to: square, axes: Array(0..<rank - 2) + [rank - 1])
        // (sⱼ - sᵢ) (sⱼ + sᵢ), as the difference of squares cancels.
        let f = ((across - down) * (across + down)).reciprocalOrZero()
        let (cs, sc) = (c * across, c * down)
        var left = u.matmul(f * (cs + cs.matrixTransposed))
        var right = (f * (sc + sc.matrixTransposed)).matrixTransposed.matmul(vh)
        let inverse = s.reciprocalOrZero()
        if m > n {
          let outside = seen - u.matmul(c)
          left = left + outside * inverse.broadcast(to: outside.shape, axes: Array(0..<rank - 2) + [rank - 1])
        }
        if m < n {
          let outside = u.matrixTransposed.matmul(tangent) - c.matmul(vh)
          right = right + outside * inverse.broadcast(to: outside.shape, axes: Array(0..<rank - 1))
        }
        return [left, c.diagonal(), right]
      }, transpose: nil)
  }

  package var batching: BatchingRule { batchingInFront }

  private var rule: LibraryRule {
    LibraryRule(onMatrices: { [vectors] in .svd($0[0].rowCount, $0[0].columnCount, vectors: vectors) })
  }

  package var lowering: LoweringRule { .library(rule) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    try reference(operands, rule)
  }

  package static let family = OpFamily(
    names: ["svd"],
    make: { (_, attributes) throws(Diagnostic) in SVD(vectors: try attributes.flag("vectors")) },
    examples: {
      func example(_ dtype: DType, _ shape: Shape, vectors: Bool = true) -> OpExample {
        OpExample(SVD(vectors: vectors), [TensorType(dtype, shape)], [.wellConditioned])
      }
      return [
        example(.f64, [3, 3]), example(.f64, [4, 2]), example(.f64, [2, 3]), example(.f64, [2, 2, 2]),
        example(.f32, [4, 3]), example(.f32, [5, 6]), example(.f64, [1, 1]), example(.f64, [0, 0]),
        example(.f64, [3, 0]), example(.f64, [0, 2]), example(.f64, [0, 2, 2]),
        example(.f64, [3, 2], vectors: false), example(.f32, [2, 2, 3], vectors: false),
      ]
    })
}
