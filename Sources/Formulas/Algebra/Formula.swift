/// A formula in normal form: sums of products of powers, with exact fractions for numbers.
///
/// Formulas are made by `sum`, `product`, `power` and `apply`, which simplify by the laws of real algebra: what they make
/// equals what was asked for wherever that is defined, and may be defined in more places. Equal sums and products are
/// the same formula whatever order they were built in. Immutable.
package final class Formula: Sendable {
  package indirect enum Kind: Hashable, Sendable {
    case number(Coefficient)
    case symbol(Symbol)
    /// At least two, sorted.
    case sum([Monomial])
    /// Not just a number, nor a base alone.
    case product(Monomial)
    case apply(FormulaFunction, [Formula])
    /// The sum of a formula over all values of a bound index.
    case total(FormulaIndex, Formula)
  }

  package let kind: Kind
  /// About how many signs it is written with.
  package let complexity: Int
  /// How deep it is nested.
  package let depth: Int
  /// Every bound index in it has a lower number.
  package let boundCount: Int
  private let hash: Int

  init(_ kind: Kind) {
    self.kind = kind
    var hasher = Hasher()
    hasher.combine(kind)
    hash = hasher.finalize()
    switch kind {
    case .number(let number): (complexity, depth, boundCount) = (number.complexity, 1, 0)
    case .symbol(let symbol):
      let indices = symbol.indices
      complexity = indices.reduce(1) { $0 + $1.complexity }
      depth = 1 + indices.maximum(of: \.depth)
      if case .index(let index) = symbol, case .bound(let number, _) = index {
        boundCount = number + 1
      } else {
        boundCount = indices.maximum(of: \.boundCount)
      }
    case .sum(let monomials):
      complexity = monomials.reduce(monomials.count - 1) { $0 + $1.complexity }
      depth = 1 + monomials.maximum(of: \.depth)
      boundCount = monomials.maximum(of: \.boundCount)
    case .product(let monomial):
      (complexity, depth, boundCount) = (monomial.complexity, 1 + monomial.depth, monomial.boundCount)
    case .apply(_, let operands):
      complexity = operands.reduce(1) { $0 + $1.complexity }
      depth = 1 + operands.maximum(of: \.depth)
      boundCount = operands.maximum(of: \.boundCount)
    case .total(let index, let body):
      (complexity, depth, boundCount) = (2 + body.complexity, 1 + body.depth, max(index.number + 1, body.boundCount))
    }
  }
}

/// What stands for a number.
package enum Symbol: Hashable, Sendable {
  /// A parameter, or an element of one.
  case variable(String, [Formula])
  case index(FormulaIndex)
  case pi
  /// Euler's number, the base of exponential functions.
  case e

  var indices: [Formula] {
    if case .variable(_, let indices) = self { return indices }
    return []
  }
}

/// An index of elements, from 0 up to an extent.
package enum FormulaIndex: Hashable, Sendable {
  /// That of an axis of the tensor that the formula gives the elements of.
  case free(Int, extent: Int)
  /// That of a sum.
  case bound(Int, extent: Int)

  package var number: Int {
    switch self {
    case .free(let number, _), .bound(let number, _): number
    }
  }

  package var extent: Int {
    switch self {
    case .free(_, let extent), .bound(_, let extent): extent
    }
  }
}

/// `base ^ exponent`; the base is no product unless the exponent is no integer.
package struct Factor: Hashable, Sendable {
  package let base: Formula
  package let exponent: Formula

  var complexity: Int {
    let parentheses = base.isSum ? 1 : 0
    switch exponent.number {
    case .one?: return base.complexity + parentheses
    case .rational(-1, 1)?, .rational(1, 2)?: return base.complexity + parentheses + 1
    default: return base.complexity + parentheses + 1 + exponent.complexity
    }
  }
}

/// A number times powers, sorted, no two of the same base.
package struct Monomial: Hashable, Sendable {
  package var coefficient: Coefficient
  package var factors: [Factor]

  var complexity: Int {
    if factors.isEmpty { return coefficient.complexity }
    let own = coefficient.magnitude.isOne ? 0 : coefficient.complexity
    return factors.reduce(own) { $0 + $1.complexity }
  }

  var depth: Int { max(factors.maximum(of: \.base.depth), factors.maximum(of: \.exponent.depth)) }
  var boundCount: Int { max(factors.maximum(of: \.base.boundCount), factors.maximum(of: \.exponent.boundCount)) }
}

extension Coefficient {
  fileprivate var complexity: Int {
    if case .rational(_, let denominator) = self, denominator != 1 { return 2 }
    return 1
  }
}

extension Array {
  fileprivate func maximum(of number: (Element) -> Int) -> Int { reduce(0) { Swift.max($0, number($1)) } }
}

extension Formula: Hashable {
  package static func == (a: Formula, b: Formula) -> Bool {
    a === b || (a.hash == b.hash && a.complexity == b.complexity && a.kind == b.kind)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}

extension Formula {
  package static let zero = Formula(.number(.zero))
  package static let one = Formula(.number(.one))
  package static let minusOne = Formula(.number(Coefficient(-1)))
  package static let half = Formula(.number(Coefficient(1, over: 2)))
  package static let two = Formula(.number(Coefficient(2)))
  package static let pi = Formula(.symbol(.pi))
  package static let e = Formula(.symbol(.e))

  package static func number(_ number: Coefficient) -> Formula { Formula(.number(number)) }
  package static func number(_ integer: Int) -> Formula { Formula(.number(Coefficient(integer))) }
  package static func variable(_ name: String, _ indices: [Formula] = []) -> Formula {
    Formula(.symbol(.variable(name, indices)))
  }
  package static func index(_ index: FormulaIndex) -> Formula { Formula(.symbol(.index(index))) }

  /// The number it is.
  package var number: Coefficient? {
    if case .number(let number) = kind { return number }
    return nil
  }

  package var isZero: Bool { number?.isZero ?? false }
  package var isOne: Bool { number?.isOne ?? false }

  var isSum: Bool {
    if case .sum = kind { return true }
    return false
  }

  /// The terms whose sum it is.
  package var monomials: [Monomial] {
    switch kind {
    case .sum(let monomials): monomials
    default: [monomial]
    }
  }

  /// A number times powers; of a sum, the sum itself to the power 1.
  package var monomial: Monomial {
    switch kind {
    case .number(let number): Monomial(coefficient: number, factors: [])
    case .product(let monomial): monomial
    default: Monomial(coefficient: .one, factors: [Factor(base: self, exponent: .one)])
    }
  }

  /// The function and its operands, if it is one.
  package var application: (function: FormulaFunction, operands: [Formula])? {
    if case .apply(let function, let operands) = kind { return (function, operands) }
    return nil
  }
}
