/// One constant element: a dtype and its bits. Equality is equality of bits, so NaN equals itself and -0 differs from 0.
public struct Scalar: Hashable, Sendable {
  /// The element type.
  public let dtype: DType
  /// The IEEE or two's complement bits, zero-extended to 64.
  public let bits: UInt64

  /// The scalar with these bits.
  public init(dtype: DType, bits: UInt64) {
    self.dtype = dtype
    self.bits = bits
  }

  /// `value` converted to `dtype`: rounded to nearest for floating dtypes, truncated and saturated for integers
  /// (NaN is 0), `value != 0` for bool.
  public init(_ value: Double, as dtype: DType) {
    switch dtype {
    case .f32: self.init(dtype: dtype, bits: UInt64(Float(value).bitPattern))
    case .f64: self.init(dtype: dtype, bits: value.bitPattern)
    case .i32: self.init(dtype: dtype, bits: UInt64(UInt32(bitPattern: Int32(saturating: value))))
    case .i64: self.init(dtype: dtype, bits: UInt64(bitPattern: Int64(saturating: value)))
    case .bool: self.init(dtype: dtype, bits: value != 0 ? 1 : 0)
    }
  }

  /// `value` converted to `dtype`: rounded for floating dtypes, wrapped for `i32`, `value != 0` for bool.
  public init(_ value: Int64, as dtype: DType) {
    switch dtype {
    case .f32: self.init(dtype: dtype, bits: UInt64(Float(value).bitPattern))
    case .f64: self.init(dtype: dtype, bits: Double(value).bitPattern)
    case .i32: self.init(dtype: dtype, bits: UInt64(UInt32(truncatingIfNeeded: value)))
    case .i64: self.init(dtype: dtype, bits: UInt64(bitPattern: value))
    case .bool: self.init(dtype: dtype, bits: value != 0 ? 1 : 0)
    }
  }

  /// The value as a double; exact but for `i64` beyond 2⁵³.
  public var doubleValue: Double {
    switch dtype {
    case .f32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case .f64: Double(bitPattern: bits)
    case .i32, .i64, .bool: Double(integerValue)
    }
  }

  /// The value as an integer; floating values are truncated and saturated.
  public var integerValue: Int64 {
    switch dtype {
    case .f32, .f64: Int64(saturating: doubleValue)
    case .i32: Int64(Int32(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case .i64: Int64(bitPattern: bits)
    case .bool: Int64(bits)
    }
  }

  /// `true` if the value is 0 (of either sign).
  public var isZero: Bool { dtype.isFloating ? doubleValue == 0 : integerValue == 0 }
  /// `true` if the value is 1.
  public var isOne: Bool { dtype.isFloating ? doubleValue == 1 : integerValue == 1 }
}

extension Int64 {
  /// `value` truncated towards zero; the nearest representable number outside the range, 0 for NaN.
  @inlinable
  public init(saturating value: Double) {
    if value > -0x1p63, value < 0x1p63 {
      self.init(value)
    } else {
      self = value.isNaN ? 0 : value < 0 ? .min : .max
    }
  }
}

extension Int32 {
  /// `value` truncated towards zero; the nearest representable number outside the range, 0 for NaN.
  @inlinable
  public init(saturating value: Double) { self.init(clamping: Int64(saturating: value)) }
}

extension Scalar: CustomStringConvertible {
  /// Shortest decimal that reads back to the same bits: `1.5`, `-0.0`, `inf`, `nan`, `nan(0x7fc00001)`, `7`, `true`.
  public var description: String {
    switch dtype {
    case .f32:
      let value = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
      if !value.isNaN { return "\(value)" }
      return bits == UInt64(Float.nan.bitPattern) ? "nan" : "nan(0x" + String(bits, radix: 16) + ")"
    case .f64:
      let value = Double(bitPattern: bits)
      if !value.isNaN { return "\(value)" }
      return bits == Double.nan.bitPattern ? "nan" : "nan(0x" + String(bits, radix: 16) + ")"
    case .i32, .i64: return "\(integerValue)"
    case .bool: return bits == 0 ? "false" : "true"
    }
  }

  /// Reads what `description` prints, and any decimal number; `nil` if it is not a number of this dtype.
  public init?(text: some StringProtocol, dtype: DType) {
    switch dtype {
    case .f32, .f64:
      if text.hasPrefix("nan(0x"), text.hasSuffix(")"),
        let bits = UInt64(text.dropFirst(6).dropLast(), radix: 16),
        bits <= (dtype == .f32 ? UInt64(UInt32.max) : .max)
      {
        self.init(dtype: dtype, bits: bits)
        if !doubleValue.isNaN { return nil }
      } else if dtype == .f32, let value = Float(text) {
        self.init(dtype: dtype, bits: UInt64(value.bitPattern))
      } else if dtype == .f64, let value = Double(text) {
        self.init(dtype: dtype, bits: value.bitPattern)
      } else {
        return nil
      }
    case .i32:
      guard let value = Int32(text) else { return nil }
      self.init(Int64(value), as: dtype)
    case .i64:
      guard let value = Int64(text) else { return nil }
      self.init(value, as: dtype)
    case .bool:
      guard text == "true" || text == "false" else { return nil }
      self.init(dtype: dtype, bits: text == "true" ? 1 : 0)
    }
  }
}
