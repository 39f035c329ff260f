/// The element type of a tensor, a buffer or a scalar.
public enum DType: UInt8, Hashable, Sendable, CaseIterable {
  /// IEEE 754 binary32.
  case f32
  /// IEEE 754 binary64.
  case f64
  /// Two's complement 32-bit integer; arithmetic wraps.
  case i32
  /// Two's complement 64-bit integer; arithmetic wraps.
  case i64
  /// Truth value, stored as one byte holding 0 or 1.
  case bool
}

extension DType {
  /// The keyword of the text form, for example `f32`.
  public var name: String {
    switch self {
    case .f32: "f32"
    case .f64: "f64"
    case .i32: "i32"
    case .i64: "i64"
    case .bool: "bool"
    }
  }

  /// The dtype with this keyword, or `nil`.
  public init?(name: some StringProtocol) {
    switch name {
    case "f32": self = .f32
    case "f64": self = .f64
    case "i32": self = .i32
    case "i64": self = .i64
    case "bool": self = .bool
    default: return nil
    }
  }

  /// Bytes per element in memory.
  public var byteCount: Int {
    switch self {
    case .f32, .i32: 4
    case .f64, .i64: 8
    case .bool: 1
    }
  }

  /// `true` for `f32` and `f64`, the dtypes that have derivatives.
  public var isFloating: Bool { self == .f32 || self == .f64 }

  /// `true` for `i32` and `i64`.
  public var isInteger: Bool { self == .i32 || self == .i64 }
}

extension DType: CustomStringConvertible {
  /// The name, as in IR text: `f32`.
  public var description: String { name }
}
