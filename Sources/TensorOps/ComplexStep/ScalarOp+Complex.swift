import Foundation
import KernelIR

extension ScalarOp {
  /// The function on complex numbers; `nil` if it is not known.
  ///
  /// `abs`, `max`, `min`, `rem` and `copysign` are analytic in pieces: which piece, the real parts say.
  func evaluate(complex z: [Complex]) -> Complex? {
    switch z.count {
    case 1: unary(z[0])
    case 2: binary(z[0], z[1])
    case 3 where self == .fma: z[0] * z[1] + z[2]
    default: nil
    }
  }

  private func unary(_ z: Complex) -> Complex? {
    switch self {
    case .sqrt: z.sqrt
    case .rsqrt: z.sqrt.reciprocal
    case .cbrt: z.cbrt
    case .exp: z.exp
    case .exp2: (Foundation.log(2) * z).exp
    case .exp10: (Foundation.log(10) * z).exp
    case .expm1: z.expm1
    case .log: z.log
    case .log2: (1 / Foundation.log(2)) * z.log
    case .log10: (1 / Foundation.log(10)) * z.log
    case .log1p: z.log1p
    case .sin: z.sine
    case .cos: z.cosine
    case .tan: z.tangent
    case .asin: z.arcSine
    case .acos: z.arcCosine
    case .atan: z.arcTangent
    case .sinh: z.hyperbolicSine
    case .cosh: z.hyperbolicCosine
    case .tanh: z.hyperbolicTangent
    case .asinh: z.areaSine
    case .acosh: z.areaCosine
    case .atanh: z.areaTangent
    case .erf: z.errorFunction
    case .erfc: z.complementaryErrorFunction
    case .lgamma: z.logGamma
    case .tgamma: z.gamma
    case .logistic: z.logistic
    case .neg: -z
    case .abs: z.re < 0 ? -z : z
    case .sign, .floor, .ceil, .round, .trunc: Complex(0)
    default: nil
    }
  }

  private func binary(_ a: Complex, _ b: Complex) -> Complex? {
    switch self {
    case .add: a + b
    case .sub: a - b
    case .mul: a * b
    case .div: a / b
    case .rem: a - (a.re / b.re).rounded(.towardZero) * b
    case .max: a.re >= b.re || a.re.isNaN ? a : b
    case .min: a.re <= b.re || a.re.isNaN ? a : b
    case .pow: a.power(b)
    case .atan2: a.angle(from: b)
    case .hypot:
      // Scaled, so that squares neither overflow nor vanish.
      a.re == 0 && b.re == 0 ? Complex(0) : a.hypotenuse(b)
    case .copysign: (a.re.sign == b.re.sign) ? a : -a
    default: nil
    }
  }
}

extension Complex {
  fileprivate func hypotenuse(_ other: Complex) -> Complex {
    let scale = Swift.max(abs(re), abs(other.re))
    let (a, b) = ((1 / scale) * self, (1 / scale) * other)
    return scale * (a * a + b * b).sqrt
  }
}
