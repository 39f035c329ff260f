public import Basics

/// A Swift type that an ``NDArray`` can hold: `Float`, `Double`, `Int32`, `Int64`, `Int` (as `i64`) and `Bool`.
///
/// No other type can conform: the dtypes of GradC are these.
public protocol NDArrayElement: NDArrayNested, Equatable, Sendable where NestedElement == Self {
  /// The dtype whose memory layout this type has.
  static var dtype: DType { get }
  /// `value` rounded to nearest, or truncated and saturated for integers; `value ≠ 0` for `Bool`.
  init(converting value: Double)
  /// `value` rounded to nearest, or wrapped for `Int32`; `value ≠ 0` for `Bool`.
  init(converting value: Int64)
  /// The value as a double, rounded if an `i64` exceeds 2⁵³.
  var convertedToDouble: Double { get }
  /// The value as an integer, truncated and saturated; NaN gives 0.
  var convertedToInteger: Int64 { get }
}

extension Float: NDArrayElement {
  public static var dtype: DType { .f32 }
  public init(converting value: Double) { self = Float(value) }
  public init(converting value: Int64) { self = Float(value) }
  public var convertedToDouble: Double { Double(self) }
  public var convertedToInteger: Int64 { Int64(saturating: Double(self)) }
}

extension Double: NDArrayElement {
  public static var dtype: DType { .f64 }
  public init(converting value: Double) { self = value }
  public init(converting value: Int64) { self = Double(value) }
  public var convertedToDouble: Double { self }
  public var convertedToInteger: Int64 { Int64(saturating: self) }
}

extension Int32: NDArrayElement {
  public static var dtype: DType { .i32 }
  public init(converting value: Double) { self.init(saturating: value) }
  public init(converting value: Int64) { self.init(truncatingIfNeeded: value) }
  public var convertedToDouble: Double { Double(self) }
  public var convertedToInteger: Int64 { Int64(self) }
}

extension Int64: NDArrayElement {
  public static var dtype: DType { .i64 }
  public init(converting value: Double) { self.init(saturating: value) }
  public init(converting value: Int64) { self = value }
  public var convertedToDouble: Double { Double(self) }
  public var convertedToInteger: Int64 { self }
}

extension Int: NDArrayElement {
  public static var dtype: DType { .i64 }
  public init(converting value: Double) { self.init(saturating: value) }
  public init(converting value: Int64) { self.init(truncatingIfNeeded: value) }
  public var convertedToDouble: Double { Double(self) }
  public var convertedToInteger: Int64 { Int64(self) }
}

extension Bool: NDArrayElement {
  public static var dtype: DType { .bool }
  public init(converting value: Double) { self = value != 0 }
  public init(converting value: Int64) { self = value != 0 }
  public var convertedToDouble: Double { self ? 1 : 0 }
  public var convertedToInteger: Int64 { self ? 1 : 0 }
}

/// Runs `$0` with the Swift type of a dtype.
func withElementType<Result, Failure: Error>(
  of dtype: DType, _ body: (any NDArrayElement.Type) throws(Failure) -> Result
) throws(Failure) -> Result {
  switch dtype {
  case .f32: try body(Float.self)
  case .f64: try body(Double.self)
  case .i32: try body(Int32.self)
  case .i64: try body(Int64.self)
  case .bool: try body(Bool.self)
  }
}
