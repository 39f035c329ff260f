import TensorIR

extension ElementwiseOp {
  /// The greatest integer `≤ x`.  `dy = 0`.
  package static let floor: ElementwiseOp = define(.floor, on: .range(-3...3), isSmooth: false, derivative: .zero)

  /// The least integer `≥ x`.  `dy = 0`.
  package static let ceil: ElementwiseOp = define(.ceil, on: .range(-3...3), isSmooth: false, derivative: .zero)

  /// The nearest integer, of two equally near the even one.  `dy = 0`.
  package static let round: ElementwiseOp = define(
    .round, on: .values([0.5, 1.5, -0.5, 2.5, 0.4, -1.6]), isSmooth: false, derivative: .zero)

  /// The integer part.  `dy = 0`.
  package static let trunc: ElementwiseOp = define(.trunc, on: .range(-3...3), isSmooth: false, derivative: .zero)

  /// `y = 1` for positive, `-1` for negative `x`, otherwise `x` (±0, NaN).  `dy = 0`.
  package static let sign: ElementwiseOp = define(
    .sign, on: .values([-2, 0, 0.5, -0.0, 3]), isSmooth: false, derivative: .zero)

  static let rounding: [ElementwiseOp] = [floor, ceil, round, trunc, sign]
}
