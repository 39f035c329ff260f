import KernelIR
import TensorIR

// Results are bool; comparisons with NaN are false, but for `ne`.
extension ElementwiseOp {
  /// `y = [a = b]`.
  package static let eq: ElementwiseOp = comparison(.eq)
  /// `y = [a ≠ b]`.
  package static let ne: ElementwiseOp = comparison(.ne)
  /// `y = [a < b]`.
  package static let lt: ElementwiseOp = comparison(.lt)
  /// `y = [a ≤ b]`.
  package static let le: ElementwiseOp = comparison(.le)
  /// `y = [a > b]`.
  package static let gt: ElementwiseOp = comparison(.gt)
  /// `y = [a ≥ b]`.
  package static let ge: ElementwiseOp = comparison(.ge)

  static let comparison: [ElementwiseOp] = [eq, ne, lt, le, gt, ge]

  private static func comparison(_ scalar: ScalarOp) -> ElementwiseOp {
    define(scalar, on: .values([0, 1, 2, -1, 0]), .values([0, 2, 1]), isSmooth: false, derivative: .zero)
  }
}
