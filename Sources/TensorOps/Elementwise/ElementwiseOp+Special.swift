import Foundation
package import TensorIR

extension ElementwiseOp {
  /// `y = 1 / (1 + e⁻ˣ)`.  `dy = y (1 - y) dx`.
  package static let logistic: ElementwiseOp = define(.logistic, on: .range(-3...3)) { _, y in y * (1 - y) }

  /// `y = 2/√π ∫₀ˣ exp(-t²) dt`.  `dy = 2/√π exp(-x²) dx`.
  package static let erf: ElementwiseOp = define(.erf, on: .range(-2...2)) { x, _ in gaussian(x[0]) }

  /// `y = 1 - erf x`, exact for large `x`.  `dy = -2/√π exp(-x²) dx`.
  package static let erfc: ElementwiseOp = define(.erfc, on: .range(-2...2)) { x, _ in -gaussian(x[0]) }

  /// `y = ln |Γ(x)|`.  `dy = ψ(x) dx`.
  package static let lgamma: ElementwiseOp = define(.lgamma, on: .values([0.3, 0.9, 1.7, 2.5, 6.25, -0.4])) { x, _ in
    x[0].digamma()
  }

  /// `y = Γ(x)`.  `dy = y ψ(x) dx`.
  package static let tgamma: ElementwiseOp = define(.tgamma, on: .values([0.3, 0.9, 1.7, 2.5, 4.25, -0.4])) { x, y in
    y * x[0].digamma()
  }

  static let special: [ElementwiseOp] = [logistic, erf, erfc, lgamma, tgamma]

  /// `2/√π exp(-x²)`.
  private static func gaussian(_ x: Term) -> Term { (-(x * x)).applying(.exp) * M_2_SQRTPI }
}

extension Term {
  /// `ψ(x) = d/dx ln Γ(x)`, elementwise, to about 1e-14 absolutely in f64; differentiable any number of times.
  ///
  /// Reflection `ψ(x) = ψ(1 - x) - π / tan(πx)` for `x < 0`, recurrence `ψ(x) = ψ(x + 8) - Σ_{i<8} 1 / (x + i)`, and
  /// the asymptotic series at `x + 8` (Abramowitz & Stegun 6.3.7, 6.3.5, 6.3.18), whose first term left out is 2e-16
  /// there. Shifting always by 8 costs no branch and no accuracy.
  package func digamma() -> Term {
    let isNegative = applying(.lt, zeros)
    let x = isNegative.select(1 - self, self)
    let shifted = x + 8
    let inverseSquare = 1 / (shifted * shifted)
    var series = splat(Self.digammaCoefficients[0])
    for coefficient in Self.digammaCoefficients.dropFirst() { series = series * inverseSquare + coefficient }
    var recurrence = 1 / x
    for step in 1..<8 { recurrence = recurrence + 1 / (x + Double(step)) }
    let positive = shifted.applying(.log) - 0.5 / shifted - series * inverseSquare - recurrence
    // tan has period π; a small argument keeps it exact far from 0, and one fit for all where it is not asked for.
    let phase = isNegative.select(self - applying(.round), splat(0.25))
    let reflection = Double.pi / (phase * Double.pi).applying(.tan)
    return isNegative.select(positive - reflection, positive)
  }

  /// `B_2k / 2k` for k = 8 down to 1, B the Bernoulli numbers.
  private static let digammaCoefficients: [Double] = [
    -3617.0 / 8160, 1.0 / 12, -691.0 / 32760, 1.0 / 132, -1.0 / 240, 1.0 / 252, -1.0 / 120, 1.0 / 12,
  ]
}
