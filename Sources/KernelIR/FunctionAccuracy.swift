/// How far results of functions such as exp may be from the exact ones, in units in the last place, where a processor computes
/// them. Interpreters and portable C have those of libm.
package enum FunctionAccuracy: String, Hashable, Sendable, CaseIterable {
  /// About 1 ulp: the runtime's `elementary.h`, and SLEEF's functions of 1.0 ulp.
  case high
  /// At most 3.5 ulp where that is faster: `relaxed.h`, and SLEEF's functions of 3.5 ulp.
  case low
}
