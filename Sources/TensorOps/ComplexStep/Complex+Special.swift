import Foundation

// Entire and meromorphic functions by series that hold for complex numbers as they do for real ones.
extension Complex {
  private static let twoOverRootOfPi = 2 / Double.pi.squareRoot()

  /// `2 z e^{-z²} / √π · Σ (2 z²)ⁿ / (1 · 3 ⋯ (2n + 1))` near 0 (Abramowitz and Stegun 7.1.6), `1 - erfc z` further out.
  var errorFunction: Complex {
    if re < 0 { return -(-self).errorFunction }
    if re > 2.5 { return Complex(1) - complementaryErrorFunction }
    let square = self * self
    var (term, sum) = (Complex(1), Complex(1))
    for n in 1...120 {
      term = (2 / Double(2 * n + 1)) * (term * square)
      sum = sum + term
      if abs(term.re) <= 1e-18 * abs(sum.re), abs(term.im) <= 1e-18 * abs(sum.im) { break }
    }
    return Self.twoOverRootOfPi * (self * (-square).exp * sum)
  }

  /// `e^{-z²} / √π · 1 / (z + (1/2) / (z + 1 / (z + (3/2) / …)))` (Abramowitz and Stegun 7.1.14) from 2.5 on.
  var complementaryErrorFunction: Complex {
    if re <= 2.5 { return Complex(1) - errorFunction }
    var tail = self
    for n in stride(from: 120, through: 1, by: -1) { tail = self + (Double(n) / 2) * tail.reciprocal }
    return (1 / Double.pi.squareRoot()) * ((-(self * self)).exp / tail)
  }

  /// Stirling's series from 15 on, before that by `Γ(z + 1) = z Γ(z)`, and left of 1/2 by reflection. Of a negative Γ(z)
  /// the logarithm of -Γ(z), as `lgamma` does.
  var logGamma: Complex {
    if re < 0.5 {
      let sine = (Double.pi * self).sine
      let size = sine.re < 0 ? -sine : sine
      return Complex(Foundation.log(Double.pi)) - size.log - (Complex(1) - self).logGamma
    }
    var (z, product) = (self, Complex(0))
    while z.re < 15 {
      product = product + z.log
      z = z + Complex(1)
    }
    let (inverse, square) = (z.reciprocal, (z * z).reciprocal)
    var series = Complex(0)
    for coefficient in Self.stirling { series = series * square + Complex(coefficient) }
    let leading = (z - Complex(0.5)) * z.log - z
    return leading + Complex(0.5 * Foundation.log(2 * Double.pi)) + series * inverse - product
  }

  /// `B₂ₖ / (2k (2k - 1))` from the seventh down to the first.
  private static let stirling: [Double] = [
    1 / 156, -691 / 360_360, 1 / 1188, -1 / 1680, 1 / 1260, -1 / 360, 1 / 12,
  ]

  var gamma: Complex {
    if re < 0.5 { return Complex(Double.pi) / ((Double.pi * self).sine * (Complex(1) - self).gamma) }
    return logGamma.exp
  }
}
