import Foundation

/// The meaning of the ops, written without regard to the runtime.
enum Reference {
  /// Ops within a few units of the last place; all others are exact.
  static let transcendental: Set<String> = [
    "cbrt", "exp", "exp2", "exp10", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "asin", "acos",
    "atan",
    "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "erf", "erfc", "lgamma", "tgamma", "logistic", "pow", "atan2",
    "hypot",
  ]

  static let floatUnary =
    ["sqrt", "rsqrt", "floor", "ceil", "round", "trunc", "logistic"]
    + transcendental.subtracting(["logistic", "pow", "atan2", "hypot"]).sorted()
  static let numberUnary = ["neg", "abs", "sign"]
  static let numberBinary = ["add", "sub", "mul", "div", "rem", "min", "max"]
  static let floatBinary = ["pow", "atan2", "hypot", "copysign", "nextafter"]
  static let shifts = ["shl", "lshr", "ashr"]
  static let comparisons = ["eq", "ne", "lt", "le", "gt", "ge"]
  static let logic = ["and", "or", "xor"]

  static func evaluate(_ op: String, _ x: [Value]) -> Value? {
    if op == "select", case .bool(let condition) = x[0] { return condition != 0 ? x[1] : x[2] }
    switch (x[0], x.count > 1 ? x[1] : x[0]) {
    case (.f32(let a), .f32(let b)):
      if let y = compare(op, a, b) { return .bool(y) }
      if op == "fma", case .f32(let c) = x[2] { return .f32(c.addingProduct(a, b)) }
      if op == "fms", case .f32(let c) = x[2] { return .f32((-c).addingProduct(a, b)) }
      if op == "fnma", case .f32(let c) = x[2] { return .f32(c.addingProduct(-a, b)) }
      if op == "rsqrt" { return .f32(1 / a.squareRoot()) }
      if op == "logistic" { return .f32(1 / (1 + Float(exp(Double(-a))))) }
      if let y = exact(op, a, b) { return .f32(y) }
      // A correctly rounded result, but for the rare case where rounding twice matters.
      return transcendental(op, Double(a), Double(b)).map { .f32(Float($0)) }
    case (.f64(let a), .f64(let b)):
      if let y = compare(op, a, b) { return .bool(y) }
      if op == "fma", case .f64(let c) = x[2] { return .f64(c.addingProduct(a, b)) }
      if op == "fms", case .f64(let c) = x[2] { return .f64((-c).addingProduct(a, b)) }
      if op == "fnma", case .f64(let c) = x[2] { return .f64(c.addingProduct(-a, b)) }
      if op == "rsqrt" { return .f64(1 / a.squareRoot()) }
      if op == "logistic" { return .f64(1 / (1 + exp(-a))) }
      return (exact(op, a, b) ?? transcendental(op, a, b)).map { .f64($0) }
    case (.i32(let a), .i32(let b)): return compare(op, a, b).map { .bool($0) } ?? integer(op, a, b).map { .i32($0) }
    case (.i64(let a), .i64(let b)): return compare(op, a, b).map { .bool($0) } ?? integer(op, a, b).map { .i64($0) }
    case (.bool(let a), .bool(let b)):
      if let y = compare(op, a, b) { return .bool(y) }
      switch op {
      case "and": return .bool(a == 1 && b == 1 ? 1 : 0)
      case "or": return .bool(a == 1 || b == 1 ? 1 : 0)
      case "xor": return .bool(a != b ? 1 : 0)
      case "not": return .bool(a == 1 ? 0 : 1)
      default: return nil
      }
    default: return nil
    }
  }

  private static func compare<T: Comparable>(_ op: String, _ a: T, _ b: T) -> UInt8? {
    switch op {
    case "eq": a == b ? 1 : 0
    case "ne": a != b ? 1 : 0
    case "lt": a < b ? 1 : 0
    case "le": a <= b ? 1 : 0
    case "gt": a > b ? 1 : 0
    case "ge": a >= b ? 1 : 0
    default: nil
    }
  }

  private static func exact<T: BinaryFloatingPoint>(_ op: String, _ a: T, _ b: T) -> T? {
    switch op {
    case "add": a + b
    case "sub": a - b
    case "rsub": b - a
    case "mul": a * b
    case "div": a / b
    case "rem": a.isFinite && b.isInfinite ? a : a.truncatingRemainder(dividingBy: b)
    case "min": a < b || a.isNaN ? a : b
    case "max": a > b || a.isNaN ? a : b
    case "neg": -a
    case "abs": a.magnitude
    case "sign": a > 0 ? 1 : a < 0 ? -1 : a
    case "sqrt": a.squareRoot()
    case "floor": a.rounded(.down)
    case "ceil": a.rounded(.up)
    case "round": a.rounded(.toNearestOrEven)
    case "trunc": a.rounded(.towardZero)
    case "copysign": T(signOf: b, magnitudeOf: a)
    case "nextafter": a.isNaN || b.isNaN ? .nan : a == b ? b : a < b ? a.nextUp : a.nextDown
    default: nil
    }
  }

