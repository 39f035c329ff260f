package import Basics
import Foundation
import KernelIR
package import TensorIR

/// `y` with `erf y = x`, elementwise; ±∞ at ±1 and NaN outside.  `dy = √π/2 exp(y²) dx`.
///
/// The quantile of the normal distribution, and a step of Newton's method: on erf for small x and on erfc for others, whose
/// differences are exact. Within 2 units of the last place.
package struct ErfInv: Op {
  package init() {}

  package var name: String { "erf_inv" }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 1)
    guard operands[0].dtype.isFloating else {
      throw Diagnostic("'erf_inv' needs a floating dtype, not \(operands[0])")
    }
    return operands
  }

  package var derivative: DerivativeRule { .elementwise([{ _, y in (y * y).applying(.exp) * Self.halfRootOfPi }]) }
  package var batching: BatchingRule { .elementwise }

  private static let halfRootOfPi = Double.pi.squareRoot() / 2

  package var lowering: LoweringRule {
    .composed { operands in
      let x = operands[0]
      let size = x.applying(.abs)
      let y = x.normalQuantile(tail: (1 - size) * 0.5) * 0.5.squareRoot()
      let small = y.applying(.erf) - x
      let large = (1 - size) - y.applying(.abs).applying(.erfc)
      let difference = size.applying(.lt, x.splat(0.5)).select(small, large * x.ones.applying(.copysign, x))
      let refined = y - difference * Self.halfRootOfPi * (y * y).applying(.exp)
      return size.applying(.lt, x.ones).select(refined, y)
    }
  }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    [ReferenceTensor(floating: operands[0].doubles.map(Self.value), type: operands[0].type)]
  }

  private static func value(_ x: Double) -> Double {
    guard x.magnitude < 1, x != 0 else { return x.magnitude == 1 ? x * .infinity : x == 0 ? x : .nan }
    var y = NormalQuantile.value(center: x / 2, tail: (1 - x.magnitude) / 2) * 0.5.squareRoot()
    for _ in 0..<2 {
      let error =
        x.magnitude < 0.5
        ? Foundation.erf(y) - x : (x < 0 ? -1 : 1) * ((1 - x.magnitude) - Foundation.erfc(y.magnitude))
      y -= error * Double.pi.squareRoot() / 2 * Foundation.exp(y * y)
    }
    return y
  }

  package static let family = OpFamily(
    names: ["erf_inv"],
    make: { (_, _) throws(Diagnostic) in ErfInv() },
    examples: {
      [
        OpExample(ErfInv(), [TensorType(.f64, [2, 3])], [.range(-0.8...0.8)]),
        OpExample(ErfInv(), [TensorType(.f32, [37])], [.range(-0.8...0.8)]),
        OpExample(ErfInv(), [TensorType(.f64, [5])], [.values([0, 0.2, -0.8, 0.75, -0.6])]),
      ]
    })
}
