import Foundation
package import TensorIR

// Functions made of others, elementwise, on floating dtypes.
extension Term {
  // MARK: What kind of number

  package func isNaN() -> Term { applying(.ne, self) }
  package func isInfinite() -> Term { applying(.abs).applying(.eq, splat(.infinity)) }
  package func isFinite() -> Term { applying(.abs).applying(.lt, splat(.infinity)) }

  // MARK: Products with logarithms

  /// `x ln y`, and 0 for x = 0 whatever y is, NaN excepted. At `x = 0` the derivatives are those of the formula where y
  /// has a logarithm, and 0 elsewhere.
  package func xlogy(_ y: Term) -> Term {
    let isOutside = y.applying(.le, y.zeros).applying(.or, y.applying(.eq, y.splat(.infinity)))
    let isZero = applying(.eq, zeros).applying(.and, isOutside)
    return self * isZero.select(y.ones, y).applying(.log)
  }

  /// `x ln(1 + y)`, likewise.
  package func xlog1py(_ y: Term) -> Term {
    let isOutside = y.applying(.le, y.splat(-1)).applying(.or, y.applying(.eq, y.splat(.infinity)))
    let isZero = applying(.eq, zeros).applying(.and, isOutside)
    return self * isZero.select(y.zeros, y).applying(.log1p)
  }

  /// `-x ln x` for x > 0, 0 at 0, and -∞ below.
  package func entropy() -> Term {
    let isNegative = applying(.lt, zeros)
    let safe = isNegative.select(ones, self)
    return isNegative.select(splat(-.infinity), -safe.xlogy(safe))
  }

  // MARK: Waves

  /// `sin πx / πx`, 1 at 0.
  package func sinc() -> Term {
    let angle = self * Double.pi
    // Near 0 the series, so that derivatives of any order are right there; its first term left out is below 1e-18.
    let square = angle * angle
    let coefficients = (0...8).map { (k: Int) -> Double in
      var factorial = 1.0
      for factor in 1...2 * k + 1 { factorial *= Double(factor) }
      return (k % 2 == 0 ? 1 : -1) / factorial
    }
    var series = splat(coefficients[8])
    for coefficient in coefficients.dropLast().reversed() { series = series * square + coefficient }
    let isNear = applying(.abs).applying(.lt, splat(0.125))
    let far = isNear.select(ones, angle)
    return isNear.select(series, far.applying(.sin) / far)
  }

  // MARK: Powers of two

  /// `x 2ⁿ` for integers n, exact unless it overflows or underflows; n may be of any numeric dtype.
  package func ldexp(_ exponent: Term) -> Term {
    let n = exponent.cast(to: dtype)
    // In two steps: 2ⁿ alone may be out of range where x 2ⁿ is not.
    let half = (n * 0.5).applying(.floor)
    return self * half.applying(.exp2) * (n - half).applying(.exp2)
  }

  // MARK: The normal distribution

  /// `exp(x²) erfc(x)`.
  package func erfcx() -> Term {
    let isFar = applying(.gt, splat(10))
    let near = isFar.select(zeros, self)
    // The rounding of x² would be multiplied by e^(x²) · x²; fma gives it.
    let square = near * near
    let rest = Term(builder, builder.emit(ElementwiseOp.fma, [near.value, near.value, (-square).value])[0])
    let nearValue = (square.applying(.exp) * near.applying(.erfc))
    let corrected = rest.applying(.abs).applying(.lt, ones).select(nearValue + nearValue * rest, nearValue)
    // Asymptotic: 1/(x√π) Σ (-1)ᵏ (2k-1)!! / (2x²)ᵏ.
    let x = isFar.select(self, splat(16))
    let u = 0.5 / (x * x)
    let coefficients = (0...12).map { (k: Int) -> Double in
      var product = k % 2 == 0 ? 1.0 : -1.0
      for factor in stride(from: 1, to: 2 * k, by: 2) { product *= Double(factor) }
      return product
    }
    var series = x.splat(coefficients[12])
    for coefficient in coefficients.dropLast().reversed() { series = series * u + coefficient }
    return isFar.select(series / (x * Double.pi.squareRoot()), corrected)
  }

  /// `Φ(x) = ½ erfc(-x/√2)`.
  package func ndtr() -> Term { (self * -0.5.squareRoot()).applying(.erfc) * 0.5 }

  /// `ln Φ(x)`, without underflow.
  package func logNdtr() -> Term {
    let isLow = applying(.lt, splat(-1))
    let low = isLow.select(self, splat(-1))
    let high = isLow.select(zeros, self)
    let lowValue = low * low * -0.5 + ((low * -0.5.squareRoot()).erfcx() * 0.5).applying(.log)
    let highValue = (-((high * 0.5.squareRoot()).applying(.erfc) * 0.5)).applying(.log1p)
    return isLow.select(lowValue, highValue)
  }

  /// `Φ⁻¹(x)`.
  package func ndtri() -> Term { applying(Ndtri()) }

  // MARK: Logarithms of probabilities

  /// `ln σ(x) = -ln(1 + e⁻ˣ)`.
  package func logSigmoid() -> Term { -((-self).softplus()) }

  /// `ln(1 - e⁻ˣ)` for x > 0.
  package func log1mExp() -> Term {
    let isSmall = applying(.lt, splat(M_LN2))
    let small = isSmall.select(self, ones)
    let large = isSmall.select(ones, self)
    return isSmall.select((-((-small).applying(.expm1))).applying(.log), (-((-large).applying(.exp))).applying(.log1p))
  }

  // MARK: Remainders

  /// `a - b ⌊a / b⌋`, with the sign of b, exact but for the last rounding; floating and integers.
  package func flooredRemainder(_ divisor: Term) -> Term {
    let rest = applying(.rem, divisor)
    let isOther = rest.applying(.lt, rest.zeros).applying(.ne, divisor.applying(.lt, divisor.zeros))
      .applying(.and, rest.applying(.ne, rest.zeros))
    return isOther.select(rest + divisor, rest)
  }
}
