package import Basics
package import TensorIR

/// `y = c`, a tensor known when the function is made.
package struct Constant: Op {
  package let tensor: ReferenceTensor

  package init(_ tensor: ReferenceTensor) { self.tensor = tensor }

  package var name: String { "constant" }
  package var attributes: [Attribute] { [Attribute("value", .tensor(tensor))] }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 0)
    return [tensor.type]
  }

  package var derivative: DerivativeRule { .zero }

  package var batching: BatchingRule {
    .custom { arguments in arguments.builder.apply(self, []).map { $0.stacked(arguments.batchSize) } }
  }

  package var lowering: LoweringRule { .constant(tensor) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] { [tensor] }

  package static let family = OpFamily(
    names: ["constant"],
    make: { (_, attributes) throws(Diagnostic) in Constant(try attributes.tensor("value")) },
    examples: {
      let tensor = ReferenceTensor(floating: [1, -0.0, .infinity, 0.1], type: TensorType(.f32, [2, 2]))
      return [OpExample(Constant(tensor), [], [])]
    })
}