  private static func integer<T: FixedWidthInteger & SignedInteger>(_ op: String, _ a: T, _ b: T) -> T? {
    switch op {
    case "add": a &+ b
    case "sub": a &- b
    case "mul": a &* b
    case "div": b == 0 ? 0 : a.dividedReportingOverflow(by: b).partialValue
    case "rem": b == 0 ? a : a.remainderReportingOverflow(dividingBy: b).partialValue
    case "min": Swift.min(a, b)
    case "max": Swift.max(a, b)
    case "neg": 0 &- a
    case "abs": a < 0 ? 0 &- a : a
    case "sign": a.signum()
    case "and": a & b
    case "or": a | b
    case "xor": a ^ b
    case "not": ~a
    case "shl": (0..<T.bitWidth).contains(Int(b)) ? a << b : 0
    case "lshr": (0..<T.bitWidth).contains(Int(b)) ? T(truncatingIfNeeded: T.Magnitude(truncatingIfNeeded: a) >> b) : 0
    case "ashr": (0..<T.bitWidth).contains(Int(b)) ? a >> b : a < 0 ? -1 : 0
    case "popcount": T(a.nonzeroBitCount)
    default: nil
    }
  }

  private static func transcendental(_ op: String, _ a: Double, _ b: Double) -> Double? {
    switch op {
    case "cbrt": cbrt(a)
    case "exp": exp(a)
    case "exp2": exp2(a)
    case "exp10": pow(10, a)
    case "expm1": expm1(a)
    case "log": log(a)
    case "log2": log2(a)
    case "log10": log10(a)
    case "log1p": log1p(a)
    case "sin": sin(a)
    case "cos": cos(a)
    case "tan": tan(a)
    case "asin": asin(a)
    case "acos": acos(a)
    case "atan": atan(a)
    case "sinh": sinh(a)
    case "cosh": cosh(a)
    case "tanh": tanh(a)
    case "asinh": asinh(a)
    case "acosh": acosh(a)
    case "atanh": atanh(a)
    case "erf": erf(a)
    case "erfc": erfc(a)
    case "lgamma": lgamma(a)
    case "tgamma": tgamma(a)
    case "pow": pow(a, b)
    case "atan2": atan2(a, b)
    case "hypot": hypot(a, b)
    default: nil
    }
  }

  /// Whether a result is close enough to what is expected of a transcendental op; of no op, whether it is the same.
  static func accepts(_ result: Value, for expected: Value, _ op: String?, isRelaxed: Bool = false) -> Bool {
    guard let op else { return result.distance(to: expected, exact: true) == 0 }
    if let distance = result.distance(to: expected, exact: false) {
      // The reference's own tgamma is some units off; sinh and cosh square where exp overflows.
      // Relaxed ones are within 3.5 units, and the reference within half of one or a whole.
      let bound = isRelaxed ? 4 : op == "tgamma" ? 10 : op == "sinh" || op == "cosh" ? 3 : 2
      if distance <= bound { return true }
      // Subnormal results lose digits.
      if distance <= 8, expected.isSubnormal { return true }
    }
    // Next to a zero of lgamma the error is absolute.
    if op == "lgamma", case .f64(let x) = result, case .f64(let y) = expected { return abs(x - y) < 1e-15 }
    if op == "lgamma", case .f32(let x) = result, case .f32(let y) = expected { return abs(x - y) < 5e-7 }
    return false
  }

  /// The cast of a value: floats to integers truncate and saturate, wide integers wrap.
  static func cast(_ x: Value, to element: Element) -> Value {
    switch (x, element) {
    case (.f32(let a), .bool): .bool(a != 0 ? 1 : 0)
    case (.f32(let a), _): Value(Double(a), element)
    case (.f64(let a), _): Value(a, element)
    case (.i32(let a), .i64): .i64(Int64(a))
    case (.i32(let a), .f32): .f32(Float(a))
    case (.i32(let a), _): Value(Double(a), element)
    case (.i64(let a), .f32): .f32(Float(a))
    case (.i64(let a), .i32): .i32(Int32(truncatingIfNeeded: a))
    case (.i64(let a), _): Value(Double(a), element)
    case (.bool(let a), _): Value(Double(a), element)
    }
  }
}
