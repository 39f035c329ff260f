package import Basics
package import TensorIR
import TensorOps

extension Function {
  /// The function with every function within its ops changed; `nil` if no one is.
  package func replacingNestedFunctions(
    _ change: (Function) throws(Diagnostics) -> Function?
  ) throws(Diagnostics) -> Function? {
    var changed: [Int: any Op] = [:]
    for (index, op) in ops.enumerated() {
      guard case .controlFlow(let flow) = op.lowering else { continue }
      var isChanged = false
      let functions = try flow.functions.map { (function) throws(Diagnostics) in
        guard let new = try change(function) else { return function }
        isChanged = true
        return new
      }
      if isChanged { changed[index] = flow.replacing(functions).op }
    }
    return changed.isEmpty ? nil : try replacingOps(changed)
  }

  /// The function with other ops of the same operands and results, by number.
  func replacingOps(_ changed: [Int: any Op]) throws(Diagnostics) -> Function {
    let builder = FunctionBuilder()
    builder.reserve(instructions.count)
    var copier = FunctionCopier(self, builder)
    copier.declareParameters()
    for instruction in instructions {
      copier.takeLocation(of: instruction)
      guard let op = changed[Int(instruction.op)] else {
        copier.copy(instruction)
        continue
      }
      let values = builder.emit(op, operands(of: instruction).map { copier[$0] })
      for (result, value) in zip(results(of: instruction), values) { copier[result] = value }
    }
    builder.location = nil
    return try builder.finish(name: name, results: results.map { Result($0.name, copier[$0.value]) })
  }
}
