package import Basics
import KernelIR
package import TensorIR

/// `y = condition ? a : b`, elementwise; the condition is bool of the branches' shape.
///
/// `dy = condition ? da : db`. Zeros are strong: nothing of the branch not taken reaches a derivative, however infinite
/// those of the ops in it are, as long as these go element by element; a sum in it mixes elements and their zeros.
package struct Select: Op {
  package init() {}

  package var name: String { "select" }
  package var denseNumber: Int? { Int(ScalarOp.select.rawValue) }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 3)
    guard operands[0].dtype == .bool else {
      throw Diagnostic("'select' needs a condition of dtype bool, not \(operands[0])")
    }
    guard operands[1] == operands[2] else {
      throw Diagnostic("'select' needs branches of one type, not \(operands[1]) and \(operands[2])")
    }
    guard operands[0].shape == operands[1].shape else {
      throw Diagnostic("'select' needs a condition of shape \(operands[1].shape), not \(operands[0].shape)")
    }
    return [operands[1]]
  }

  package var derivative: DerivativeRule {
    .linear(.only([1, 2])) { arguments in
      guard let cotangent = arguments.cotangents[0], let condition = arguments.operands[0] else {
        return [nil, nil, nil]
      }
      let zeros = cotangent.zeros
      return [nil, condition.select(cotangent, zeros), condition.select(zeros, cotangent)]
    }
  }

  package var batching: BatchingRule { .elementwise }
  package var lowering: LoweringRule { .scalar(.select) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    [ReferenceTensor.elementwise(.select, operands)]
  }

  package static let family = OpFamily(
    names: ["select"],
    make: { (_, _) throws(Diagnostic) in Select() },
    examples: {
      DType.allCases.map { dtype in
        let type = TensorType(dtype, [2, 3])
        return OpExample(
          Select(), [type.with(.bool), type, type], [.values([0, 1, 1]), .range(-2...2), .range(-2...2)])
      }
    })
}
