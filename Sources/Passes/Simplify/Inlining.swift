package import Basics
package import TensorIR
import TensorOps

extension Function {
  /// The function with calls, and custom derivatives whose rules are not needed any more, replaced by what they call;
  /// checkpoints stay, as what they compute must not be shared with what is around them. `nil` if there are none.
  package func withoutCalls() throws(Diagnostics) -> Function? {
    let isCall = ops.map { (op) -> Bool in
      switch op.lowering {
      case .controlFlow(.call(let call)): !call.isCheckpoint
      case .controlFlow(.customDerivative), .controlFlow(.linearCall): true
      default: false
      }
    }
    guard isCall.contains(true) else { return nil }
    let builder = FunctionBuilder()
    builder.reserve(instructions.count)
    var copier = FunctionCopier(self, builder)
    copier.declareParameters()
    for instruction in instructions {
      copier.takeLocation(of: instruction)
      guard isCall[Int(instruction.op)] else {
        copier.copy(instruction)
        continue
      }
      let called = try function(calledBy: instruction)
      let values = builder.inline(called, operands(of: instruction).map { copier[$0] })
      for (result, value) in zip(results(of: instruction), values) { copier[result] = value }
    }
    builder.location = nil
    let result = try builder.finish(name: name, results: results.map { Result($0.name, copier[$0.value]) })
    // What was called may call.
    return try result.withoutCalls() ?? result
  }

  private func function(calledBy instruction: Instruction) throws(Diagnostics) -> Function {
    switch op(of: instruction).lowering {
    case .controlFlow(.call(let call)): return call.function
    case .controlFlow(.customDerivative(let custom)): return custom.primal
    case .controlFlow(.linearCall(let call)):
      if let forward = call.forward { return forward }
      throw Diagnostics([LinearCall.noForward.located(at: location(of: instruction))])
    default: throw Diagnostics([Diagnostic("'\(op(of: instruction).name)' calls nothing", kind: .bug)])
    }
  }
}
