extension Formula {
  /// Whether an index occurs.
  func mentions(_ index: FormulaIndex) -> Bool {
    switch kind {
    case .number: false
    case .symbol(.index(let own)): own == index
    case .symbol(let symbol): symbol.indices.contains { $0.mentions(index) }
    case .sum(let monomials): monomials.contains { $0.mentions(index) }
    case .product(let monomial): monomial.mentions(index)
    case .apply(_, let operands): operands.contains { $0.mentions(index) }
    case .total(let own, let body): own != index && body.mentions(index)
    }
  }

  /// Another formula in the place of an index.
  func replacing(_ index: FormulaIndex, by formula: Formula) -> Formula {
    replacing { $0 == index ? formula : nil }
  }

  /// Other formulas in the places of indices, all at once; `nil` leaves an index as it is.
  func replacing(_ change: (FormulaIndex) -> Formula?) -> Formula {
    func changed(_ monomial: Monomial) -> Formula {
      Formula.product(
        [.number(monomial.coefficient)]
          + monomial.factors.map { Formula.power($0.base.replacing(change), $0.exponent.replacing(change)) })
    }
    switch kind {
    case .number: return self
    case .symbol(.index(let index)): return change(index) ?? self
    case .symbol(.variable(let name, let indices)):
      return indices.isEmpty ? self : .variable(name, indices.map { $0.replacing(change) })
    case .symbol: return self
    case .sum(let monomials): return Formula.sum(monomials.map(changed))
    case .product(let monomial): return changed(monomial)
    case .apply(let function, let operands): return Formula.apply(function, operands.map { $0.replacing(change) })
    case .total(let own, let body): return Formula.total(own, body.replacing { $0 == own ? nil : change($0) })
    }
  }
}

extension Monomial {
  fileprivate func mentions(_ index: FormulaIndex) -> Bool {
    factors.contains { $0.base.mentions(index) || $0.exponent.mentions(index) }
  }
}
