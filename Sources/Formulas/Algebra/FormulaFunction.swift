/// A function with a name in formulas. Powers, roots and the exponential function are powers instead.
package enum FormulaFunction: Int, Hashable, Sendable {
  case sin, cos, tan, asin, acos, atan, atan2
  case sinh, cosh, tanh, asinh, acosh, atanh
  case log, log2, log10
  case logistic, erf, erfc, lgamma, tgamma, digamma
  case abs, sign, floor, ceil, round, trunc
  case min, max, rem, copysign, nextafter
  // 1 where it is true, else 0.
  case eq, ne, lt, le, gt, ge
  case and, or, xor, not
  /// `a` where the condition, which is first, is true, else `b`.
  case cases

  /// `f(-x) = -f(x)`.
  var isOdd: Bool {
    switch self {
    case .sin, .tan, .asin, .atan, .sinh, .tanh, .asinh, .atanh, .erf, .sign, .trunc, .round: true
    default: false
    }
  }

  /// `f(-x) = f(x)`.
  var isEven: Bool { self == .cos || self == .cosh || self == .abs }

  /// The function that undoes this one, applied after it: `g(f(x)) = x` wherever f is defined.
  var leftInverse: FormulaFunction? {
    switch self {
    case .asin: .sin
    case .acos: .cos
    case .atan: .tan
    case .asinh: .sinh
    case .acosh: .cosh
    case .atanh: .tanh
    case .sinh: .asinh
    case .tanh: .atanh
    default: nil
    }
  }

  /// Whether values are 0 and 1, for false and true.
  package var isCondition: Bool {
    switch self {
    case .eq, .ne, .lt, .le, .gt, .ge, .and, .or, .xor, .not: true
    default: false
    }
  }

  /// Of a comparison, the one that is true where this is false.
  var negated: FormulaFunction? {
    switch self {
    case .eq: .ne
    case .ne: .eq
    case .lt: .ge
    case .le: .gt
    case .gt: .le
    case .ge: .lt
    default: nil
    }
  }
}
