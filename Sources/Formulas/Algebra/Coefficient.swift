/// A number in a formula: an exact fraction, or a double where there is none of moderate size.
package enum Coefficient: Hashable, Sendable {
  /// In lowest terms, the denominator positive.
  case rational(Int, Int)
  case real(Double)

  package static let zero = Coefficient.rational(0, 1)
  package static let one = Coefficient.rational(1, 1)

  package init(_ integer: Int) { self = .rational(integer, 1) }

  /// `numerator / denominator` in lowest terms.
  package init(_ numerator: Int, over denominator: Int) {
    guard denominator != 0, numerator != .min, denominator != .min else {
      self = .real(Double(numerator) / Double(denominator))
      return
    }
    let divisor = gcd(numerator.magnitude, denominator.magnitude)
    let sign = denominator < 0 ? -1 : 1
    self = .rational(sign * numerator / Int(divisor), sign * denominator / Int(divisor))
  }

  package static func == (a: Coefficient, b: Coefficient) -> Bool {
    switch (a, b) {
    case (.rational(let p, let q), .rational(let r, let s)): p == r && q == s
    case (.real(let x), .real(let y)): x.bitPattern == y.bitPattern
    default: false
    }
  }

  package func hash(into hasher: inout Hasher) {
    switch self {
    case .rational(let p, let q):
      hasher.combine(p)
      hasher.combine(q)
    case .real(let x): hasher.combine(x.bitPattern)
    }
  }
}

extension Coefficient {
  package var value: Double {
    switch self {
    case .rational(let p, let q): Double(p) / Double(q)
    case .real(let x): x
    }
  }

  package var isZero: Bool { value == 0 }
  package var isOne: Bool { self == .one }
  package var isNegative: Bool { value < 0 }

  /// The integer it is.
  package var integer: Int? {
    if case .rational(let p, 1) = self { return p }
    return nil
  }

  package var magnitude: Coefficient { isNegative ? -self : self }

  package static prefix func - (a: Coefficient) -> Coefficient {
    switch a {
    case .rational(let p, let q): .rational(-p, q)
    case .real(let x): .real(-x)
    }
  }

  package static func + (a: Coefficient, b: Coefficient) -> Coefficient {
    if a.isZero { return b }
    if b.isZero { return a }
    if case .rational(let p, let q) = a, case .rational(let r, let s) = b,
      let left = product(p, s), let right = product(r, q), let denominator = product(q, s)
    {
      let (numerator, overflow) = left.addingReportingOverflow(right)
      if !overflow { return Coefficient(numerator, over: denominator) }
    }
    return .real(a.value + b.value)
  }

  package static func * (a: Coefficient, b: Coefficient) -> Coefficient {
    if case .rational(let p, let q) = a, case .rational(let r, let s) = b,
      let numerator = product(p, r), let denominator = product(q, s)
    {
      return Coefficient(numerator, over: denominator)
    }
    return a.isZero || b.isZero ? .zero : .real(a.value * b.value)
  }

  /// `1 / self`; of zero, infinity.
  package var reciprocal: Coefficient {
    switch self {
    case .rational(let p, let q): Coefficient(q, over: p)
    case .real(let x): .real(1 / x)
    }
  }

  /// To an integer power.
  package func power(_ exponent: Int) -> Coefficient {
    if exponent < 0 { return reciprocal.power(exponent == .min ? .max : -exponent) }
    guard case .rational(let p, let q) = self, exponent <= 64 else {
      return .real(powerOf(value, Double(exponent)))
    }
    var result = Coefficient.one
    for _ in 0..<exponent { result = result * .rational(p, q) }
    return result
  }

  /// The largest number of which both are integer multiples; 1 if one is no fraction.
  func commonDivisor(_ other: Coefficient) -> Coefficient {
    guard case .rational(let p, let q) = self, case .rational(let r, let s) = other,
      let multiple = product(q / Int(gcd(q.magnitude, s.magnitude)), s)
    else { return .one }
    return Coefficient(Int(gcd(p.magnitude, r.magnitude)), over: multiple)
  }
}

/// The product unless it is too large to go on with exactly.
private func product(_ a: Int, _ b: Int) -> Int? {
  let (result, overflow) = a.multipliedReportingOverflow(by: b)
  return overflow || result.magnitude > 1 << 53 ? nil : result
}

func gcd(_ a: UInt, _ b: UInt) -> UInt {
  var (a, b) = (a, b)
  while b != 0 { (a, b) = (b, a % b) }
  return a == 0 ? 1 : a
}
