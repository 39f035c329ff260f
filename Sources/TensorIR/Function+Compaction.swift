extension Function {
  /// The function with only the instructions that `isKept` chooses, renumbered; results and operands of kept
  /// instructions must be kept. Instructions that were distinct stay distinct, so nothing is interned again.
  package func keepingInstructions(_ isKept: (_ firstResult: Int, _ resultCount: Int) -> Bool) -> Function {
    var copy = self
    copy.instructions.removeAll(keepingCapacity: true)
    copy.operandPool.removeAll(keepingCapacity: true)
    copy.valueTypes.removeAll(keepingCapacity: true)
    copy.definitions.removeAll(keepingCapacity: true)
    var renumbered = [Value](repeating: .poison, count: valueCount)
    for index in parameters.indices {
      renumbered[index] = Value(index)
      copy.valueTypes.append(valueTypes[index])
      copy.definitions.append(-1)
    }
    for instruction in instructions {
      let first = Int(instruction.firstResult)
      let count = Int(instruction.resultCount)
      guard isKept(first, count) else { continue }
      var row = instruction
      row.firstOperand = Int32(copy.operandPool.count)
      row.firstResult = Int32(copy.valueTypes.count)
      let start = Int(instruction.firstOperand)
      for place in start..<start + Int(instruction.operandCount) {
        copy.operandPool.append(renumbered[Int(operandPool[place].index)])
      }
      for value in first..<first + count {
        renumbered[value] = Value(copy.valueTypes.count)
        copy.valueTypes.append(valueTypes[value])
        copy.definitions.append(Int32(copy.instructions.count))
      }
      copy.instructions.append(row)
    }
    copy.results = results.map { Result($0.name, renumbered[Int($0.value.index)]) }
    return copy
  }
}
