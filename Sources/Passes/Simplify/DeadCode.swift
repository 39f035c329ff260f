package import TensorIR

extension Function {
  /// The function without instructions that no result depends on; `nil` if there are none.
  package func withoutDeadCode() -> Function? {
    var live = [Bool](repeating: false, count: valueCount)
    for result in results { live[Int(result.value.index)] = true }
    var liveCount = 0
    for instruction in instructions.reversed() {
      let first = Int(instruction.firstResult)
      guard (first..<first + Int(instruction.resultCount)).contains(where: { live[$0] }) else { continue }
      liveCount += 1
      for place in instruction.operandRange { live[Int(operandPool[place].index)] = true }
    }
    if liveCount == instructions.count { return nil }

    return keepingInstructions { first, count in (first..<first + count).contains { live[$0] } }
  }
}
