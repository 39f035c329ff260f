package import Basics
import KernelIR
package import TensorIR

/// The lower triangular L with `L Lᵀ = A` for symmetric positive definite matrices A `[…, n, n]`, of which the lower
/// triangle is read; zeros above the diagonal. NaN throughout where A is not positive definite.
///
/// `dL = L Φ(L⁻¹ dA L⁻ᵀ)`, where Φ takes the lower triangle and half of the diagonal, and dA is the symmetric matrix with
/// the tangent's lower triangle (Murray, arXiv:1602.07527).
package struct Cholesky: Op {
  package init() {}

  package var name: String { "cholesky" }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 1)
    try checkSquareMatrix(operands[0])
    return operands
  }

  package var derivative: DerivativeRule {
    .custom(
      jvp: { arguments in
        guard let tangent = arguments.tangents[0] else { return [nil] }
        let l = arguments.results[0]
        let change = tangent.lowerTriangle() + tangent.lowerTriangle(offset: -1).matrixTransposed
        let left = l.triangularSolve(change, lower: true)
        let both = l.triangularSolve(left, lower: true, transposed: true, left: false)
        return [l.matmul((both.lowerTriangle() + both.lowerTriangle(offset: -1)) * 0.5)]
      }, transpose: nil)
  }

  package var batching: BatchingRule { batchingInFront }

  private static let rule = LibraryRule(onMatrices: { .cholesky($0[0].rowCount) })

  package var lowering: LoweringRule { .library(Self.rule) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    try reference(operands, Self.rule)
  }

  package static let family = OpFamily(
    names: ["cholesky"],
    make: { (_, _) throws(Diagnostic) in Cholesky() },
    examples: {
      func example(_ dtype: DType, _ shape: Shape, _ domain: OpExample.Domain = .wellConditioned) -> OpExample {
        OpExample(Cholesky(), [TensorType(dtype, shape)], [domain])
      }
      return [
        example(.f64, [3, 3]), example(.f32, [4, 4]), example(.f64, [2, 2, 2]), example(.f64, [1, 1]),
        example(.f64, [0, 0]), example(.f64, [0, 2, 2]),
      ]
    })
}
