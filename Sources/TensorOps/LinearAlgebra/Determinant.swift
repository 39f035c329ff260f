package import Basics
import KernelIR
package import TensorIR

/// `y[…] = det(A)` for square matrices A `[…, n, n]`, by LU factorisation.
///
/// `dy = Σᵢⱼ adj(A)ⱼᵢ dAᵢⱼ` (Jacobi's formula), with the adjugate, which is right where A is singular, too.
package struct Determinant: Op {
  package init() {}

  package var name: String { "determinant" }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 1)
    try checkSquareMatrix(operands[0])
    return [operands[0].with(Shape(operands[0].batchExtents))]
  }

  package var derivative: DerivativeRule {
    .custom(
      jvp: { arguments in
        guard let tangent = arguments.tangents[0] else { return [nil] }
        return [arguments.operands[0].applying(Adjugate()).sumOfProducts(transposedWith: tangent)]
      }, transpose: nil)
  }

  package var batching: BatchingRule { batchingInFront }

  package var lowering: LoweringRule {
    .composed { operands in
      let factors = operands[0].factors(LU(), 3)
      return factors[0].diagonal().product() * factors[1].parity(factors[0].dtype)
    }
  }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let n = operands[0].type.rowCount
    return try reference(operands, batchRank: operands[0].shape.rank - 2) { inputs in
      let factors = LibraryRoutine.lu(n, n).evaluate(inputs)
      let swaps = factors[1].integers.enumerated().count { $0.element != Int64($0.offset) }
      return [.floating([(0..<n).reduce(swaps % 2 == 0 ? 1 : -1) { $0 * factors[0].doubles[$1 * (n + 1)] }])]
    }
  }

  package static let family = OpFamily(
    names: ["determinant"],
    make: { (_, _) throws(Diagnostic) in Determinant() },
    examples: { squareExamples(Determinant()) })
}

/// `y[…] = ln |det(A)|` for square matrices A `[…, n, n]`, by LU factorisation; -∞ where A is singular.
///
/// `dy = Σᵢⱼ (A⁻¹)ⱼᵢ dAᵢⱼ`.
package struct LogAbsDeterminant: Op {
  package init() {}

  package var name: String { "log_abs_determinant" }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 1)
    try checkSquareMatrix(operands[0])
    return [operands[0].with(Shape(operands[0].batchExtents))]
  }

  package var derivative: DerivativeRule {
    .custom(
      jvp: { arguments in
        guard let tangent = arguments.tangents[0] else { return [nil] }
        let a = arguments.operands[0]
        return [a.solve(a.identityMatrix).sumOfProducts(transposedWith: tangent)]
      }, transpose: nil)
  }

  package var batching: BatchingRule { batchingInFront }

  package var lowering: LoweringRule {
    .composed { operands in
      let diagonal = operands[0].factors(LU(), 3)[0].diagonal()
      return diagonal.applying(.abs).applying(.log).sum(axes: [Swift.max(diagonal.shape.rank - 1, 0)])
    }
  }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let n = operands[0].type.rowCount
    return try reference(operands, batchRank: operands[0].shape.rank - 2) { inputs in
      let lu = LibraryRoutine.lu(n, n).evaluate(inputs)[0].doubles
      let logarithms = (0..<n).map { ScalarOp.log.evaluate(Scalar(abs(lu[$0 * (n + 1)]), as: .f64)).doubleValue }
      return [.floating([logarithms.reduce(0, +)])]
    }
  }

  package static let family = OpFamily(
    names: ["log_abs_determinant"],
    make: { (_, _) throws(Diagnostic) in LogAbsDeterminant() },
    examples: { squareExamples(LogAbsDeterminant()) })
}

/// The adjugate of square matrices `[…, n, n]`, the transpose of their cofactors: `A adj(A) = det(A)`.
///
/// With `B = adj(A)`: `dB = (tr(B dA) B - B dA B) / det(A)`, which is not finite where A is singular.
package struct Adjugate: Op {
  package init() {}

  package var name: String { "adjugate" }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 1)
    try checkSquareMatrix(operands[0])
    return operands
  }

  package var derivative: DerivativeRule {
    .custom(
      jvp: { arguments in
        guard let tangent = arguments.tangents[0] else { return [nil] }
        let (a, b) = (arguments.operands[0], arguments.results[0])
        func spread(_ number: Term) -> Term {
          b.isPoison ? b : number.broadcast(back: [b.shape.rank - 2, b.shape.rank - 1], of: b.shape)
        }
        let along = spread(b.sumOfProducts(transposedWith: tangent)) * b
        return [(along - b.matmul(tangent).matmul(b)) / spread(a.applying(Determinant()))]
      }, transpose: nil)
  }

  package var batching: BatchingRule { batchingInFront }

  private static let rule = LibraryRule(onMatrices: { .adjugate($0[0].rowCount) })

  package var lowering: LoweringRule { .library(Self.rule) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    try reference(operands, Self.rule)
  }

  package static let family = OpFamily(
    names: ["adjugate"],
    make: { (_, _) throws(Diagnostic) in Adjugate() },
    examples: { squareExamples(Adjugate()) })
}

private func squareExamples(_ op: any Op) -> [OpExample] {
  func example(_ dtype: DType, _ shape: Shape, _ domain: OpExample.Domain = .wellConditioned) -> OpExample {
    OpExample(op, [TensorType(dtype, shape)], [domain])
  }
  return [
    example(.f64, [3, 3], .values([1, 3, 0.5, 0.3, 0.4, 4, 5, 1, -1])), example(.f64, [2, 2, 2]),
    example(.f32, [4, 4]), example(.f64, [1, 1]), example(.f64, [0, 0]), example(.f64, [0, 2, 2]),
  ]
}

extension Term {
  /// `Σᵢⱼ x[…, j, i] y[…, i, j]`, the trace of x y.
  func sumOfProducts(transposedWith other: Term) -> Term {
    if isPoison || other.isPoison { return poison }
    return (matrixTransposed * other).sum(axes: [shape.rank - 2, shape.rank - 1])
  }

  /// The product over the last axis.
  func product() -> Term { isPoison ? self : reduce(.mul, axes: [shape.rank - 1]) }

  /// 1 or -1 by the number of places along the last axis that are not in their own place.
  func parity(_ dtype: DType) -> Term {
    if isPoison { return self }
    let wide = cast(to: .i64)
    let signs = wide.applying(.eq, wide.index(along: shape.rank - 1))
    return signs.select(
      builder.splat(1, type.with(dtype)), builder.splat(-1, type.with(dtype))
    ).product()
  }
}
