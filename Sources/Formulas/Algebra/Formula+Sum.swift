extension Formula {
  /// `Σ f`, in the shortest of a few forms: as it stands, multiplied out, over a common denominator, with a common factor
  /// in front.
  package static func sum(_ operands: [Formula]) -> Formula {
    let plain = collected(operands.flatMap(\.monomials))
    guard plain.isSum, plain.complexity <= 300 else { return plain }
    var best = plain
    func consider(_ candidate: Formula?) {
      if let candidate, candidate.complexity < best.complexity { best = candidate }
    }
    consider(plain.withCommonFactor())
    if let expanded = plain.expanded() {
      consider(expanded)
      consider(expanded.withCommonFactor())
    }
    consider(plain.overCommonDenominator())
    return best
  }

  package static func difference(_ a: Formula, _ b: Formula) -> Formula { sum([a, negative(b)]) }

  /// The sum of terms, those with the same powers being one.
  static func collected(_ monomials: [Monomial]) -> Formula {
    var coefficients: [[Factor]: Coefficient] = [:]
    var order: [[Factor]] = []
    for monomial in monomials {
      if let known = coefficients[monomial.factors] {
        coefficients[monomial.factors] = known + monomial.coefficient
      } else {
        coefficients[monomial.factors] = monomial.coefficient
        order.append(monomial.factors)
      }
    }
    var terms: [Monomial] = []
    for factors in order {
      guard let coefficient = coefficients[factors], !coefficient.isZero else { continue }
      terms.append(Monomial(coefficient: coefficient, factors: factors))
    }
    if let simpler = Pythagoras.applied(to: terms) { return collected(simpler) }
    switch terms.count {
    case 0: return .zero
    case 1: return normalised(terms[0].coefficient, terms[0].factors)
    default: return Formula(.sum(terms.sorted { compareTerms($0, $1) < 0 }))
    }
  }

  // MARK: Other forms

  /// Products of sums multiplied out; `nil` if there are none, or too many terms.
  func expanded() -> Formula? {
    var terms: [Monomial] = []
    var isChanged = false
    for monomial in monomials {
      guard let product = monomial.expanded() else {
        terms.append(monomial)
        continue
      }
      isChanged = true
      terms += product
      if terms.count > 64 { return nil }
    }
    return isChanged ? Formula.collected(terms) : nil
  }

  /// The powers that all terms have, times a sum of what remains. Variables stay in their terms: `x² + x` is no product.
  private func withCommonFactor() -> Formula? {
    guard case .sum(let monomials) = kind, let first = monomials.first else { return nil }
    var common: [Factor] = []
    for factor in first.factors {
      if factor.isPowerOfSymbol { continue }
      guard let least = factor.exponent.number else {
        if monomials.allSatisfy({ $0.factors.contains(factor) }) { common.append(factor) }
        continue
      }
      var exponent = least
      for monomial in monomials.dropFirst() {
        guard let other = monomial.factors.first(where: { $0.base == factor.base })?.exponent.number,
          other.isNegative == exponent.isNegative
        else {
          exponent = .zero
          break
        }
        if other.magnitude.value < exponent.magnitude.value { exponent = other }
      }
      if !exponent.isZero { common.append(Factor(base: factor.base, exponent: .number(exponent))) }
    }
    if common.isEmpty { return nil }
    let inverse = common.map { Formula.power($0.base, Formula.negative($0.exponent)) }
    let rest = monomials.map { Formula.product([Formula(monomial: $0)] + inverse) }
    return Formula.product(common.map { Formula.power($0.base, $0.exponent) } + [Formula.sum(rest)])
  }

  /// One fraction, its numerator multiplied out; `nil` if there are no denominators.
  private func overCommonDenominator() -> Formula? {
    guard case .sum(let monomials) = kind, monomials.count <= 8 else { return nil }
    var denominator: [Formula: Coefficient] = [:]
    var bases: [Formula] = []
    for factor in monomials.flatMap(\.factors) {
      guard let exponent = factor.exponent.number, exponent.isNegative else { continue }
      if denominator[factor.base] == nil { bases.append(factor.base) }
      let least = denominator[factor.base] ?? .zero
      if exponent.value < least.value { denominator[factor.base] = exponent }
    }
    if bases.isEmpty { return nil }
    let multiplier = bases.map { Formula.power($0, .number(-(denominator[$0] ?? .zero))) }
    var numerator: [Monomial] = []
    for monomial in monomials {
      let product = Formula.product([Formula(monomial: monomial)] + multiplier)
      numerator += (product.expanded() ?? product).monomials
      if numerator.count > 64 { return nil }
    }
    return Formula.product(
      [Formula.collected(numerator)] + bases.map { Formula.power($0, .number(denominator[$0] ?? .zero)) })
  }
}

extension Monomial {
  /// The terms of the product; `nil` if no factor is a sum to a positive integer power, or there are too many.
  func expanded() -> [Monomial]? {
    var rest: [Factor] = []
    var sums: [[Monomial]] = []
    var count = 1
    for factor in factors {
      if case .sum(let monomials) = factor.base.kind, let power = factor.exponent.number?.integer, power > 0, power <= 4
      {
        for _ in 0..<power {
          sums.append(monomials)
          count *= monomials.count
          if count > 64 { return nil }
        }
      } else {
        rest.append(factor)
      }
    }
    if sums.isEmpty { return nil }
    var products = [Formula(monomial: Monomial(coefficient: coefficient, factors: rest))]
    for monomials in sums {
      let terms = monomials.map { Formula(monomial: $0) }
      products = products.flatMap { product in terms.map { Formula.product([product, $0]) } }
      // Like terms are put together early, as in (1 + x)⁴.
      products = Formula.collected(products.flatMap(\.monomials)).monomials.map { Formula(monomial: $0) }
    }
    return products.flatMap(\.monomials)
  }
}

extension Factor {
  /// Whether it is a variable to a positive power.
  fileprivate var isPowerOfSymbol: Bool {
    guard case .symbol = base.kind, let number = exponent.number else { return false }
    return !number.isNegative
  }
}
