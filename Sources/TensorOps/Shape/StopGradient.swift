package import Basics
package import TensorIR

/// `y = x`, with `dy = 0`.
package struct StopGradient: Op {
  package init() {}

  package var name: String { "stop_gradient" }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 1)
    return operands
  }

  package var derivative: DerivativeRule { .zero }
  package var batching: BatchingRule { .elementwise }
  package var lowering: LoweringRule { .reshape }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] { operands }

  package static let family = OpFamily(
    names: ["stop_gradient"],
    make: { (_, _) throws(Diagnostic) in StopGradient() },
    examples: {
      DType.allCases.map {
        OpExample(StopGradient(), [TensorType($0, [2, 3])], [.range(-2...2)], isSmooth: false)
      }
    })
}
