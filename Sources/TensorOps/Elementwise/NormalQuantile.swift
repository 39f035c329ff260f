import Foundation
import TensorIR

/// `z` with `Φ(z) = p`, Φ of the standard normal distribution, by rational approximations in three ranges of p (Wichura,
/// "Algorithm AS 241: the percentage points of the normal distribution", 1988); within 6 units of the last place.
enum NormalQuantile {
  /// Numerators and denominators, the constant term first. The first range is `|p - ½| ≤ 0.425` by `0.180625 - (p - ½)²`;
  /// the others are by `√(-ln q) - 1.6` up to 5 and `√(-ln q) - 5`, where q is the lesser of p and 1 - p.
  static let central = Rational(
    [
      3.3871328727963666080, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
      4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
    ],
    [
      1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
      3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3,
    ])
  static let middle = Rational(
    [
      1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
      1.27045825245236838258, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
    ],
    [
      1, 2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1, 1.48103976427480074590e-1,
      1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
    ])
  static let far = Rational(
    [
      6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 2.96560571828504891230e-1,
      2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
    ],
    [
      1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
      7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
    ])

  struct Rational {
    let numerator: [Double]
    let denominator: [Double]

    init(_ numerator: [Double], _ denominator: [Double]) {
      self.numerator = numerator
      self.denominator = denominator
    }

    func value(_ x: Double) -> Double {
      numerator.reversed().reduce(0) { $0 * x + $1 } / denominator.reversed().reduce(0) { $0 * x + $1 }
    }

    func term(_ x: Term) -> Term {
      func polynomial(_ coefficients: [Double]) -> Term {
        coefficients.dropLast().reversed().reduce(x.splat(coefficients[coefficients.count - 1])) { $0 * x + $1 }
      }
      return polynomial(numerator) / polynomial(denominator)
    }
  }

  static func value(center: Double, tail: Double) -> Double {
    if center.magnitude <= 0.425 { return center * central.value(0.180625 - center * center) }
    let root = (-Foundation.log(tail)).squareRoot()
    return (center < 0 ? -1 : 1) * (root <= 5 ? middle.value(root - 1.6) : far.value(root - 5))
  }
}

extension Term {
  /// The quantile `Φ⁻¹((1 + x) / 2)` for `self = x` in -1...1, whose tail is `(1 - |x|) / 2`, which may be known better.
  func normalQuantile(tail: Term) -> Term {
    let center = self * 0.5
    let inside = center * NormalQuantile.central.term(0.180625 - center * center)
    let root = (-tail.applying(.log)).applying(.sqrt)
    let outside = root.applying(.le, splat(5))
      .select(NormalQuantile.middle.term(root - 1.6), NormalQuantile.far.term(root - 5))
    // The far quotient of infinities is NaN.
    let bounded = tail.applying(.eq, zeros).select(splat(.infinity), outside)
    return center.applying(.abs).applying(.le, splat(0.425)).select(inside, bounded.applying(.copysign, self))
  }
}
