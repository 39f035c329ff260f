extension Formula {
  /// `base ^ exponent`.
  package static func power(_ base: Formula, _ exponent: Formula) -> Formula {
    if exponent.isZero || base.isOne { return .one }
    if exponent.isOne { return base }
    if case .symbol(.e) = base.kind { return exponential(exponent) }
    switch base.kind {
    case .number(let number): return power(of: number, exponent)
    case .product(let monomial): return power(of: monomial, exponent)
    case .sum:
      let (content, rest) = base.content(signed: exponent.number?.integer != nil)
      if content.isOne { return factor(base, exponent) }
      return product([power(of: content, exponent), power(rest, exponent)])
    case .apply(.abs, let operands) where exponent.number?.isEvenInteger == true:
      return power(operands[0], exponent)
    case .apply(.sign, let operands):
      // sign³ = sign; the square is 1 but at 0.
      guard let number = exponent.number?.integer, number > 2 else { return factor(base, exponent) }
      return power(apply(.sign, operands), .number(2 - number % 2))
    default: return factor(base, exponent)
    }
  }

  package static func squareRoot(_ base: Formula) -> Formula { power(base, .half) }

  package static func reciprocal(_ base: Formula) -> Formula { power(base, .minusOne) }

  /// The power as it stands.
  static func factor(_ base: Formula, _ exponent: Formula) -> Formula {
    exponent.isOne
      ? base : Formula(.product(Monomial(coefficient: .one, factors: [Factor(base: base, exponent: exponent)])))
  }

  /// `e ^ exponent`; terms `c ln u` of the exponent become powers `u ^ c`.
  private static func exponential(_ exponent: Formula) -> Formula {
    var powers: [Formula] = []
    var rest: [Formula] = []
    for monomial in exponent.monomials {
      let place = monomial.factors.firstIndex { $0.exponent.isOne && $0.base.application?.function == .log }
      if let place, let operand = monomial.factors[place].base.application?.operands[0] {
        var others = monomial
        others.factors.remove(at: place)
        powers.append(power(operand, Formula(monomial: others)))
      } else {
        rest.append(Formula(monomial: monomial))
      }
    }
    if powers.isEmpty { return factor(.e, exponent) }
    let others = sum(rest)
    return product(powers + (others.isZero ? [] : [factor(.e, others)]))
  }

  // MARK: Numbers

  private static func power(of base: Coefficient, _ exponent: Formula) -> Formula {
    guard let number = exponent.number else {
      // 2 ^ (x + 3) = 8 · 2 ^ x
      guard !base.isZero, let constant = exponent.monomials.first(where: \.factors.isEmpty)?.coefficient,
        case .rational(let p, let q) = constant, p / q != 0
      else { return factor(.number(base), exponent) }
      let rest = sum([exponent, .number(-(p / q))])
      return product([.number(base.power(p / q)), factor(.number(base), rest)])
    }
    if let integer = number.integer { return .number(base.power(integer)) }
    if base.isZero { return number.isNegative ? .number(.real(.infinity)) : .zero }
    guard case .rational(let p, let q) = base, case .rational(let r, let s) = number, s <= 64 else {
      return .number(.real(powerOf(base.value, number.value)))
    }
    if p < 0 {
      if s % 2 == 0 { return factor(.number(base), exponent) }
      let positive = power(of: .rational(-p, q), exponent)
      return r % 2 == 0 ? positive : product([.minusOne, positive])
    }
    let numerator = root(of: p, r, s)
    return q == 1 ? numerator : product([numerator, root(of: q, -r, s)])
  }

  /// `base ^ (r / s)`: the largest factor whose s-th root is an integer comes out, and so do whole powers.
  private static func root(of base: Int, _ r: Int, _ s: Int) -> Formula {
    var (outside, inside) = (1, base)
    var candidate = 2
    while candidate < 100, let power = integerPower(candidate, s), power <= inside {
      if inside % power == 0 {
        inside /= power
        outside *= candidate
      } else {
        candidate += 1
      }
    }
    let exact = powerOf(Double(inside), 1 / Double(s)).rounded()
    if exact < 1e6, let power = integerPower(Int(exact), s), power == inside {
      outside *= Int(exact)
      inside = 1
    }
    let whole = Coefficient(outside).power(r) * Coefficient(inside).power(r / s)
    let rest = r % s
    if inside == 1 || rest == 0 { return .number(whole) }
    return normalised(whole, [Factor(base: .number(inside), exponent: .number(Coefficient(rest, over: s)))])
  }

  private static func integerPower(_ base: Int, _ exponent: Int) -> Int? {
    var result = 1
    for _ in 0..<exponent {
      let (next, overflow) = result.multipliedReportingOverflow(by: base)
      if overflow { return nil }
      result = next
    }
    return result
  }

  // MARK: Products

  private static func power(of monomial: Monomial, _ exponent: Formula) -> Formula {
    if exponent.number?.integer != nil {
      return product(
        [power(of: monomial.coefficient, exponent)]
          + monomial.factors.map { power($0.base, product([$0.exponent, exponent])) })
    }
    // What is known to be positive comes out.
    var outside: [Formula] = []
    var inside = Monomial(coefficient: monomial.coefficient.isNegative ? Coefficient(-1) : .one, factors: [])
    let magnitude = monomial.coefficient.magnitude
    if !magnitude.isOne { outside.append(power(of: magnitude, exponent)) }
    for factor in monomial.factors {
      if factor.exponent.number?.isEvenInteger == true {
        outside.append(power(apply(.abs, [factor.base]), product([factor.exponent, exponent])))
      } else if factor.isNonnegative {
        outside.append(power(factor.base, product([factor.exponent, exponent])))
      } else {
        inside.factors.append(factor)
      }
    }
    if inside.factors.count == 1, inside.coefficient.isOne, inside.factors[0].exponent.number?.integer != nil {
      outside.append(power(inside.factors[0].base, product([inside.factors[0].exponent, exponent])))
    } else if !inside.factors.isEmpty {
      outside.append(factor(Formula(monomial: inside), exponent))
    } else if !inside.coefficient.isOne {
      outside.append(factor(.minusOne, exponent))
    }
    return product(outside)
  }

  // MARK: Sums

  /// A positive number, negative if `signed` and the first coefficient is, and the rest: the sum divided by it, whose
  /// coefficients are integers without a common divisor.
  func content(signed: Bool) -> (Coefficient, Formula) {
    guard case .sum(let monomials) = kind, let first = monomials.first else { return (.one, self) }
    var content = first.coefficient.magnitude
    for monomial in monomials.dropFirst() { content = content.commonDivisor(monomial.coefficient) }
    if monomials.contains(where: { $0.coefficient.isReal }) { content = .one }
    if signed, first.coefficient.isNegative { content = -content }
    if content.isOne { return (.one, self) }
    let inverse = content.reciprocal
    return (
      content,
      Formula(.sum(monomials.map { Monomial(coefficient: $0.coefficient * inverse, factors: $0.factors) }))
    )
  }
}

extension Coefficient {
  var isEvenInteger: Bool { integer.map { $0 % 2 == 0 } ?? false }

  var isReal: Bool {
    if case .real = self { return true }
    return false
  }
}

extension Factor {
  /// Whether its values are known not to be negative.
  var isNonnegative: Bool {
    switch base.kind {
    case .symbol(.e), .symbol(.pi): return true
    case .number(let number): return !number.isNegative
    case .apply(let function, _) where function == .abs || function == .logistic: return true
    default:
      if exponent.number?.isEvenInteger == true { return true }
      if case .rational(_, let denominator)? = exponent.number { return denominator % 2 == 0 }
      return false
    }
  }
}
