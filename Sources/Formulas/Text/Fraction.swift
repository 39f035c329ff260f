/// A monomial as it is written: a sign, and what is above and below a line.
struct Fraction {
  let isNegative: Bool
  /// Integers, or a decimal above and 1 below.
  let number: (above: Number, below: Int)
  /// With positive exponents, but for powers of e.
  let above: [Factor]
  let below: [Factor]

  enum Number {
    case integer(Int)
    case decimal(DecimalNumber)

    var isOne: Bool {
      if case .integer(1) = self { return true }
      return false
    }
  }

  init(_ monomial: Monomial) {
    var isNegative = monomial.coefficient.isNegative
    var (above, below) = ([Factor](), [Factor]())
    for factor in monomial.factors {
      if factor.exponent.leadingCoefficient.isNegative, !factor.base.isExponentialBase(with: factor.exponent) {
        below.append(Factor(base: factor.base, exponent: Formula.negative(factor.exponent)))
      } else {
        above.append(factor)
      }
    }
    // -x (y - 1) is x (1 - y)
    if isNegative, let place = above.firstIndex(where: \.canTurn) {
      above[place] = above[place].turned
      isNegative = false
    } else if isNegative, let place = below.firstIndex(where: \.canTurn) {
      below[place] = below[place].turned
      isNegative = false
    }
    (self.above, self.below, self.isNegative) = (above, below, isNegative)
    switch monomial.coefficient.magnitude {
    case .rational(let p, let q):
      if q > 1000, let decimal = DecimalNumber(p, over: q) {
        number = (.decimal(decimal), 1)
      } else {
        number = (.integer(p), q)
      }
    case .real(let value): number = (.decimal(DecimalNumber(value)), 1)
    }
  }

  var hasDenominator: Bool { !below.isEmpty || number.below != 1 }
}

extension Factor {
  /// Whether it is an odd power of a sum with a negative term.
  fileprivate var canTurn: Bool {
    guard let power = exponent.number?.integer, power % 2 != 0, case .sum(let monomials) = base.kind else {
      return false
    }
    return monomials.contains { $0.coefficient.isNegative }
  }

  /// With the opposite sum for base.
  fileprivate var turned: Factor { Factor(base: Formula.negative(base), exponent: exponent) }
}

extension Formula {
  /// Powers of e, and powers of numbers that vary, stay above the line.
  fileprivate func isExponentialBase(with exponent: Formula) -> Bool {
    switch kind {
    case .symbol(.e): true
    case .number: exponent.number == nil
    default: false
    }
  }
}

/// Digits with a decimal point, and a power of ten if that is shorter.
struct DecimalNumber {
  let digits: String
  let exponent: Int

  init(_ value: Double) {
    let text = "\(value)"
    let parts = text.split(separator: "e", maxSplits: 1)
    var digits = String(parts.first ?? "0")
    if digits.hasSuffix(".0") { digits.removeLast(2) }
    self.digits = digits == "inf" ? "∞" : digits
    exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
  }

  /// `nil` if the fraction has no end as a decimal.
  init?(_ numerator: Int, over denominator: Int) {
    var rest = denominator
    for prime in [2, 5] { while rest % prime == 0 { rest /= prime } }
    if rest != 1 { return nil }
    self.init(Double(numerator) / Double(denominator))
  }
}

/// Letters for indices, none of which is the name of a parameter.
struct IndexNames {
  private let letters: [String]
  private let rank: Int

  /// - Parameter rank: How many axes the formula gives the elements of.
  init(rank: Int, parameters: [String]) {
    let taken = Set(parameters)
    let free = ["i", "j", "k", "l", "m", "n", "p", "r", "s", "t", "u", "v"].filter { !taken.contains($0) }
    letters = free
    self.rank = rank
  }

  subscript(index: FormulaIndex) -> String {
    let place: Int
    switch index {
    case .free(let axis, _): place = axis
    case .bound(let number, _): place = rank + number
    }
    return letters.indices.contains(place) ? letters[place] : "i\(place)"
  }
}

extension Formula {
  /// The terms in the order they are written in: a positive one first, if there is one.
  var writtenTerms: [Monomial] {
    var terms = monomials
    if let first = terms.first, first.coefficient.isNegative,
      let positive = terms.firstIndex(where: { !$0.coefficient.isNegative })
    {
      terms.insert(terms.remove(at: positive), at: 0)
    }
    return terms
  }

  /// Pairs of a condition and a value, and the value where none is true.
  var branches: (cases: [(condition: Formula, value: Formula)], otherwise: Formula) {
    var cases: [(condition: Formula, value: Formula)] = []
    var rest = self
    while let (function, operands) = rest.application, function == .cases {
      cases.append((operands[0], operands[1]))
      rest = operands[2]
    }
    if !cases.isEmpty, rest.application?.function.isCondition == true {
      cases.append((rest, .one))
      rest = .zero
    }
    return (cases, rest)
  }

  /// Whether it is an equation of two indices, Kronecker's delta.
  var deltaIndices: (FormulaIndex, FormulaIndex)? {
    guard let (function, sides) = application, function == .eq, case .symbol(.index(let a)) = sides[0].kind,
      case .symbol(.index(let b)) = sides[1].kind
    else { return nil }
    return (a, b)
  }
}
