// The order of factors and terms, which is that in which they are written: numbers and π, variables, powers of e,
// functions, sums; of terms, higher powers first and numbers last.

extension Formula {
  /// -1, 0 or 1: whether `a` comes before `b`.
  static func compare(_ a: Formula, _ b: Formula) -> Int {
    if a == b { return 0 }
    if a.rank != b.rank { return a.rank < b.rank ? -1 : 1 }
    switch (a.kind, b.kind) {
    case (.number(let x), .number(let y)): return compareValues(x, y)
    case (.symbol(let x), .symbol(let y)): return compareSymbols(x, y)
    case (.sum(let x), .sum(let y)): return compareLists(x, y, compareTerms)
    case (.product(let x), .product(let y)): return compareTerms(x, y)
    case (.apply(let f, let x), .apply(let g, let y)):
      return f == g ? compareLists(x, y, compare) : f.rawValue < g.rawValue ? -1 : 1
    case (.total(let i, let x), .total(let j, let y)):
      return i == j ? compare(x, y) : i.order < j.order ? -1 : 1
    default: return 0
    }
  }

  fileprivate var rank: Int {
    switch kind {
    case .number: 0
    case .symbol(.pi): 1
    case .symbol(.variable), .symbol(.index): 2
    case .product: 3
    case .symbol(.e): 4
    case .apply: 5
    case .sum: 6
    case .total: 7
    }
  }

  private static func compareSymbols(_ a: Symbol, _ b: Symbol) -> Int {
    switch (a, b) {
    case (.variable(let x, let i), .variable(let y, let j)):
      return x == y ? compareLists(i, j, compare) : x < y ? -1 : 1
    case (.variable, .index): return -1
    case (.index, .variable): return 1
    case (.index(let i), .index(let j)): return i.order < j.order ? -1 : i == j ? 0 : 1
    default: return 0
    }
  }

  static func compareFactors(_ a: Factor, _ b: Factor) -> Int {
    if a.rank != b.rank { return a.rank < b.rank ? -1 : 1 }
    let bases = compare(a.base, b.base)
    return bases == 0 ? compare(b.exponent, a.exponent) : bases
  }

  static func compareTerms(_ a: Monomial, _ b: Monomial) -> Int {
    if a.factors.isEmpty != b.factors.isEmpty { return b.factors.isEmpty ? -1 : 1 }
    if a.degree != b.degree { return a.degree > b.degree ? -1 : 1 }
    let factors = compareLists(a.factors, b.factors, compareFactors)
    return factors == 0 ? compareValues(a.coefficient, b.coefficient) : factors
  }

  private static func compareValues(_ a: Coefficient, _ b: Coefficient) -> Int {
    if a == b { return 0 }
    let (x, y) = (a.value, b.value)
    if x != y { return x < y ? -1 : 1 }
    // A fraction and the double nearest to it.
    if case .rational = a { return -1 }
    return 1
  }

  private static func compareLists<T>(_ a: [T], _ b: [T], _ compare: (T, T) -> Int) -> Int {
    for (x, y) in zip(a, b) {
      let order = compare(x, y)
      if order != 0 { return order }
    }
    return a.count == b.count ? 0 : a.count < b.count ? -1 : 1
  }
}

extension FormulaIndex {
  fileprivate var order: (Int, Int, Int) {
    switch self {
    case .free(let number, let extent): (0, number, extent)
    case .bound(let number, let extent): (1, number, extent)
    }
  }
}

extension Monomial {
  /// The sum of the exponents that are numbers.
  fileprivate var degree: Double { factors.reduce(0) { $0 + ($1.exponent.number?.value ?? 1) } }
}

extension Factor {
  /// Powers with an exponent that varies stand where powers of e do.
  fileprivate var rank: Int { exponent.number == nil ? 4 : base.rank }
}
