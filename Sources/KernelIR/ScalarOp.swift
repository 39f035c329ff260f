public import Basics

/// An arithmetic operation on single elements: the vocabulary that tile kernels, scalar code and the interpreter share.
///
/// Its meaning is `evaluate` in `ScalarOp+Evaluate.swift`; the runtime has a tile kernel and a scalar function of each.
public enum ScalarOp: UInt8, Hashable, Sendable, CaseIterable {
  // Unary, floating.
  case sqrt, rsqrt, cbrt
  case exp, exp2, exp10, expm1, log, log2, log10, log1p
  case sin, cos, tan, asin, acos, atan
  case sinh, cosh, tanh, asinh, acosh, atanh
  case erf, erfc, lgamma, tgamma, logistic
  case floor, ceil, round, trunc
  // Unary, floating and integer.
  case neg, abs, sign
  // Binary, floating and integer.
  case add, sub, mul, div, rem, min, max
  // Binary, floating: the magnitude of one with the sign of the other, the number next to one towards the other.
  case pow, atan2, hypot, copysign, nextafter
  // Ternary, floating: `a * b + c`, rounded once.
  case fma
  // Comparison of any dtype, result bool.
  case eq, ne, lt, le, gt, ge
  // Logic on bool, bitwise on integers.
  case and, or, xor, not
  // Shifts of integers: to the left, to the right with zeros (logical) or with the sign (arithmetic) moving in. All bits
  // move out where the amount is outside 0 ..< width.
  case shl, lshr, ashr
  // How many bits of an integer are 1.
  case popcount
  // `select(condition, a, b)`, any dtype.
  case select
}

extension ScalarOp {
  /// The lower-case name in text forms and runtime symbols.
  public var name: String { String(describing: self) }

  /// The name as UTF-8, for writers of long texts.
  package var nameBytes: [UInt8] { ScalarOp.allNameBytes[Int(rawValue)] }

  private static let allNameBytes = allCases.map { Array($0.name.utf8) }

  /// The op of this name, or `nil`.
  public init?(name: some StringProtocol) {
    guard let op = ScalarOp.byName[String(name)] else { return nil }
    self = op
  }

  private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })

  /// The number of operands.
  public var arity: Int {
    switch self {
    case .add, .sub, .mul, .div, .rem, .min, .max, .pow, .atan2, .hypot, .copysign, .nextafter: 2
    case .eq, .ne, .lt, .le, .gt, .ge, .and, .or, .xor, .shl, .lshr, .ashr: 2
    case .fma, .select: 3
    default: 1
    }
  }

  /// `true` for the six comparisons, whose result is bool.
  public var isComparison: Bool {
    switch self {
    case .eq, .ne, .lt, .le, .gt, .ge: true
    default: false
    }
  }

  /// `true` if `op(a, b) == op(b, a)` to the bit, NaN payloads aside.
  public var isCommutative: Bool {
    switch self {
    case .add, .mul, .eq, .ne, .and, .or, .xor, .hypot: true
    default: false
    }
  }

  /// `true` if the op costs about as much as a function call per element rather than one instruction.
  public var isTranscendental: Bool {
    switch self {
    case .cbrt, .exp, .exp2, .exp10, .expm1, .log, .log2, .log10, .log1p, .sin, .cos, .tan, .asin, .acos, .atan, .sinh,
      .cosh,
      .tanh, .asinh, .acosh, .atanh, .erf, .erfc, .lgamma, .tgamma, .logistic, .pow, .atan2, .hypot:
      true
    default: false
    }
  }

  /// Whether the op is defined on operands of this dtype (for `select`, the dtype of its branches).
  public func accepts(_ dtype: DType) -> Bool {
    switch self {
    case .neg, .abs, .sign, .add, .sub, .mul, .div, .rem, .min, .max: dtype != .bool
    case .eq, .ne, .lt, .le, .gt, .ge, .select: true
    case .and, .or, .xor, .not: !dtype.isFloating
    case .shl, .lshr, .ashr, .popcount: dtype.isInteger
    default: dtype.isFloating
    }
  }

  /// The dtype of the result for operands of `dtype`.
  public func resultDType(_ dtype: DType) -> DType { isComparison ? .bool : dtype }
}
