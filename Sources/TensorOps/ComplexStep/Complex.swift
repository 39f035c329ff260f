import Foundation

/// A complex number whose imaginary part may be tiny beside the real one: both parts are accurate by themselves.
struct Complex: Hashable {
  var re: Double
  var im: Double

  init(_ re: Double, _ im: Double = 0) { (self.re, self.im) = (re, im) }

  static prefix func - (z: Complex) -> Complex { Complex(-z.re, -z.im) }
  static func + (a: Complex, b: Complex) -> Complex { Complex(a.re + b.re, a.im + b.im) }
  static func - (a: Complex, b: Complex) -> Complex { Complex(a.re - b.re, a.im - b.im) }
  static func * (a: Complex, b: Complex) -> Complex {
    Complex(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
  }
  static func * (a: Double, b: Complex) -> Complex { Complex(a * b.re, a * b.im) }

  /// Smith's algorithm (1962), which does not overflow where the quotient does not.
  static func / (a: Complex, b: Complex) -> Complex {
    if abs(b.re) >= abs(b.im) {
      let ratio = b.im / b.re
      let divisor = b.re + b.im * ratio
      return Complex((a.re + a.im * ratio) / divisor, (a.im - a.re * ratio) / divisor)
    }
    let ratio = b.re / b.im
    let divisor = b.re * ratio + b.im
    return Complex((a.re * ratio + a.im) / divisor, (a.im * ratio - a.re) / divisor)
  }

  var reciprocal: Complex { Complex(1) / self }
}

// Elementary functions on the branch that continues the real function. They are written so that an imaginary part of
// 10⁻²⁰ is not lost beside a real part: no formula adds both.
extension Complex {
  var exp: Complex {
    let size = Foundation.exp(re)
    return Complex(size * cos(im), size * sin(im))
  }

  var expm1: Complex {
    let half = sin(im / 2)
    return Complex(Foundation.expm1(re) * cos(im) - 2 * half * half, Foundation.exp(re) * sin(im))
  }

  var log: Complex { Complex(Foundation.log(hypot(re, im)), atan2(im, re)) }

  var log1p: Complex { Complex(0.5 * Foundation.log1p(re * (2 + re) + im * im), atan2(im, 1 + re)) }

  var sqrt: Complex {
    if re > 0 {
      let root = ((hypot(re, im) + re) / 2).squareRoot()
      return Complex(root, im / (2 * root))
    }
    let root = ((hypot(re, im) - re) / 2).squareRoot()
    return root == 0 ? Complex(0) : Complex(abs(im) / (2 * root), im < 0 ? -root : root)
  }

  var cbrt: Complex {
    if re < 0 { return -(-self).cbrt }
    if re == 0, im == 0 { return Complex(0) }
    return ((1.0 / 3) * log).exp
  }

  var sine: Complex { Complex(sin(re) * cosh(im), cos(re) * sinh(im)) }
  var cosine: Complex { Complex(cos(re) * cosh(im), -sin(re) * sinh(im)) }
  var tangent: Complex { sine / cosine }

  var hyperbolicSine: Complex { Complex(sinh(re) * cos(im), cosh(re) * sin(im)) }
  var hyperbolicCosine: Complex { Complex(cosh(re) * cos(im), sinh(re) * sin(im)) }
  var hyperbolicTangent: Complex {
    let (t, u, c) = (tanh(re), tan(im), cosh(re))
    let divisor = 1 + t * t * u * u
    return Complex(t * (1 + u * u) / divisor, u / (c * c) / divisor)
  }

  var arcTangent: Complex {
    let distance = re * re + (1 - im) * (1 - im)
    return Complex(0.5 * atan2(2 * re, 1 - re * re - im * im), 0.25 * Foundation.log1p(4 * im / distance))
  }
  var arcSine: Complex { (self / ((Complex(1) - self) * (Complex(1) + self)).sqrt).arcTangent }
  var arcCosine: Complex { Complex(Double.pi / 2) - arcSine }

  var areaSine: Complex {
    if re < 0 { return -(-self).areaSine }
    return (self + (self * self + Complex(1)).sqrt).log
  }
  var areaCosine: Complex { (self + ((self - Complex(1)) * (self + Complex(1))).sqrt).log }
  var areaTangent: Complex { 0.5 * (log1p - (-self).log1p) }

  var logistic: Complex { re < 0 ? exp / (Complex(1) + exp) : (Complex(1) + (-self).exp).reciprocal }

  /// Whole powers by repeated multiplication, so that the base may be negative or 0.
  func power(_ exponent: Complex) -> Complex {
    let whole = exponent.re
    if exponent.im == 0, whole == whole.rounded(), abs(whole) <= 1024 {
      var (result, square, rest) = (Complex(1), whole < 0 ? reciprocal : self, Int(abs(whole)))
      while rest > 0 {
        if rest & 1 == 1 { result = result * square }
        square = square * square
        rest >>= 1
      }
      return result
    }
    return (exponent * log).exp
  }

  /// `atan2(self, x)`.
  func angle(from x: Complex) -> Complex {
    if abs(x.re) >= abs(re) {
      let angle = (self / x).arcTangent
      return x.re < 0 ? angle + Complex(re < 0 ? -Double.pi : Double.pi) : angle
    }
    return Complex(re < 0 ? -Double.pi / 2 : Double.pi / 2) - (x / self).arcTangent
  }
}
