package import Basics
package import KernelIR

/// One side of a rewrite rule: an expression over variables, numbers and elementwise ops.
package indirect enum Pattern: Sendable {
  /// Any value; the same variable stands for the same value.
  case variable(Int)
  /// A tensor with all elements equal to this number.
  case number(Double)
  /// A variable that only a known number is: a tensor with all elements equal.
  case constant(Int)
  /// A constant less than 0.
  case negative(Int)
  case op(ScalarOp, [Pattern])

  static func + (a: Pattern, b: Pattern) -> Pattern { .op(.add, [a, b]) }
  static func - (a: Pattern, b: Pattern) -> Pattern { .op(.sub, [a, b]) }
  static func * (a: Pattern, b: Pattern) -> Pattern { .op(.mul, [a, b]) }
  static func / (a: Pattern, b: Pattern) -> Pattern { .op(.div, [a, b]) }
  static prefix func - (a: Pattern) -> Pattern { .op(.neg, [a]) }
}

extension Pattern: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  package init(floatLiteral value: Double) { self = .number(value) }
  package init(integerLiteral value: Int) { self = .number(Double(value)) }
}

/// A named identity of elementwise arithmetic, read from left to right.
package struct AlgebraRule: Sendable {
  package enum Domain: Sendable {
    case all
    /// Integers only, where the identity fails for NaN, infinities or rounding.
    case integer
    case floating
    case bool

    package func contains(_ dtype: DType) -> Bool {
      switch self {
      case .all: true
      case .integer: dtype.isInteger
      case .floating: dtype.isFloating
      case .bool: dtype == .bool
      }
    }
  }

  package let name: String
  package let domain: Domain
  /// Whether it is of use only where an inner op of the left side goes away.
  package let needsUnshared: Bool
  package let left: Pattern
  package let right: Pattern
}

extension Pattern {
  /// Whether it is a number once the constants are known.
  package var isConstant: Bool {
    switch self {
    case .variable: false
    case .number, .constant, .negative: true
    case .op(_, let children): children.allSatisfy(\.isConstant)
    }
  }

  /// About how much work the ops of the pattern are, additions being 1 and numbers nothing.
  package var work: Int {
    guard case .op(let op, let children) = self, !isConstant else { return 0 }
    return children.reduce(op.work) { $0 + $1.work }
  }
}

extension ScalarOp {
  /// About how much work the op is for one element, an addition being 1.
  package var work: Int {
    if isTranscendental { return 16 }
    switch self {
    case .div, .sqrt, .rsqrt, .rem: return 4
    default: return 1
    }
  }
}

infix operator => : AssignmentPrecedence

func => (left: Pattern, right: Pattern) -> (Pattern, Pattern) { (left, right) }

/// `rule("mul-one", x * 1 => x)`.
func rule(
  _ name: String, on domain: AlgebraRule.Domain = .all, unshared: Bool = false, _ sides: (Pattern, Pattern)
) -> AlgebraRule {
  AlgebraRule(name: name, domain: domain, needsUnshared: unshared, left: sides.0, right: sides.1)
}
