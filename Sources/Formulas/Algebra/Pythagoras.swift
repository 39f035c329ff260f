/// `sin² + cos² = 1` and `cosh² - sinh² = 1` in sums of terms.
enum Pythagoras {
  /// The terms with two of them put together; `nil` if none fit.
  static func applied(to terms: [Monomial]) -> [Monomial]? {
    guard terms.count > 1 else { return nil }
    for (place, term) in terms.enumerated() {
      for (number, factor) in term.factors.enumerated() {
        guard let (function, operands) = factor.base.application, let identity = identities[function],
          let exponent = factor.exponent.number?.integer, exponent >= 2
        else { continue }
        var rest = term.factors
        rest.remove(at: number)
        if exponent > 2 { rest.append(Factor(base: factor.base, exponent: .number(exponent - 2))) }
        // f² = sign · g² + constant, so f² - sign · g² is the constant, and f² - constant is sign · g².
        let without = Formula.product(rest.map { Formula.power($0.base, $0.exponent) })
        let partner = Formula.product([Formula.power(Formula(.apply(identity.partner, operands)), .two), without])
        func find(_ product: Formula, _ coefficient: Coefficient) -> Int? {
          terms.firstIndex { $0.factors == product.monomial.factors && $0.coefficient == coefficient }
        }
        guard partner.monomial.coefficient.isOne, without.monomial.coefficient.isOne else { continue }
        if let other = find(partner, -term.coefficient * identity.sign) {
          return replacing(place, other, in: terms, term.coefficient * identity.constant, without)
        }
        if let other = find(without, -term.coefficient * identity.constant) {
          return replacing(place, other, in: terms, term.coefficient * identity.sign, partner)
        }
      }
    }
    return nil
  }

  private struct Identity {
    let partner: FormulaFunction
    let sign: Coefficient
    let constant: Coefficient
  }

  private static let identities: [FormulaFunction: Identity] = [
    .sin: Identity(partner: .cos, sign: Coefficient(-1), constant: .one),
    .cos: Identity(partner: .sin, sign: Coefficient(-1), constant: .one),
    .cosh: Identity(partner: .sinh, sign: .one, constant: .one),
    .sinh: Identity(partner: .cosh, sign: .one, constant: Coefficient(-1)),
  ]

  private static func replacing(
    _ a: Int, _ b: Int, in terms: [Monomial], _ coefficient: Coefficient, _ product: Formula
  ) -> [Monomial] {
    var rest = terms
    for index in [a, b].sorted(by: >) { rest.remove(at: index) }
    return rest + Formula.product([.number(coefficient), product]).monomials
  }
}
