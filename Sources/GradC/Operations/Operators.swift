// Operands of the operators are broadcast: shapes are aligned at the last axis and extents must be equal or 1. Dtypes
// must agree; a literal takes the dtype of the other operand.

extension Tensor {
  /// `a + b`, element by element, for numbers. Integers wrap.
  public static func + (a: Tensor, b: Tensor) -> Tensor { a.binary(.add, "+", b) }

  /// `a - b`, element by element, for numbers. Integers wrap.
  public static func - (a: Tensor, b: Tensor) -> Tensor { a.binary(.sub, "-", b) }

  /// `a · b`, element by element, for numbers. Integers wrap. The matrix product is ``matmul(_:_:file:line:)``.
  public static func * (a: Tensor, b: Tensor) -> Tensor { a.binary(.mul, "*", b) }

  /// `a / b`, element by element, for numbers. Integers are truncated towards zero.
  public static func / (a: Tensor, b: Tensor) -> Tensor { a.binary(.div, "/", b) }

  /// The remainder of `a / b` with the sign of a, as C's `fmod` and `%`.
  public static func % (a: Tensor, b: Tensor) -> Tensor { a.binary(.rem, "%", b) }

  /// `-a`, element by element, for numbers.
  public static prefix func - (a: Tensor) -> Tensor { a.unary(.neg, "-") }

  /// `a = a + b`.
  public static func += (a: inout Tensor, b: Tensor) { a = a + b }

  /// `a = a - b`.
  public static func -= (a: inout Tensor, b: Tensor) { a = a - b }

  /// `a = a · b`.
  public static func *= (a: inout Tensor, b: Tensor) { a = a * b }

  /// `a = a / b`.
  public static func /= (a: inout Tensor, b: Tensor) { a = a / b }
}

extension Tensor {
  /// `a < b`, element by element; the result is `bool`. False where either is NaN.
  public static func .< (a: Tensor, b: Tensor) -> Tensor { a.binary(.lt, ".<", b) }

  /// `a ≤ b`, element by element; the result is `bool`. False where either is NaN.
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { a.binary(.le, ".<=", b) }

  /// `a > b`, element by element; the result is `bool`. False where either is NaN.
  public static func .> (a: Tensor, b: Tensor) -> Tensor { a.binary(.gt, ".>", b) }

  /// `a ≥ b`, element by element; the result is `bool`. False where either is NaN.
  public static func .>= (a: Tensor, b: Tensor) -> Tensor { a.binary(.ge, ".>=", b) }

  /// `a = b`, element by element; the result is `bool`. False where either is NaN.
  public static func .== (a: Tensor, b: Tensor) -> Tensor { a.binary(.eq, ".==", b) }

  /// `a ≠ b`, element by element; the result is `bool`. True where either is NaN.
  public static func .!= (a: Tensor, b: Tensor) -> Tensor { a.binary(.ne, ".!=", b) }

  /// `a and b` for `bool`, bitwise for integers.
  public static func .& (a: Tensor, b: Tensor) -> Tensor { a.binary(.and, ".&", b) }

  /// `a or b` for `bool`, bitwise for integers.
  public static func .| (a: Tensor, b: Tensor) -> Tensor { a.binary(.or, ".|", b) }

  /// `a` exclusive or `b` for `bool`, bitwise for integers.
  public static func .^ (a: Tensor, b: Tensor) -> Tensor { a.binary(.xor, ".^", b) }

  /// `not a` for `bool`, bitwise for integers.
  public static prefix func .! (a: Tensor) -> Tensor { a.unary(.not, ".!") }
}
