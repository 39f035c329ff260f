package import Basics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Formula {
  /// What a constant most likely stands for: the simplest fraction, decimal, or multiple of a known constant such as √π
  /// that is rounded to it.
  package static func constant(_ scalar: Scalar) -> Formula {
    let value = scalar.doubleValue
    guard scalar.dtype.isFloating, value.isFinite else {
      if !scalar.dtype.isFloating, let integer = Int(exactly: scalar.integerValue), integer.magnitude < 1 << 53 {
        return .number(integer)
      }
      return .number(.real(value))
    }
    let isSingle = scalar.dtype == .f32
    func rounded(_ number: Double) -> Double { isSingle ? Double(Float(number)) : number }
    let unit = isSingle ? Double(Float(value).ulp) : value.ulp
    if let number = fraction(value, largest: 1000, product: isSingle ? 1 << 20 : 1 << 40, { rounded($0) == value }) {
      return .number(number)
    }
    for (factor, formula) in known {
      let multiple = fraction(value / factor, largest: 12, product: 144) {
        (rounded($0 * factor) - value).magnitude <= unit
      }
      if let multiple { return product([.number(multiple), formula]) }
    }
    return .number(decimal(scalar))
  }

  /// The fraction near a value with the least denominator that will do, if that, and the product of its numbers, are
  /// small enough.
  private static func fraction(
    _ value: Double, largest: Int, product limit: Int, _ willDo: (Double) -> Bool
  ) -> Coefficient? {
    guard value.magnitude < 1e9 else {
      return Int(exactly: value).flatMap { $0.magnitude < 1 << 53 && largest > 12 ? Coefficient($0) : nil }
    }
    // Continued fractions give the best approximations.
    var (p, q, nextP, nextQ) = (1, 0, Int(value.rounded(.down)), 1)
    var rest = value - value.rounded(.down)
    while nextQ <= largest {
      if willDo(Double(nextP) / Double(nextQ)) {
        let isInteger = nextQ == 1 && largest > 12
        return isInteger || nextP.magnitude <= UInt(limit / nextQ) ? Coefficient(nextP, over: nextQ) : nil
      }
      guard rest > 1e-12 else { return nil }
      let whole = (1 / rest).rounded(.down)
      guard whole < 1e6 else { return nil }
      rest = 1 / rest - whole
      (p, q, nextP, nextQ) = (nextP, nextQ, Int(whole) * nextP + p, Int(whole) * nextQ + q)
    }
    return nil
  }

  /// The shortest decimal that is rounded to it, as a fraction if it has few digits.
  private static func decimal(_ scalar: Scalar) -> Coefficient {
    let text = scalar.description
    let value = Double(text) ?? scalar.doubleValue
    var power = 1
    for _ in 0..<9 {
      let scaled = value * Double(power)
      if scaled.magnitude < 1e9, let numerator = Int(exactly: scaled.rounded()),
        Double(numerator) / Double(power) == value
      {
        return Coefficient(numerator, over: power)
      }
      power *= 10
    }
    return .real(value)
  }

  /// Constants that occur in derivatives and densities, the simplest first.
  private static let known: [(Double, Formula)] = [
    (Double.pi, .pi), (M_E, .e), (M_LN2, apply(.log, [.two])), (M_LN10, apply(.log, [.number(10)])),
    (Double.pi.squareRoot(), squareRoot(.pi)), (1 / Double.pi, reciprocal(.pi)),
    (1 / Double.pi.squareRoot(), power(.pi, .number(Coefficient(-1, over: 2)))),
    ((2 * Double.pi).squareRoot(), squareRoot(product([.two, .pi]))),
    (1 / (2 * Double.pi).squareRoot(), reciprocal(squareRoot(product([.two, .pi])))),
    ((2 / Double.pi).squareRoot(), squareRoot(product([.two, reciprocal(.pi)]))),
    (2.0.squareRoot(), squareRoot(.two)), (3.0.squareRoot(), squareRoot(.number(3))),
    (1 / M_LN2, reciprocal(apply(.log, [.two]))), (1 / M_LN10, reciprocal(apply(.log, [.number(10)]))),
    (Double.pi * Double.pi, power(.pi, .two)),
  ]
}
