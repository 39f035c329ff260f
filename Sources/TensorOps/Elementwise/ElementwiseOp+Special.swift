import Foundation
import TensorIR

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
