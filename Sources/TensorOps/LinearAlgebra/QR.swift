package import Basics
import KernelIR
package import TensorIR

/// `A = Q R` for matrices A `[…, m, n]`, R upper triangular with a diagonal ≥ 0. Reduced: Q is `[…, m, k]` with
/// k = min(m, n) orthonormal columns, R `[…, k, n]`; full: Q is `[…, m, m]`, R `[…, m, n]`.
///
/// For m ≥ n, reduced, with `X = dA R⁻¹`, `C = Qᵀ X` and the skew-symmetric Ω with C's lower triangle:
/// `dQ = X + Q (Ω - C)`, `dR = (C - Ω) R`. For m < n the first m columns give dQ, and `dR = Qᵀ (dA - dQ R)`. A full Q of
/// more rows than columns is not determined by A, and has no derivative here.
package struct QR: Op {
  package let full: Bool

  package init(full: Bool = false) { self.full = full }

  package var name: String { "qr" }
  package var attributes: [Attribute] { [Attribute("full", .integer(full ? 1 : 0))] }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 1)
    try checkMatrix(operands[0])
    let a = operands[0]
    let inner = full ? a.rowCount : Swift.min(a.rowCount, a.columnCount)
    return [
      try checkResult(a.replacingMatrix(a.rowCount, inner)), try checkResult(a.replacingMatrix(inner, a.columnCount)),
    ]
  }

  package var derivative: DerivativeRule {
    .custom(
      jvp: { [full] arguments in
        guard let tangent = arguments.tangents[0] else { return [nil, nil] }
        let (q, r) = (arguments.results[0], arguments.results[1])
        if q.isPoison || tangent.isPoison { return [nil, nil] }
        let (m, n) = (tangent.type.rowCount, tangent.type.columnCount)
        if full, m > n {
          let failure = tangent.failing(
            "full QR of more rows than columns has no derivative, as \(tangent.type) has; use the reduced one")
          return [failure, failure]
        }
        if m >= n { return Self.tangents(q, r, tangent) }
        let turned = Self.tangents(q, r.columns(0..<m), tangent.columns(0..<m))[0]
        return [turned, q.matrixTransposed.matmul(tangent - turned.matmul(r))]
      }, transpose: nil)
  }

  private static func tangents(_ q: Term, _ r: Term, _ tangent: Term) -> [Term] {
    let x = r.triangularSolve(tangent, lower: false, left: false)
    let c = q.matrixTransposed.matmul(x)
    let below = c.lowerTriangle(offset: -1)
    let upper = c - below + below.matrixTransposed
    return [x - q.matmul(upper), upper.matmul(r)]
  }

  package var batching: BatchingRule { batchingInFront }

  private var rule: LibraryRule {
    LibraryRule(onMatrices: { [full] in .qr($0[0].rowCount, $0[0].columnCount, full: full) })
  }

  package var lowering: LoweringRule { .library(rule) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] { try reference(operands, rule) }

  package static let family = OpFamily(
    names: ["qr"],
    make: { (_, attributes) throws(Diagnostic) in QR(full: try attributes.flag("full")) },
    examples: {
      func example(_ dtype: DType, _ shape: Shape, full: Bool = false) -> OpExample {
        OpExample(QR(full: full), [TensorType(dtype, shape)], [.wellConditioned])
      }
      return [
        example(.f64, [3, 3]), example(.f64, [4, 2]), example(.f64, [2, 4]), example(.f64, [2, 3, 2]),
        example(.f64, [2, 3], full: true), example(.f32, [4, 3]), example(.f64, [1, 1]),
        example(.f64, [0, 0]), example(.f64, [3, 0]), example(.f64, [0, 2]), example(.f64, [0, 2, 2]),
      ]
    })
}
