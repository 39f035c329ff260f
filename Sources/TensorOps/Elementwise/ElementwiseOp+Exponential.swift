import Foundation
import TensorIR

extension ElementwiseOp {
  /// `y = √x`.  `dy = dx / 2y`.
  package static let sqrt: ElementwiseOp = define(.sqrt, on: .range(0.1...4)) { _, y in 0.5 / y }

  /// `y = 1 / √x`.  `dy = -½ y³ dx`.
  package static let rsqrt: ElementwiseOp = define(.rsqrt, on: .range(0.1...4)) { _, y in -0.5 * (y * y * y) }

  /// `y = ∛x`.  `dy = dx / 3y²`.
  package static let cbrt: ElementwiseOp = defineQuotient(
    .cbrt, on: .values([-2, -0.5, 0.25, 1, 8, -3]), divisor: { _, y in 3 * (y * y) })

  /// `y = eˣ`.  `dy = y dx`.
  package static let exp: ElementwiseOp = define(.exp, on: .range(-3...3)) { _, y in y }

  /// `y = 2ˣ`.  `dy = y ln 2 dx`.
  package static let exp2: ElementwiseOp = define(.exp2, on: .range(-3...3)) { _, y in y * M_LN2 }

  /// `y = 10ˣ`.  `dy = y ln 10 dx`.
  package static let exp10: ElementwiseOp = define(.exp10, on: .range(-2...2)) { _, y in y * M_LN10 }

  /// `y = eˣ - 1`, exact near 0.  `dy = (y + 1) dx`.
  package static let expm1: ElementwiseOp = define(.expm1, on: .range(-2...2)) { _, y in y + 1 }

  /// `y = ln x`.  `dy = dx / x`.
  package static let log: ElementwiseOp = defineQuotient(.log, on: .range(0.1...4), divisor: { x, _ in x })

  /// `y = log₂ x`.  `dy = dx / (x ln 2)`.
  package static let log2: ElementwiseOp = defineQuotient(.log2, on: .range(0.1...4), divisor: { x, _ in x * M_LN2 })

  /// `y = log₁₀ x`.  `dy = dx / (x ln 10)`.
  package static let log10: ElementwiseOp = defineQuotient(.log10, on: .range(0.1...4), divisor: { x, _ in x * M_LN10 })

  /// `y = ln(1 + x)`, exact near 0.  `dy = dx / (1 + x)`.
  package static let log1p: ElementwiseOp = defineQuotient(.log1p, on: .range(-0.9...3), divisor: { x, _ in x + 1 })

  /// `y = aᵇ`, 1 for `b = 0` and for `a = 1`, whatever the other; NaN for negative `a` unless b is an integer.
  ///
  /// `dy = b aᵇ⁻¹ da + y ln a db`. At `a = 0` the first term is exact (0 for b = 0, 1 for b = 1), and the second is 0 for
  /// `b ≥ 0`: the limit for `b > 0`, and at the point (0, 0), which has no derivative, what JAX says. For negative `a` the
  /// second is NaN, since only integers b have a power; a constant exponent has no such term.
  package static let pow: ElementwiseOp = define(
    .pow, on: .range(0.2...3), .range(-2...2),
    // 0 · 0⁻¹ would be NaN, but the derivative of x⁰ at 0 is 0. Elsewhere the exponent must stay b - 1, for the sake
    // of second derivatives.
    partials: { x, _ in
      let isConstant = x[0].applying(.eq, x[0].zeros).applying(.and, x[1].applying(.eq, x[1].zeros))
      return x[1] * x[0].applying(.pow, isConstant.select(x[0].zeros, x[1] - 1))
    },
    // The base is replaced before the logarithm, so that ∞ · 0 arises in no derivative of this.
    { x, y in
      let isFlat = x[0].applying(.eq, x[0].zeros).applying(.and, x[1].applying(.ge, x[1].zeros))
        .applying(.or, y.applying(.eq, y.zeros))
      return y * isFlat.select(y.ones, x[0]).applying(.log)
    })

  /// `y = √(a² + b²)` without overflow.  `dy = (a da + b db) / y`; at the origin `dy = 0`.
  package static let hypot: ElementwiseOp = define(
    .hypot, on: .range(-3...3), .range(0.5...3),
    partials: { x, y in x[0] / y.replacingZeros() }, { x, y in x[1] / y.replacingZeros() })

  static let exponential: [ElementwiseOp] = [
    sqrt, rsqrt, cbrt, exp, exp2, exp10, expm1, log, log2, log10, log1p, pow, hypot,
  ]
}

extension Term {
  /// 1 where `self` is 0, else `self`.
  fileprivate func replacingZeros() -> Term { applying(.eq, zeros).select(ones, self) }
}
