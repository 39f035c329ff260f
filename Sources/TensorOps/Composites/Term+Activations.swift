package import TensorIR

extension Term {
  /// `x²`.
  package func squared() -> Term { self * self }

  /// `max(x, 0)`; the derivative at 0 is 0, and NaN stays.
  package func relu() -> Term { applying(.le, zeros).select(zeros, self) }

  /// `min(max(x, low), high)`.
  package func clamped(_ low: Term, _ high: Term) -> Term { applying(.max, low).applying(.min, high) }

  /// `min(max(x, low), high)`.
  package func clamped(_ low: Double, _ high: Double) -> Term { clamped(splat(low), splat(high)) }
}
