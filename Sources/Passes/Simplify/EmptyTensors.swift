package import Basics
package import TensorIR
import TensorOps

extension Function {
  /// The function without computation on tensors that have no elements: those are constants, and what is made from
  /// them is a reduction's identity, a zero product, or a base that nothing is added to. `nil` if there are none.
  package func withoutEmptyTensors() throws(Diagnostics) -> Function? {
    guard types.contains(where: { $0.shape.isEmpty }) else { return nil }
    let builder = FunctionBuilder()
    builder.reserve(instructions.count)
    var copier = FunctionCopier(self, builder)
    copier.declareParameters()
    for instruction in instructions {
      builder.location = location(of: instruction)
      if let known = valueWithoutElements(instruction, copier) {
        copier[Value(Int(instruction.firstResult))] = known.value
      } else {
        copier.copy(instruction)
      }
    }
    builder.location = nil
    let result = try builder.finish(
      name: name, results: results.map { Result($0.name, copier[$0.value]) })
    return result == self ? nil : result
  }

  private func valueWithoutElements(_ instruction: Instruction, _ copier: FunctionCopier) -> Term? {
    guard instruction.resultCount == 1 else { return nil }
    let type = type(of: Value(Int(instruction.firstResult)))
    if type.shape.isEmpty { return copier.builder.zeros(type) }
    let operands = operands(of: instruction)
    guard operands.contains(where: { self.type(of: $0).shape.isEmpty }) else { return nil }
    switch op(of: instruction).lowering {
    case .reduce(let combiner, _): return copier.builder.splat(combiner.identity(type.dtype), type.shape)
    case .dot: return copier.builder.zeros(type)
    case .scatter, .dynamicUpdate: return operands.first.map { copier.term($0) }
    default: return nil
    }
  }
}
