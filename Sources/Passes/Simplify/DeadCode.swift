package import Basics
package import TensorIR

extension Function {
  /// The function without instructions that no result depends on; `nil` if there are none.
  package func withoutDeadCode() throws(Diagnostics) -> Function? {
    var live = [Bool](repeating: false, count: valueCount)
    for result in results { live[Int(result.value.index)] = true }
    var liveCount = 0
    for instruction in instructions.reversed() {
      let first = Int(instruction.firstResult)
      guard (first..<first + Int(instruction.resultCount)).contains(where: { live[$0] }) else { continue }
      liveCount += 1
      for operand in operands(of: instruction) { live[Int(operand.index)] = true }
    }
    if liveCount == instructions.count { return nil }

    let builder = FunctionBuilder()
    builder.reserve(liveCount)
    var copies = [Value](repeating: .poison, count: valueCount)
    for (index, parameter) in parameters.enumerated() {
      copies[index] = builder.parameter(parameter.name, parameter.type)
    }
    for instruction in instructions {
      let first = Int(instruction.firstResult)
      guard (first..<first + Int(instruction.resultCount)).contains(where: { live[$0] }) else { continue }
      builder.location = location(of: instruction)
      builder.copy(instruction, of: self, &copies)
    }
    builder.location = nil
    return try builder.finish(
      name: name, results: results.map { Result($0.name, copies[Int($0.value.index)]) })
  }
}
