import Basics
import KernelIR

extension Scalar {
  /// Whether a C literal has exactly these bits; infinities and NaNs have none.
  var hasLiteral: Bool {
    switch dtype {
    case .f32: Float(bitPattern: UInt32(truncatingIfNeeded: bits)).isFinite
    case .f64: Double(bitPattern: bits).isFinite
    default: true
    }
  }

  /// The C literal of a scalar that `hasLiteral`.
  var cLiteral: String {
    switch dtype {
    case .f32: "\(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))f"
    case .f64: "\(Double(bitPattern: bits))"
    case .i32: integerValue == Int64(Int32.min) ? "(-2147483647 - 1)" : "\(integerValue)"
    case .i64: integerValue == .min ? "(-9223372036854775807LL - 1)" : "\(integerValue)LL"
    case .bool: bits == 0 ? "0" : "1"
    }
  }
}
