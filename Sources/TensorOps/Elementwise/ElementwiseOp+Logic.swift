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

  static let logic: [ElementwiseOp] = [and, or, xor, not]
}
