extension Formula {
  /// `Π f`.
  package static func product(_ operands: [Formula]) -> Formula {
    var coefficient = Coefficient.one
    var bases: [Formula] = []
    var exponents: [Formula: [Formula]] = [:]
    func multiply(_ base: Formula, _ exponent: Formula) {
      if exponents[base] == nil { bases.append(base) }
      exponents[base, default: []].append(exponent)
    }
    for operand in operands {
      switch operand.kind {
      case .sum:
        let (content, rest) = operand.content(signed: true)
        coefficient = coefficient * content
        multiply(rest, .one)
      default:
        let monomial = operand.monomial
        coefficient = coefficient * monomial.coefficient
        for factor in monomial.factors { multiply(factor.base, factor.exponent) }
      }
    }
    if coefficient.isZero { return .zero }
    // (x - 1) √(1 - x) = -(1 - x) √(1 - x)
    for base in bases where base.isSum {
      guard let own = exponents[base], let power = sum(own).number?.integer else { continue }
      let opposite = Formula(.sum(base.monomials.map { Monomial(coefficient: -$0.coefficient, factors: $0.factors) }))
      guard exponents[opposite] != nil else { continue }
      exponents[opposite, default: []] += own
      exponents[base] = nil
      if power % 2 != 0 { coefficient = -coefficient }
    }
    // Powers of one base become one power, which may be something else: √x √x = x.
    var factors: [Factor] = []
    var others: [Formula] = []
    for base in bases {
      guard let all = exponents[base] else { continue }
      if all.count == 1 {
        factors.append(Factor(base: base, exponent: all[0]))
        continue
      }
      let combined = power(base, sum(all))
      if case .product(let monomial) = combined.kind, monomial.coefficient.isOne, monomial.factors.count == 1,
        monomial.factors[0].base == base
      {
        factors.append(monomial.factors[0])
      } else {
        others.append(combined)
      }
    }
    if !others.isEmpty {
      let rest = Formula(monomial: Monomial(coefficient: coefficient, factors: factors.sorted(by: precedes)))
      return product(others + [rest])
    }
    if let (signed, rest) = withoutSign(factors) {
      return product([.number(coefficient), signed] + rest.map { factor($0.base, $0.exponent) })
    }
    if let shorter = multiplyingSums(coefficient, factors) { return shorter }
    return normalised(coefficient, factors)
  }

  package static func negative(_ operand: Formula) -> Formula { product([.minusOne, operand]) }

  /// A number times powers of different bases.
  static func normalised(_ coefficient: Coefficient, _ factors: [Factor]) -> Formula {
    var coefficient = coefficient
    var factors = factors
    for (place, factor) in factors.enumerated() {
      // 2/√2 = √2, √2/2 = 1/√2
      guard case .number(.rational(let base, 1)) = factor.base.kind, base > 1,
        case .rational(let p, let q)? = factor.exponent.number,
        case .rational(let numerator, let denominator) = coefficient
      else { continue }
      if p < 0, numerator % base == 0 {
        coefficient = Coefficient(numerator / base, over: denominator)
        factors[place] = Factor(base: factor.base, exponent: .number(Coefficient(p + q, over: q)))
      } else if p > 0, denominator % base == 0 {
        coefficient = Coefficient(numerator, over: denominator / base)
        factors[place] = Factor(base: factor.base, exponent: .number(Coefficient(p - q, over: q)))
      }
    }
    if factors.isEmpty { return .number(coefficient) }
    if factors.count == 1, factors[0].exponent.isOne, case .sum(let monomials) = factors[0].base.kind {
      if coefficient.isOne { return factors[0].base }
      return Formula(
        .sum(monomials.map { Monomial(coefficient: coefficient * $0.coefficient, factors: $0.factors) }))
    }
    return Formula(monomial: Monomial(coefficient: coefficient, factors: factors.sorted(by: precedes)))
  }

  /// `sign(u) |u| = u`: that, and the other factors; `nil` if no two are like this.
  private static func withoutSign(_ factors: [Factor]) -> (Formula, [Factor])? {
    for (place, factor) in factors.enumerated() where factor.exponent.isOne {
      guard let sign = factor.base.application, sign.function == .sign,
        let other = factors.firstIndex(where: {
          $0.exponent.isOne && $0.base.application.map { $0.function == .abs && $0.operands == sign.operands } == true
        })
      else { continue }
      let rest = factors.indices.filter { $0 != place && $0 != other }.map { factors[$0] }
      return (sign.operands[0], rest)
    }
    return nil
  }

  /// With `(1 + x)ᵖ (1 - x)ᵖ` as `(1 - x²)ᵖ` and the like; `nil` if that is not shorter.
  private static func multiplyingSums(_ coefficient: Coefficient, _ factors: [Factor]) -> Formula? {
    let sums = factors.indices.filter { factors[$0].base.isSum && factors[$0].exponent.number != nil }
    for (place, first) in sums.enumerated() {
      for second in sums[(place + 1)...] where factors[second].exponent == factors[first].exponent {
        let pair = [factors[first], factors[second]].map { Factor(base: $0.base, exponent: .one) }
        guard let terms = Monomial(coefficient: .one, factors: pair).expanded() else { continue }
        let expanded = collected(terms)
        guard expanded.complexity < pair[0].base.complexity + pair[1].base.complexity else { continue }
        let rest = factors.indices.filter { $0 != first && $0 != second }.map { factors[$0] }
        return product(
          [.number(coefficient), power(expanded, factors[first].exponent)] + rest.map { factor($0.base, $0.exponent) })
      }
    }
    return nil
  }

  static func precedes(_ a: Factor, _ b: Factor) -> Bool { compareFactors(a, b) < 0 }

  /// A monomial that is in order as it is.
  convenience init(monomial: Monomial) {
    if monomial.factors.isEmpty {
      self.init(.number(monomial.coefficient))
    } else if monomial.factors.count == 1, monomial.coefficient.isOne, monomial.factors[0].exponent.isOne {
      self.init(monomial.factors[0].base.kind)
    } else {
      self.init(.product(monomial))
    }
  }
}
