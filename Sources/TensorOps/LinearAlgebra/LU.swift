package import Basics
import KernelIR
package import TensorIR

/// `P A = L U` with partial pivoting for matrices A `[…, m, n]`; three results. Of the first, `[…, m, n]`, what is below
/// the diagonal is L, whose own diagonal is ones, and what is on and above it is U. The second, i32 `[…, min(m, n)]`, says
/// with which row step k swaps row k; the third, i32 `[…, m]`, which row of A is row i of P A.
///
/// For square A with `F = L⁻¹ P dA U⁻¹`: `dL = L tril(F, -1)`, `dU = triu(F) U`. Further rows of L have
/// `dL₂ = (P dA₂ - L₂ dU) U⁻¹`, further columns of U `dU₂ = L⁻¹ (P dA₂ - dL U₂)`. Not finite where a pivot is 0.
package struct LU: Op {
  package init() {}

  package var name: String { "lu" }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 1)
    try checkMatrix(operands[0])
    let (a, batch) = (operands[0], operands[0].batchExtents)
    return [
      a, TensorType(.i32, Shape(batch + [Swift.min(a.rowCount, a.columnCount)])),
      TensorType(.i32, Shape(batch + [a.rowCount])),
    ]
  }

  package var derivative: DerivativeRule {
    .custom(
      jvp: { arguments in
        guard let tangent = arguments.tangents[0] else { return [nil, nil, nil] }
        return [Self.tangent(of: arguments.results[0], tangent.takingRows(arguments.results[2])), nil, nil]
      }, transpose: nil)
  }

  /// The tangent of the factors for one of P A.
  private static func tangent(of lu: Term, _ change: Term) -> Term {
    if lu.isPoison || change.isPoison { return change }
    let (m, n) = (lu.type.rowCount, lu.type.columnCount)
    let k = Swift.min(m, n)
    let square = lu.rows(0..<k).columns(0..<k)
    let left = square.triangularSolve(change.rows(0..<k).columns(0..<k), lower: true, unit: true)
    let both = square.triangularSolve(left, lower: false, left: false)
    let (below, above) = (both.lowerTriangle(offset: -1), both.upperTriangle())
    let lower = square.lowerTriangle(offset: -1).matmul(below) + below
    let upper = above.matmul(square.upperTriangle())
    var tangent = lower + upper
    if m > k {
      let moved = change.rows(k..<m) - lu.rows(k..<m).matmul(upper)
      let rest = square.triangularSolve(moved, lower: false, left: false)
      tangent = lu.builder.concat([tangent, rest], axis: lu.shape.rank - 2)
    }
    if n > k {
      let moved = change.columns(k..<n) - lower.matmul(lu.columns(k..<n))
      let rest = square.triangularSolve(moved, lower: true, unit: true)
      tangent = lu.builder.concat([tangent, rest], axis: lu.shape.rank - 1)
    }
    return tangent
  }

  package var batching: BatchingRule { batchingInFront }

  private static let rule = LibraryRule(onMatrices: { .lu($0[0].rowCount, $0[0].columnCount) })

  package var lowering: LoweringRule { .library(Self.rule) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    try reference(operands, Self.rule)
  }

  package static let family = OpFamily(
    names: ["lu"],
    make: { (_, _) throws(Diagnostic) in LU() },
    examples: {
      func example(_ dtype: DType, _ shape: Shape, _ domain: OpExample.Domain = .wellConditioned) -> OpExample {
        OpExample(LU(), [TensorType(dtype, shape)], [domain])
      }
      return [
        // Rows 2, 0, 1 are taken in this order.
        example(.f64, [3, 3], .values([1, 3, 0.5, 0.3, 0.4, 4, 5, 1, -1])),
        example(.f64, [2, 2, 2]), example(.f64, [4, 2]), example(.f64, [2, 4]), example(.f32, [4, 4]),
        example(.f64, [2, 3, 2]), example(.f64, [0, 0]), example(.f64, [3, 0]),
        example(.f64, [0, 2]), example(.f64, [0, 2, 2]),
      ]
    })
}
