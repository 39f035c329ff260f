extension Formula {
  /// `f(x…)`.
  package static func apply(_ function: FormulaFunction, _ operands: [Formula]) -> Formula {
    switch function {
    case .min, .max: return extremum(function, operands[0], operands[1])
    case .eq, .ne, .lt, .le, .gt, .ge: return comparison(function, operands[0], operands[1])
    case .and, .or, .xor, .not: return logic(function, operands)
    case .cases: return cases(operands[0], operands[1], operands[2])
    case .abs: return absoluteValue(operands[0])
    case .sign: return sign(operands[0])
    case .log: return logarithm(operands[0])
    default: break
    }
    if operands.count == 1 {
      let x = operands[0]
      if let number = x.number, let value = function.value(at: number) { return value }
      if let (inner, arguments) = x.application, inner.leftInverse == function { return arguments[0] }
      if function.isOdd || function.isEven, x.leadingCoefficient.isNegative {
        let turned = apply(function, [negative(x)])
        return function.isOdd ? negative(turned) : turned
      }
    }
    return Formula(.apply(function, operands))
  }

  /// `eˣ`.
  package static func exponential(of x: Formula) -> Formula { power(.e, x) }

  /// That of the first term.
  var leadingCoefficient: Coefficient { monomials.first?.coefficient ?? .zero }

  private static func logarithm(_ x: Formula) -> Formula {
    if x.isOne { return .zero }
    if case .symbol(.e) = x.kind { return .one }
    if case .product(let monomial) = x.kind, monomial.factors.count == 1,
      case .symbol(.e) = monomial.factors[0].base.kind
    {
      let exponent = monomial.factors[0].exponent
      if monomial.coefficient.isOne { return exponent }
      if !monomial.coefficient.isNegative { return sum([exponent, logarithm(.number(monomial.coefficient))]) }
    }
    return Formula(.apply(.log, [x]))
  }

  private static func absoluteValue(_ x: Formula) -> Formula {
    switch x.kind {
    case .number(let number): return .number(number.magnitude)
    case .product(let monomial):
      let factors = monomial.factors.map { factor in
        factor.isNonnegative || factor.exponent.number == nil
          ? Formula.factor(factor.base, factor.exponent)
          : power(Formula.absoluteValue(factor.base), factor.exponent)
      }
      if monomial.factors.contains(where: { !$0.isNonnegative && $0.exponent.number == nil }) {
        return Formula(.apply(.abs, [x]))
      }
      return product([.number(monomial.coefficient.magnitude)] + factors)
    case .sum:
      let (content, rest) = x.content(signed: true)
      let magnitude = Formula(.apply(.abs, [rest]))
      return content.magnitude.isOne ? magnitude : product([.number(content.magnitude), magnitude])
    case .apply(.abs, _), .symbol(.e), .symbol(.pi): return x
    default: return Factor(base: x, exponent: .one).isNonnegative ? x : Formula(.apply(.abs, [x]))
    }
  }

  private static func sign(_ x: Formula) -> Formula {
    if let number = x.number { return .number(number.isZero ? 0 : number.isNegative ? -1 : 1) }
    if x.leadingCoefficient.isNegative { return negative(sign(negative(x))) }
    if case .sum = x.kind { return Formula(.apply(.sign, [x.content(signed: false).1])) }
    guard case .product(let monomial) = x.kind, !monomial.coefficient.isOne else { return Formula(.apply(.sign, [x])) }
    return Formula(.apply(.sign, [Formula(monomial: Monomial(coefficient: .one, factors: monomial.factors))]))
  }

  private static func extremum(_ function: FormulaFunction, _ a: Formula, _ b: Formula) -> Formula {
    if let gap = difference(a, b).number {
      return gap.isNegative == (function == .max) ? b : a
    }
    let isInOrder = (a.number == nil) == (b.number == nil) ? compare(a, b) <= 0 : a.number == nil
    return Formula(.apply(function, isInOrder ? [a, b] : [b, a]))
  }

  // MARK: Conditions

  private static func comparison(_ function: FormulaFunction, _ a: Formula, _ b: Formula) -> Formula {
    if let gap = difference(a, b).number?.value {
      let isTrue =
        switch function {
        case .eq: gap == 0
        case .ne: gap != 0
        case .lt: gap < 0
        case .le: gap <= 0
        case .gt: gap > 0
        default: gap >= 0
        }
      return isTrue ? .one : .zero
    }
    // x = max(x, y) where x ≥ y
    if function == .eq || function == .ne {
      for (x, y) in [(a, b), (b, a)] {
        guard let (extremum, operands) = y.application, extremum == .max || extremum == .min,
          let place = operands.firstIndex(of: x)
        else { continue }
        let found = comparison(extremum == .max ? .ge : .le, x, operands[1 - place])
        return function == .eq ? found : logic(.not, [found])
      }
      if a.number != nil || (b.number == nil && compare(a, b) > 0) { return Formula(.apply(function, [b, a])) }
    }
    return Formula(.apply(function, [a, b]))
  }

  private static func logic(_ function: FormulaFunction, _ operands: [Formula]) -> Formula {
    let (a, b) = (operands[0], operands.count > 1 ? operands[1] : operands[0])
    switch function {
    case .not:
      if let number = a.number { return number.isZero ? .one : .zero }
      if let (inner, arguments) = a.application {
        if inner == .not { return arguments[0] }
        if let opposite = inner.negated { return comparison(opposite, arguments[0], arguments[1]) }
      }
      return Formula(.apply(.not, [a]))
    case .and:
      if a.isZero || b.isZero { return .zero }
      if a.isOne || a == b { return b }
      if b.isOne { return a }
    case .or:
      if a.isOne || b.isOne { return .one }
      if a.isZero || a == b { return b }
      if b.isZero { return a }
    default:
      if a == b { return .zero }
      if a.isZero { return b }
      if b.isZero { return a }
      if a.isOne { return logic(.not, [b]) }
      if b.isOne { return logic(.not, [a]) }
    }
    return Formula(.apply(function, [a, b]))
  }

  private static func cases(_ condition: Formula, _ a: Formula, _ b: Formula) -> Formula {
    if let number = condition.number { return number.isZero ? b : a }
    if a == b { return a }
    if a.isOne, b.isZero { return condition }
    if a.isZero, b.isOne { return logic(.not, [condition]) }
    // a where a > b, else b
    if let (relation, sides) = condition.application, sides == [a, b] || sides == [b, a] {
      let isGreater = relation == .gt || relation == .ge
      if isGreater || relation == .lt || relation == .le {
        return extremum(isGreater == (sides == [a, b]) ? .max : .min, a, b)
      }
    }
    return Formula(.apply(.cases, [condition, a, b]))
  }

  // MARK: Sums over an index

  /// `Σ_i body`, i being an index of the body, for all its values.
  package static func total(_ index: FormulaIndex, _ body: Formula) -> Formula {
    if index.extent == 1 { return body.replacing(index, by: .zero) }
    if index.extent == 0 || body.isZero { return .zero }
    if body.monomials.count > 1, body.monomials.contains(where: { !Formula(monomial: $0).mentions(index) }) {
      return sum(body.monomials.map { total(index, Formula(monomial: $0)) })
    }
    guard case .sum = body.kind else {
      let monomial = body.monomial
      var (outside, inside) = ([Formula.number(monomial.coefficient)], [Formula]())
      for (place, factor) in monomial.factors.enumerated() {
        // Σ_i [i = k] f(i) = f(k)
        if factor.exponent.isOne, let (function, sides) = factor.base.application, function == .eq,
          let value = solution(of: sides, for: index)
        {
          var rest = monomial
          rest.factors.remove(at: place)
          return Formula(monomial: rest).replacing(index, by: value)
        }
        let power = Formula.factor(factor.base, factor.exponent)
        if power.mentions(index) { inside.append(power) } else { outside.append(power) }
      }
      if inside.isEmpty { return product(outside + [.number(index.extent)]) }
      return product(outside + [Formula(.total(index, product(inside)))])
    }
    return Formula(.total(index, body))
  }

  /// What the index is if two sides are equal and one of them is the index, the other one of the same extent.
  private static func solution(of sides: [Formula], for index: FormulaIndex) -> Formula? {
    for (a, b) in [(sides[0], sides[1]), (sides[1], sides[0])] {
      if case .symbol(.index(index)) = a.kind, case .symbol(.index(let other)) = b.kind, other != index,
        other.extent == index.extent
      {
        return b
      }
    }
    return nil
  }
}

extension FormulaFunction {
  /// The value at a number, where it is a number.
  fileprivate func value(at x: Coefficient) -> Formula? {
    switch self {
    case .floor, .ceil, .round, .trunc:
      let rule: FloatingPointRoundingRule =
        self == .floor ? .down : self == .ceil ? .up : self == .round ? .toNearestOrEven : .towardZero
      return Int(exactly: x.value.rounded(rule)).map { Formula.number($0) }
    case .sin, .tan, .asin, .atan, .sinh, .tanh, .asinh, .atanh, .erf: return x.isZero ? .zero : nil
    case .cos, .cosh, .erfc: return x.isZero ? .one : nil
    case .log2, .log10: return x.isOne ? .zero : nil
    case .acosh: return x.isOne ? .zero : nil
    case .logistic: return x.isZero ? .half : nil
    default: return nil
    }
  }
}
