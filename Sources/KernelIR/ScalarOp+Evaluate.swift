public import Basics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What every op means, element by element. The back ends are tested against this.
///
/// Arithmetic on `f32` is done in `Float`; the functions of libm are computed in `Double` and rounded, so they are as
/// good as exact in `f32`. Integers wrap.
extension ScalarOp {
  /// The result for one element; `b` and `c` are only looked at if the op has them. For `select` the condition is `a`.
  ///
  /// The operands' dtypes must be ones that the op accepts, and equal, but for the condition of `select`.
  public func evaluate(_ a: Scalar, _ b: Scalar, _ c: Scalar) -> Scalar {
    if self == .select { return a.bits != 0 ? b : c }
    switch a.dtype {
    case .f32:
      let (x, y, z) = (a.float, b.float, c.float)
      if isComparison { return truth(compare(x, y)) }
      let value = isFunction ? Float(libm(self, Double(x), Double(y))) : arithmetic(x, y, z)
      return Scalar(dtype: .f32, bits: UInt64(value.bitPattern))
    case .f64:
      let (x, y, z) = (a.doubleValue, b.doubleValue, c.doubleValue)
      if isComparison { return truth(compare(x, y)) }
      return Scalar(dtype: .f64, bits: (isFunction ? libm(self, x, y) : arithmetic(x, y, z)).bitPattern)
    case .i32:
      let (x, y) = (Int32(truncatingIfNeeded: a.integerValue), Int32(truncatingIfNeeded: b.integerValue))
      return isComparison ? truth(compare(x, y)) : Scalar(Int64(integer(x, y)), as: .i32)
    case .i64:
      let (x, y) = (a.integerValue, b.integerValue)
      return isComparison ? truth(compare(x, y)) : Scalar(integer(x, y), as: .i64)
    case .bool:
      if isComparison { return truth(compare(a.bits, b.bits)) }
      return truth(logic(a.bits != 0, b.bits != 0))
    }
  }

  /// The result of an op with one or two operands.
  public func evaluate(_ a: Scalar, _ b: Scalar? = nil) -> Scalar { evaluate(a, b ?? a, a) }

  private func truth(_ value: Bool) -> Scalar { Scalar(dtype: .bool, bits: value ? 1 : 0) }

  private func compare<T: Comparable>(_ x: T, _ y: T) -> Bool {
    switch self {
    case .eq: x == y
    case .ne: x != y
    case .lt: x < y
    case .le: x <= y
    case .gt: x > y
    default: x >= y
    }
  }

  private func logic(_ x: Bool, _ y: Bool) -> Bool {
    switch self {
    case .and: x && y
    case .or: x || y
    case .xor: x != y
    default: !x
    }
  }

  private func integer<T: FixedWidthInteger & SignedInteger>(_ x: T, _ y: T) -> T {
    switch self {
    case .neg: 0 &- x
    case .abs: x < 0 ? 0 &- x : x
    case .sign: x.signum()
    case .add: x &+ y
    case .sub: x &- y
    case .mul: x &* y
    case .div: y == 0 ? 0 : y == -1 ? 0 &- x : x / y
    case .rem: y == 0 ? x : y == -1 ? 0 : x % y
    case .min: x < y ? x : y
    case .max: x > y ? x : y
    case .and: x & y
    case .or: x | y
    case .xor: x ^ y
    case .shl: isAmount(y) ? x << y : 0
    case .lshr: isAmount(y) ? T(truncatingIfNeeded: T.Magnitude(truncatingIfNeeded: x) >> y) : 0
    case .ashr: x >> (isAmount(y) ? y : T(T.bitWidth - 1))
    case .popcount: T(x.nonzeroBitCount)
    default: ~x
    }
  }

  /// Whether bits can be shifted so far and leave something.
  private func isAmount<T: FixedWidthInteger>(_ y: T) -> Bool { y >= 0 && y < T(T.bitWidth) }

  /// Whether libm computes it.
  private var isFunction: Bool { isTranscendental && self != .logistic }

  private func arithmetic<T: BinaryFloatingPoint>(_ x: T, _ y: T, _ z: T) -> T {
    switch self {
    case .sqrt: x.squareRoot()
    case .rsqrt: 1 / x.squareRoot()
    case .logistic: 1 / (1 + T(libm(.exp, -Double(x), 0)))
    case .floor: x.rounded(.down)
    case .ceil: x.rounded(.up)
    case .round: x.rounded(.toNearestOrEven)
    case .trunc: x.rounded(.towardZero)
    case .neg: -x
    case .abs: x.magnitude
    case .sign: x > 0 ? 1 : x < 0 ? -1 : x
    case .add: x + y
    case .sub: x - y
    case .mul: x * y
    case .div: x / y
    case .rem: x.truncatingRemainder(dividingBy: y)
    case .min: x < y || x != x ? x : y
    case .max: x > y || x != x ? x : y
    case .copysign: T(signOf: y, magnitudeOf: x)
    case .nextafter: x != x || y != y ? x + y : x == y ? y : x < y ? x.nextUp : x.nextDown
    default: z.addingProduct(x, y)
    }
  }
}

extension Scalar {
  fileprivate var float: Float { Float(bitPattern: UInt32(truncatingIfNeeded: bits)) }

  /// The value in another dtype: rounded to nearest; truncated towards zero, saturated and 0 for NaN from floating to
  /// integer; wrapped from `i64` to `i32`; `value != 0` to bool.
  public func converted(to dtype: DType) -> Scalar {
    if dtype == self.dtype { return self }
    return self.dtype.isFloating ? Scalar(doubleValue, as: dtype) : Scalar(integerValue, as: dtype)
  }
}

/// A function of libm. Not a method, where the names of the cases would hide those of the functions.
private func libm(_ op: ScalarOp, _ x: Double, _ y: Double) -> Double {
  switch op {
  case .cbrt: return cbrt(x)
  case .exp: return exp(x)
  case .exp2: return exp2(x)
  case .exp10: return pow(10, x)
  case .expm1: return expm1(x)
  case .log: return log(x)
  case .log2: return log2(x)
  case .log10: return log10(x)
  case .log1p: return log1p(x)
  case .sin: return sin(x)
  case .cos: return cos(x)
  case .tan: return tan(x)
  case .asin: return asin(x)
  case .acos: return acos(x)
  case .atan: return atan(x)
  case .sinh: return sinh(x)
  case .cosh: return cosh(x)
  case .tanh: return tanh(x)
  case .asinh: return asinh(x)
  case .acosh: return acosh(x)
  case .atanh: return atanh(x)
  case .erf: return erf(x)
  case .erfc: return erfc(x)
  case .lgamma:
    var sign: Int32 = 0
    return lgamma_r(x, &sign)
  case .tgamma: return tgamma(x)
  case .pow: return pow(x, y)
  case .atan2: return atan2(x, y)
  default: return hypot(x, y)
  }
}
