package import Basics
import Foundation
package import TensorIR

/// `y` with `Φ(y) = x`, elementwise, Φ of the standard normal distribution; ±∞ at 0 and 1 and NaN outside.
/// `dy = √(2π) exp(y²/2) dx`.
package struct Ndtri: Op {
  package init() {}

  package var name: String { "ndtri" }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 1)
    guard operands[0].dtype.isFloating else { throw Diagnostic("'ndtri' needs a floating dtype, not \(operands[0])") }
    return operands
  }

  package var derivative: DerivativeRule {
    .elementwise([{ _, y in (y * y * 0.5).applying(.exp) * (2 * Double.pi).squareRoot() }])
  }
  package var batching: BatchingRule { .elementwise }

  package var lowering: LoweringRule {
    .composed { operands in
      // The lesser of the two probabilities is taken as it is: it may be tiny.
      let x = operands[0]
      return (2 * x - 1).normalQuantile(tail: x.applying(.min, 1 - x))
    }
  }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let values = operands[0].doubles.map { x -> Double in
      guard x > 0, x < 1 else { return x == 0 ? -.infinity : x == 1 ? .infinity : .nan }
      return NormalQuantile.value(center: x - 0.5, tail: Swift.min(x, 1 - x))
    }
    return [ReferenceTensor(floating: values, type: operands[0].type)]
  }

  package static let family = OpFamily(
    names: ["ndtri"],
    make: { (_, _) throws(Diagnostic) in Ndtri() },
    examples: {
      [
        OpExample(Ndtri(), [TensorType(.f64, [2, 3])], [.range(0.15...0.85)]),
        OpExample(Ndtri(), [TensorType(.f32, [37])], [.range(0.15...0.85)]),
        OpExample(Ndtri(), [TensorType(.f64, [5])], [.values([0.5, 0.2, 0.12, 0.85, 0.3])]),
      ]
    })
}
