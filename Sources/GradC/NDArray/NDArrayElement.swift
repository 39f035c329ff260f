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
  /// `f32`
  public static var dtype: DType { .f32 }
}

extension Double: NDArrayElement {
  /// `f64`
  public static var dtype: DType { .f64 }
}

extension Int32: NDArrayElement {
  /// `i32`
  public static var dtype: DType { .i32 }
}

extension Int64: NDArrayElement {
  /// `i64`
  public static var dtype: DType { .i64 }
}

extension Int: NDArrayElement {
  /// `i64`
  public static var dtype: DType { .i64 }
}

extension Bool: NDArrayElement {
  /// `bool`
  public static var dtype: DType { .bool }
  /// `value ≠ 0`
  public init(converting value: Double) { self = value != 0 }
  /// `value ≠ 0`
  public init(converting value: Int64) { self = value != 0 }
  /// 1 if `true`, else 0
  public var convertedToDouble: Double { self ? 1 : 0 }
  /// 1 if `true`, else 0
  public var convertedToInteger: Int64 { self ? 1 : 0 }
}

extension NDArrayElement where Self: BinaryFloatingPoint {
  /// `value` rounded to nearest.
  public init(converting value: Double) { self.init(value) }
  /// `value` rounded to nearest.
  public init(converting value: Int64) { self.init(value) }
  /// The same value.
  public var convertedToDouble: Double { Double(self) }
  /// The value truncated and saturated; NaN gives 0.
  public var convertedToInteger: Int64 { Int64(saturating: Double(self)) }
}

extension NDArrayElement where Self: FixedWidthInteger {
  /// `value` truncated and saturated; NaN gives 0.
  public init(converting value: Double) { self.init(clamping: Int64(saturating: value)) }
  /// `value` wrapped.
  public init(converting value: Int64) { self.init(truncatingIfNeeded: value) }
  /// The value rounded to nearest.
  public var convertedToDouble: Double { Double(self) }
  /// The same value.
  public var convertedToInteger: Int64 { Int64(truncatingIfNeeded: self) }
}
