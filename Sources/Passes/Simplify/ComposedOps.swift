package import Basics
package import TensorIR

extension Function {
  /// The function with the formulas of composed ops in their place; `nil` if there are none.
  package func withoutComposedOps() throws(Diagnostics) -> Function? {
    let formulas = ops.map { (op) -> (@Sendable ([Term]) -> Term)? in
      if case .composed(let formula) = op.lowering { return formula }
      return nil
    }
    guard formulas.contains(where: { $0 != nil }) else { return nil }
    let builder = FunctionBuilder()
    builder.reserve(instructions.count)
    var copier = FunctionCopier(self, builder)
    copier.declareParameters()
    for instruction in instructions {
      builder.location = location(of: instruction)
      if let formula = formulas[Int(instruction.op)] {
        let operands = operands(of: instruction).map { copier.term($0) }
        copier[Value(Int(instruction.firstResult))] = formula(operands).value
      } else {
        copier.copy(instruction)
      }
    }
    builder.location = nil
    let result = try builder.finish(name: name, results: results.map { Result($0.name, copier[$0.value]) })
    // A formula may have composed ops in it.
    return try result.withoutComposedOps() ?? result
  }
}
