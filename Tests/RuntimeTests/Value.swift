import Foundation

/// The element types of the runtime.
enum Element: String, CaseIterable {
  case f32, f64, i32, i64, bool

  var size: Int {
    switch self {
    case .f32, .i32: 4
    case .f64, .i64: 8
    case .bool: 1
    }
  }

  var isFloating: Bool { self == .f32 || self == .f64 }

  var cName: String {
    switch self {
    case .f32: "float"
    case .f64: "double"
    case .i32: "int32_t"
    case .i64: "int64_t"
    case .bool: "uint8_t"
    }
  }

  init?(cName: some StringProtocol) {
    guard let found = Element.allCases.first(where: { $0.cName == cName }) else { return nil }
    self = found
  }
}

/// One element of any type.
enum Value: CustomStringConvertible {
  case f32(Float)
  case f64(Double)
  case i32(Int32)
  case i64(Int64)
  case bool(UInt8)

  var description: String {
    switch self {
    case .f32(let x): "\(x)f"
    case .f64(let x): "\(x)"
    case .i32(let x): "\(x)i"
    case .i64(let x): "\(x)l"
    case .bool(let x): "bool \(x)"
    }
  }

  /// A number as an element of the given type: rounded, or truncated and saturated.
  init(_ x: Double, _ element: Element) {
    switch element {
    case .f32: self = .f32(Float(x))
    case .f64: self = .f64(x)
    case .i32: self = .i32(saturated(x))
    case .i64: self = .i64(saturated(x))
    case .bool: self = .bool(x != 0 ? 1 : 0)
    }
  }

  var isSubnormal: Bool {
    switch self {
    case .f32(let x): x.isSubnormal
    case .f64(let x): x.isSubnormal
    default: false
    }
  }

  /// The argument register's contents: a word, or a double whose low bits are those of the value.
  var word: Int? {
    switch self {
    case .i32(let x): Int(x)
    case .i64(let x): Int(x)
    case .bool(let x): Int(x)
    default: nil
    }
  }

  var register: Double? {
    switch self {
    case .f32(let x): Double(bitPattern: UInt64(x.bitPattern))
    case .f64(let x): x
    default: nil
    }
  }

  func store(to pointer: UnsafeMutableRawPointer) {
    switch self {
    case .f32(let x): pointer.storeBytes(of: x, as: Float.self)
    case .f64(let x): pointer.storeBytes(of: x, as: Double.self)
    case .i32(let x): pointer.storeBytes(of: x, as: Int32.self)
    case .i64(let x): pointer.storeBytes(of: x, as: Int64.self)
    case .bool(let x): pointer.storeBytes(of: x, as: UInt8.self)
    }
  }

  init(at pointer: UnsafeRawPointer, _ element: Element) {
    switch element {
    case .f32: self = .f32(pointer.loadUnaligned(as: Float.self))
    case .f64: self = .f64(pointer.loadUnaligned(as: Double.self))
    case .i32: self = .i32(pointer.loadUnaligned(as: Int32.self))
    case .i64: self = .i64(pointer.loadUnaligned(as: Int64.self))
    case .bool: self = .bool(pointer.loadUnaligned(as: UInt8.self))
    }
  }

  /// The distance to another value in units of the last place: 0 for equal bits and for two NaN, `nil` if it is not a
  /// matter of rounding. With `exact`, +0 and -0 are apart.
  func distance(to other: Value, exact: Bool) -> UInt64? {
    switch (self, other) {
    case (.f32(let x), .f32(let y)):
      if x.isNaN || y.isNaN { return x.isNaN && y.isNaN ? 0 : nil }
      if x.bitPattern == y.bitPattern { return 0 }
      if x == y { return exact ? nil : 0 }
      return Value.steps(Int64(Value.ordered(x.bitPattern)), Int64(Value.ordered(y.bitPattern)))
    case (.f64(let x), .f64(let y)):
      if x.isNaN || y.isNaN { return x.isNaN && y.isNaN ? 0 : nil }
      if x.bitPattern == y.bitPattern { return 0 }
      if x == y { return exact ? nil : 0 }
      return Value.steps(Value.ordered(x.bitPattern), Value.ordered(y.bitPattern))
    case (.i32(let x), .i32(let y)): return x == y ? 0 : nil
    case (.i64(let x), .i64(let y)): return x == y ? 0 : nil
    case (.bool(let x), .bool(let y)): return x == y ? 0 : nil
    default: return nil
    }
  }

  private static func ordered(_ bits: UInt32) -> Int32 {
    let x = Int32(bitPattern: bits)
    return x < 0 ? Int32.min &- x : x
  }

  private static func ordered(_ bits: UInt64) -> Int64 {
    let x = Int64(bitPattern: bits)
    return x < 0 ? Int64.min &- x : x
  }

  private static func steps(_ x: Int64, _ y: Int64) -> UInt64 {
    let (difference, overflow) = x.subtractingReportingOverflow(y)
    return overflow ? UInt64.max : difference.magnitude
  }
}

/// Truncated and saturated; NaN gives 0.
func saturated<Integer: FixedWidthInteger>(_ x: Double) -> Integer {
  if x.isNaN { return 0 }
  if x >= 0x1p62 * 2 || x >= Double(Integer.max) + (Integer.bitWidth == 32 ? 1 : 0) { return .max }
  return x < Double(Integer.min) ? .min : Integer(x)
}
