import KernelIR
import TensorIR

// Truth values, or integers bit by bit.
extension ElementwiseOp {
  /// `y = a ∧ b`.
  package static let and: ElementwiseOp = define(
    .and, on: .values([0, 1, 1]), .values([1, 0]), isSmooth: false, derivative: .zero)

  /// `y = a ∨ b`.
  package static let or: ElementwiseOp = define(
    .or, on: .values([0, 1, 1]), .values([1, 0]), isSmooth: false, derivative: .zero)

  /// `y = a ⊕ b`.
  package static let xor: ElementwiseOp = define(
    .xor, on: .values([0, 1, 1]), .values([1, 0]), isSmooth: false, derivative: .zero)

  /// `y = ¬x`.
  package static let not: ElementwiseOp = define(.not, on: .values([0, 1, 1]), isSmooth: false, derivative: .zero)

  /// `y = a 2ᵇ`, wrapping: bits shifted to the left; 0 unless `0 ≤ b < width`.
  package static let shl: ElementwiseOp = shift(.shl)

  /// Bits shifted to the right, zeros moving in; 0 unless `0 ≤ b < width`.
  package static let lshr: ElementwiseOp = shift(.lshr)

  /// `y = ⌊a / 2ᵇ⌋`: bits shifted to the right, copies of the sign moving in; nothing but these unless `0 ≤ b < width`.
  package static let ashr: ElementwiseOp = shift(.ashr)

  /// How many bits are 1.
  package static let popcount: ElementwiseOp = define(
    .popcount, on: .values([0, 1, -1, 255, -128]), isSmooth: false, derivative: .zero)

  static let logic: [ElementwiseOp] = [and, or, xor, not, shl, lshr, ashr, popcount]

  private static func shift(_ scalar: ScalarOp) -> ElementwiseOp {
    define(
      scalar, on: .values([5, -3, 1, -2_000_000_000, 1_234_567]), .values([0, 1, 31, 7, -1, 64]), isSmooth: false,
      derivative: .zero)
  }
}
