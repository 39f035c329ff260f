package import Basics
import KernelIR
package import TensorIR

/// `y = ln(1 + eˣ)`, elementwise, computed as `max(x, 0) + ln(1 + e^-|x|)`, which neither overflows nor cancels.
///
/// `dy = dx / (1 + e⁻ˣ)`. An op of its own for that derivative's sake: the formula's would be neither short nor as exact.
package struct Softplus: Op {
  package init() {}

  package var name: String { "softplus" }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 1)
    guard operands[0].dtype.isFloating else {
      throw Diagnostic("'softplus' needs a floating dtype, not \(operands[0])")
    }
    return operands
  }

  package var derivative: DerivativeRule { .elementwise([{ x, _ in x[0].applying(.logistic) }]) }
  package var batching: BatchingRule { .elementwise }

  package var lowering: LoweringRule {
    .composed { operands in
      let x = operands[0]
      return x.applying(.max, x.zeros) + (-x.applying(.abs)).applying(.exp).applying(.log1p)
    }
  }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let zero = Scalar(0.0, as: operands[0].dtype)
    let scalars = operands[0].scalars.map { x in
      let tail = ScalarOp.exp.evaluate(ScalarOp.neg.evaluate(ScalarOp.abs.evaluate(x)))
      return ScalarOp.add.evaluate(ScalarOp.max.evaluate(x, zero), ScalarOp.log1p.evaluate(tail))
    }
    return [ReferenceTensor(scalars: scalars, type: operands[0].type)]
  }

  package static let family = OpFamily(
    names: ["softplus"],
    make: { (_, _) throws(Diagnostic) in Softplus() },
    examples: {
      [
        OpExample(Softplus(), [TensorType(.f64, [2, 3])], [.range(-3...3)]),
        OpExample(Softplus(), [TensorType(.f32, [37])], [.range(-3...3)]),
        OpExample(Softplus(), [TensorType(.f64, [3])], [.values([0, 30, -30])]),
      ]
    })
}

extension Term {
  /// `ln(1 + eˣ)` without overflow.
  package func softplus() -> Term { applying(Softplus()) }
}
