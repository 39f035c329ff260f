internal import KernelIR

/// How far exp, log, tanh, sin and other functions may be from exact results, in units in the last place (ulp).
///
/// Both tiers give the same bits. The reference interpreter and exported C have the functions of libm, whatever is chosen.
public enum Accuracy: String, Sendable, Hashable, CaseIterable {
  /// About 1 ulp.
  case high
  /// At most 3.5 ulp: exp, log, log2, tanh, logistic, sin, cos, tan, asin, acos, atan, atan2, cbrt, hypot, and erf of f32
  /// take between a third and nine tenths of the time, most a half. Other functions, such as pow, are as with ``high``. So
  /// are exp, log, sin and cos where a processor has no fused multiply-add.
  case low

  /// What is compiled where nothing is said: what the environment variable `GRADC_ACCURACY` names, `high` or `low`, or else
  /// ``high``.
  public static var standard: Accuracy {
    Environment.value("GRADC_ACCURACY").flatMap(Accuracy.init(rawValue:)) ?? .high
  }

  var ofFunctions: FunctionAccuracy {
    switch self {
    case .high: .high
    case .low: .low
    }
  }
}
