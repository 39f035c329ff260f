import Basics
import TensorIR
import TensorOps

extension Function {
  /// The function for a parameter that will be all basis vectors of a tensor type, stacked along axis 0: a product that
  /// sums over all axes of the vectors is the other operand, row by row, and needs no arithmetic. So what is linear in x
  /// has its own coefficients for derivative, infinities and signs of zeros included. The same holds of vectors times a
  /// number.
  func withoutProducts(withBasis parameter: Int) throws(Diagnostics) -> Function {
    let basis = Value(parameter)
    return try replacing({ products(of: $0, with: basis) }) { product, copier in
      let other = copier.term(product.other)
      let rows = product.contracted
      let free = other.shape.extents.indices.filter { !rows.contains($0) }
      let shape = Shape([type(of: basis).shape[0]] + free.map { other.shape[$0] })
      let stacked = other.transposed(rows + free).reshaped(to: shape)
      let order = product.isBasisLeft ? Array(0..<shape.rank) : Array(1..<shape.rank) + [0]
      return product.factors.reduce(stacked.transposed(order)) { result, factor in
        result.applying(ElementwiseOp.mul, copier.term(factor).applying(Broadcast(to: result.shape, axes: [])))
      }
    }
  }

  /// A product that sums over all axes but the first of the basis.
  private struct BasisProduct {
    var other: Value
    /// The axes of the other operand that are summed over, in the order of the basis's.
    var contracted: [Int]
    var isBasisLeft: Bool
    /// What the basis vectors are multiplied by: one number, or none.
    var factors: [Value]
  }

  private func products(of instruction: Function.Instruction, with basis: Value) -> BasisProduct? {
    guard let dot = op(of: instruction).cast(to: DotGeneral.self), dot.axes.leftBatch.isEmpty else { return nil }
    let axes = dot.axes
    let operands = Array(operands(of: instruction))
    for (vectors, other, own, others) in [
      (operands[0], operands[1], axes.leftContracting, axes.rightContracting),
      (operands[1], operands[0], axes.rightContracting, axes.leftContracting),
    ] where other != basis {
      guard let factors = factors(of: vectors, basis) else { continue }
      let order = own.indices.sorted { own[$0] < own[$1] }
      guard !own.isEmpty, order.map({ own[$0] }) == Array(1..<type(of: basis).rank) else { continue }
      return BasisProduct(
        other: other, contracted: order.map { others[$0] }, isBasisLeft: vectors == operands[0], factors: factors)
    }
    return nil
  }

  /// What the basis is multiplied by to give a value; `nil` if the value is something else.
  private func factors(of value: Value, _ basis: Value) -> [Value]? {
    if value == basis { return [] }
    guard type(of: value) == type(of: basis), let definition = definition(of: value) else { return nil }
    let operands = Array(operands(of: definition))
    guard operands.count == 2, let place = operands.firstIndex(of: basis) else { return nil }
    let other = operands[1 - place]
    if op(of: definition) is DotGeneral { return type(of: other).rank == 0 ? [other] : nil }
    guard op(of: definition) as? ElementwiseOp == .mul else { return nil }
    var number = other
    while type(of: number).rank > 0, let source = self.definition(of: number), op(of: source) is Broadcast,
      let operand = self.operands(of: source).first
    { number = operand }
    return type(of: number).rank == 0 ? [number] : nil
  }
}
