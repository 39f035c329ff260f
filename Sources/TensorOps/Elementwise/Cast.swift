package import Basics
package import TensorIR

/// `y = x` converted to a dtype, elementwise: rounded to floating dtypes, truncated and saturated from floating to
/// integer ones (NaN gives 0), wrapped between integers, `x ≠ 0` for bool.
///
/// Between floating dtypes `dy = cast(dx)`, otherwise 0.
package struct Cast: Op {
  package let dtype: DType

  package init(to dtype: DType) { self.dtype = dtype }

  package var name: String { "cast" }
  package var attributes: [Attribute] { [Attribute("to", .dtype(dtype))] }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 1)
    return [operands[0].with(dtype)]
  }

  package var derivative: DerivativeRule {
    guard dtype.isFloating else { return .zero }
    return .linear(.all) { arguments in
      let dtype = arguments.operandTypes[0].dtype
      return [dtype.isFloating ? arguments.cotangents[0].map { $0.cast(to: dtype) } : nil]
    }
  }

  package var batching: BatchingRule { .elementwise }
  package var lowering: LoweringRule { .cast }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let scalars = operands[0].scalars.map { $0.converted(to: dtype) }
    return [ReferenceTensor(scalars: scalars, type: operands[0].type.with(dtype))]
  }

  package static let family = OpFamily(
    names: ["cast"],
    make: { (_, attributes) throws(Diagnostic) in Cast(to: try attributes.dtype("to")) },
    examples: {
      DType.allCases.flatMap { from in
        DType.allCases.map { to in
          OpExample(
            Cast(to: to), [TensorType(from, [2, 3])], [.values([-1.5, 0, 2.25, 0.5, -3])],
            isSmooth: from.isFloating && to.isFloating)
        }
      }
    })
}
