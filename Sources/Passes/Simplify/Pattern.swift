import Basics
import KernelIR
import TensorIR

/// One side of a rewrite rule: an expression over variables, numbers and elementwise ops.
indirect enum Pattern {
  /// Any value; the same variable stands for the same value.
  case variable(Int)
  /// A tensor with all elements equal to this number.
  case number(Double)
  case op(ScalarOp, [Pattern])

  static func + (a: Pattern, b: Pattern) -> Pattern { .op(.add, [a, b]) }
  static func - (a: Pattern, b: Pattern) -> Pattern { .op(.sub, [a, b]) }
  static func * (a: Pattern, b: Pattern) -> Pattern { .op(.mul, [a, b]) }
  static func / (a: Pattern, b: Pattern) -> Pattern { .op(.div, [a, b]) }
  static prefix func - (a: Pattern) -> Pattern { .op(.neg, [a]) }
}

extension Pattern: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  init(floatLiteral value: Double) { self = .number(value) }
  init(integerLiteral value: Int) { self = .number(Double(value)) }
}

/// A named identity of elementwise arithmetic, read from left to right.
struct AlgebraRule {
  enum Domain: Sendable {
    case all
    /// Integers only, where the identity fails for NaN, infinities or rounding.
    case integer
    case floating
    case bool

    func contains(_ dtype: DType) -> Bool {
      switch self {
      case .all: true
      case .integer: dtype.isInteger
      case .floating: dtype.isFloating
      case .bool: dtype == .bool
      }
    }
  }

  let name: String
  let domain: Domain
  let left: Pattern
  let right: Pattern
}

infix operator => : AssignmentPrecedence

func => (left: Pattern, right: Pattern) -> (Pattern, Pattern) { (left, right) }

/// `rule("mul-one", x * 1 => x)`.
func rule(_ name: String, on domain: AlgebraRule.Domain = .all, _ sides: (Pattern, Pattern)) -> AlgebraRule {
  AlgebraRule(name: name, domain: domain, left: sides.0, right: sides.1)
}
