package import Basics
import KernelIR
package import TensorIR

/// `y = ln(eᵃ + eᵇ)`, elementwise, computed as `max(a, b) + ln(1 + e^-|a - b|)`, which neither overflows nor cancels.
///
/// `dy = σ(a - b) da + σ(b - a) db`. An op of its own for that derivative's sake: the formula's has kinks where a = b.
package struct LogAddExp: Op {
  package init() {}

  package var name: String { "log_add_exp" }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 2)
    guard operands[0] == operands[1], operands[0].dtype.isFloating else {
      throw Diagnostic(
        "'log_add_exp' needs operands of one floating type, not \(operands[0]) and \(operands[1])")
    }
    return [operands[0]]
  }

  package var derivative: DerivativeRule {
    .elementwise([
      { x, _ in x[0].differenceOfLogarithms(x[1]).applying(.logistic) },
      { x, _ in x[1].differenceOfLogarithms(x[0]).applying(.logistic) },
    ])
  }
  package var batching: BatchingRule { .elementwise }

  package var lowering: LoweringRule {
    .composed { operands in
      let (a, b) = (operands[0], operands[1])
      return a.applying(.max, b) + (-a.differenceOfLogarithms(b).applying(.abs)).applying(.exp).applying(.log1p)
    }
  }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let scalars = zip(operands[0].scalars, operands[1].scalars).map { a, b in
      let zero = Scalar(0.0, as: a.dtype)
      let isEqual = ScalarOp.eq.evaluate(a, b).bits != 0
      let gap = isEqual ? zero : ScalarOp.abs.evaluate(ScalarOp.sub.evaluate(a, b))
      let tail = ScalarOp.log1p.evaluate(ScalarOp.exp.evaluate(ScalarOp.neg.evaluate(gap)))
      return ScalarOp.add.evaluate(ScalarOp.max.evaluate(a, b), tail)
    }
    return [ReferenceTensor(scalars: scalars, type: operands[0].type)]
  }

  package static let family = OpFamily(
    names: ["log_add_exp"],
    make: { (_, _) throws(Diagnostic) in LogAddExp() },
    examples: {
      func example(_ type: TensorType, _ a: OpExample.Domain, _ b: OpExample.Domain) -> OpExample {
        OpExample(LogAddExp(), [type, type], [a, b])
      }
      return [
        example(TensorType(.f64, [2, 3]), .range(-3...3), .range(-3...3)),
        example(TensorType(.f32, [37]), .range(-3...3), .range(-3...3)),
        example(TensorType(.f64, [4]), .values([0, 30, -30, 1]), .values([0, -30, -30, 2])),
      ]
    })
}

extension Term {
  /// `self - other`, and 0 where both are the same infinity.
  fileprivate func differenceOfLogarithms(_ other: Term) -> Term {
    applying(.eq, other).applying(.and, applying(.abs).applying(.eq, splat(.infinity))).select(zeros, self - other)
  }

  /// `ln(eᵃ + eᵇ)` without overflow.
  package func logAddExp(_ other: Term) -> Term { applying(LogAddExp(), other) }
}
