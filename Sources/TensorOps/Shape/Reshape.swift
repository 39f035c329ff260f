package import Basics
package import TensorIR

/// The same elements in row-major order under another shape.  `dy = reshape(dx)`; the transpose reshapes back.
package struct Reshape: Op {
  package let shape: Shape

  package init(to shape: Shape) { self.shape = shape }

  package var name: String { "reshape" }
  package var attributes: [Attribute] { [Attribute("shape", .shape(shape))] }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 1)
    let result = try checkResult(operands[0].with(shape))
    guard result.elementCount == operands[0].elementCount else {
      throw Diagnostic(
        "'reshape' can't make \(shape) with \(result.elementCount) elements of \(operands[0]) with \(operands[0].elementCount)"
      )
    }
    return [result]
  }

  package var derivative: DerivativeRule {
    .linear(.all) { arguments in [arguments.cotangents[0].map { $0.reshaped(to: arguments.operandTypes[0].shape) }] }
  }

  package var batching: BatchingRule {
    .custom { arguments in
      [arguments.operands[0].reshaped(to: shape.inserting(arguments.batchSize, at: 0))]
    }
  }

  package var lowering: LoweringRule { .reshape }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    [operands[0].reshaped(to: shape)]
  }

  package static let family = OpFamily(
    names: ["reshape"],
    make: { (_, attributes) throws(Diagnostic) in Reshape(to: try attributes.shape("shape")) },
    examples: {
      [
        OpExample(Reshape(to: [3, 2]), [TensorType(.f64, [2, 3])], [.range(-2...2)]),
        OpExample(Reshape(to: [6]), [TensorType(.f32, [1, 2, 3])], [.range(-2...2)]),
        OpExample(Reshape(to: []), [TensorType(.f64, [1, 1])], [.range(-2...2)]),
        OpExample(Reshape(to: [0, 7]), [TensorType(.f64, [3, 0])], [.range(-2...2)]),
        OpExample(Reshape(to: [2, 2]), [TensorType(.i32, [4])], [.range(-9...9)]),
        OpExample(Reshape(to: [2, 2]), [TensorType(.bool, [4])], [.values([0, 1, 1])]),
      ]
    })
}
