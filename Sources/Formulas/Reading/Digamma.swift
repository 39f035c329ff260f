import Basics
import KernelIR
import TensorIR
import TensorOps

extension Function {
  /// The function, and which of its values are `ψ(x)` of which other.
  ///
  /// ψ is no op: the derivative of ln Γ writes its series out. It is recognised because a builder gives what is there
  /// already if the same is written again.
  func withDigammas() throws(Diagnostics) -> (Function, [Value: Value]) {
    let builder = FunctionBuilder()
    var copier = FunctionCopier(self, builder)
    copier.declareParameters()
    for instruction in instructions { copier.copy(instruction) }
    let count = builder.valueCount
    var digammas: [Value: Value] = [:]
    // The series begins by asking whether x < 0.
    for instruction in instructions {
      guard case .scalar(.lt) = op(of: instruction).lowering, let operand = operands(of: instruction).first,
        type(of: operand).dtype.isFloating
      else { continue }
      let found = copier.term(operand).digamma().value
      if found != .poison, Int(found.index) < count { digammas[found] = copier[operand] }
    }
    let function = try builder.finish(name: name, results: results.map { Result($0.name, copier[$0.value]) })
    return (function, digammas)
  }
}
