package import Basics
package import KernelIR

extension ScalarOp {
  /// Whether the runtime has the op within 3.5 ulp, too: what its `math_list.h` lists. The others gain nothing by it.
  package func hasLowAccuracy(_ dtype: DType) -> Bool {
    switch self {
    case .exp, .log, .log2, .tanh, .logistic, .sin, .cos, .tan, .asin, .acos, .atan, .atan2, .cbrt, .hypot:
      dtype.isFloating
    case .erf: dtype == .f32
    default: false
    }
  }

  /// The accuracy that the runtime has, if this one is enough.
  func available(_ accuracy: FunctionAccuracy, _ dtype: DType) -> FunctionAccuracy {
    accuracy == .low && hasLowAccuracy(dtype) ? .low : .high
  }

  /// The name in symbols: `exp`, `exp_u35`.
  func name(_ accuracy: FunctionAccuracy) -> String { accuracy == .high ? name : name + "_u35" }
}

extension RuntimeFunction {
  /// The function for programs of an accuracy.
  func with(_ accuracy: FunctionAccuracy) -> RuntimeFunction {
    switch self {
    case .tile(let op, let dtype, let kinds, _):
      .tile(op, dtype, kinds: kinds, accuracy: op.available(accuracy, dtype))
    case .scalar(let op, let dtype, _): .scalar(op, dtype, accuracy: op.available(accuracy, dtype))
    default: self
    }
  }
}
