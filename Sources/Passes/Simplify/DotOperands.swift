package import Basics
package import TensorIR
import TensorOps

extension Function {
  /// The function with every product operand whose batch, free and contracting axes are interleaved transposed into
  /// that order, so that it is a batch of matrices in memory; `nil` if all are already.
  package func withDotOperandsInOrder() throws(Diagnostics) -> Function? {
    let products = ops.map { (op) -> DotAxes? in
      if case .dot(let axes) = op.lowering { return axes }
      return nil
    }
    guard products.contains(where: { $0 != nil }) else { return nil }
    let builder = FunctionBuilder()
    builder.reserve(instructions.count)
    var isChanged = false
    var copier = FunctionCopier(self, builder)
    copier.declareParameters()
    for instruction in instructions {
      builder.location = location(of: instruction)
      if let given = products[Int(instruction.op)] {
        let operands = operands(of: instruction).map { copier.term($0) }
        let (left, leftAxes) = ordered(operands[0], given.leftBatch, given.leftContracting)
        let (right, rightAxes) = ordered(operands[1], given.rightBatch, given.rightContracting)
        let axes = DotAxes(
          leftContracting: leftAxes.contracting, rightContracting: rightAxes.contracting,
          leftBatch: leftAxes.batch, rightBatch: rightAxes.batch)
        isChanged = isChanged || axes != given
        copier.values[Int(instruction.firstResult)] = left.applying(DotGeneral(axes), right).value
      } else {
        copier.copy(instruction)
      }
    }
    guard isChanged else { return nil }
    builder.location = nil
    return try builder.finish(
      name: name, results: results.map { Result($0.name, copier[$0.value]) })
  }

  private func ordered(
    _ operand: Term, _ batch: [Int], _ contracting: [Int]
  ) -> (Term, (batch: [Int], contracting: [Int])) {
    let shape = operand.shape
    let free = shape.extents.indices.filter { !batch.contains($0) && !contracting.contains($0) }
    let dense = StridedView.dense(operand.value, shape)
    if let _ = dense.collapsed(batch, shape), let row = dense.collapsed(free, shape),
      let column = dense.collapsed(contracting, shape), row <= 1 || column <= 1
    {
      return (operand, (batch, contracting))
    }
    let order = batch + free + contracting
    let start = batch.count + free.count
    return (
      operand.transposed(order), (Array(batch.indices), Array(start..<start + contracting.count))
    )
  }
}
