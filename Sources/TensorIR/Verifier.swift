package import Basics

// Invariants of a function. Messages cite the number.
//
//  1. Numbers point into their tables: op, location, operand range, type, result value.
//  2. Values are numbered densely: the parameters first, then the results of each instruction in order.
//  3. The definitions table has the defining instruction of every value, -1 for parameters.
//  4. The ranges of operands follow each other in the pool in instruction order, without gap.
//  5. Operands are defined before their use.
//  6. Parameters have their declared types; results of an instruction have the types that its op infers.
//  7. Types are representable: no negative extent, fewer than 2^59 elements.
//  8. No type, no op and no instruction occurs twice.
//  9. Names of ops and attributes are identifiers; the attributes of an op have different names.
// 10. Functions in attributes verify.
//
// Names of parameters and results may be any text and need not differ.

extension Function {
  /// Throws every invariant that does not hold, as bugs.
  package func verify() throws(Diagnostics) {
    var verifier = Verifier(self)
    verifier.checkTables()
    // The other checks index the tables.
    if verifier.found.isEmpty { verifier.checkMeaning() }
    if !verifier.found.isEmpty { throw Diagnostics(verifier.found) }
  }

  /// Throws unless the text form reads back as this function.
  package func verifyRoundTrip(ops: @escaping OpFactory) throws(Diagnostics) {
    let text = description
    let again = try Function(parsing: text, file: "<printed '\(name)'>", ops: ops)
    guard again == self, again.name == name else {
      throw Diagnostics([
        Diagnostic("'\(name)' does not read back as itself:\n\(text)\nreads as\n\(again)", kind: .bug)
      ])
    }
  }
}

private struct Verifier {
  let function: Function
  var found: [Diagnostic] = []

  init(_ function: Function) { self.function = function }

  mutating func fail(_ invariant: Int, _ message: String, at instruction: Function.Instruction? = nil) {
    guard found.count < 20 else { return }
    var location: SourceLocation?
    if let index = instruction?.location, function.locations.indices.contains(Int(index)) {
      location = function.locations[Int(index)]
    }
    found.append(
      Diagnostic("'\(function.name)' breaks invariant \(invariant): \(message)", kind: .bug, at: location))
  }

  // MARK: 1 to 5

  mutating func checkTables() {
    if function.definitions.count != function.valueCount {
      fail(3, "\(function.valueCount) values, but \(function.definitions.count) definitions")
      return
    }
    if function.parameters.count > function.valueCount {
      fail(2, "\(function.parameters.count) parameters, but \(function.valueCount) values")
      return
    }
    for (value, type) in function.valueTypes.enumerated() where !function.types.indices.contains(Int(type)) {
      fail(1, "value \(value) has type number \(type) of \(function.types.count)")
    }
    for value in function.parameterValues where function.definitions[value] != -1 {
      fail(3, "parameter \(value) has instruction \(function.definitions[value]) as its definition")
    }
    var nextValue = function.parameters.count
    var nextOperand = 0
    for (number, instruction) in function.instructions.enumerated() {
      checkRow(number, instruction, &nextValue, &nextOperand)
      if !found.isEmpty { return }
    }
    if nextValue != function.valueCount { fail(2, "values from \(nextValue) on belong to nothing") }
    if nextOperand != function.operandPool.count { fail(4, "operands from \(nextOperand) on belong to nothing") }
    for result in function.results where !(0..<function.valueCount).contains(Int(result.value.index)) {
      fail(1, "result '\(result.name)' is value \(result.value.index) of \(function.valueCount)")
    }
  }

  private mutating func checkRow(
    _ number: Int, _ instruction: Function.Instruction, _ nextValue: inout Int, _ nextOperand: inout Int
  ) {
    guard function.ops.indices.contains(Int(instruction.op)) else {
      return fail(1, "instruction \(number) has op number \(instruction.op) of \(function.ops.count)", at: instruction)
    }
    guard instruction.location >= -1, Int(instruction.location) < function.locations.count else {
      return fail(1, "instruction \(number) has location number \(instruction.location)", at: instruction)
    }
    guard Int(instruction.firstOperand) == nextOperand, instruction.operandCount >= 0 else {
      return fail(
        4, "the operands of instruction \(number) start at \(instruction.firstOperand), not at \(nextOperand)",
        at: instruction)
    }
    guard Int(instruction.firstResult) == nextValue, instruction.resultCount >= 0 else {
      return fail(
        2, "the results of instruction \(number) start at \(instruction.firstResult), not at \(nextValue)",
        at: instruction)
    }
    let afterOperands = nextOperand + Int(instruction.operandCount)
    let afterResults = nextValue + Int(instruction.resultCount)
    guard afterOperands <= function.operandPool.count, afterResults <= function.valueCount else {
      return fail(1, "operands or results of instruction \(number) reach beyond their table", at: instruction)
    }
    for position in nextOperand..<afterOperands {
      let operand = Int(function.operandPool[position].index)
      if operand < 0 || operand >= nextValue {
        fail(5, "instruction \(number) uses value \(operand), which is not defined before it", at: instruction)
      }
    }
    for value in nextValue..<afterResults where Int(function.definitions[value]) != number {
      fail(3, "value \(value) is of instruction \(number), not of \(function.definitions[value])", at: instruction)
    }
    nextOperand = afterOperands
    nextValue = afterResults
  }

  // MARK: 6 to 10

  mutating func checkMeaning() {
    for type in function.types where !type.isRepresentable { fail(7, "\(type) is no type") }
    if Set(function.types).count != function.types.count { fail(8, "a type is held twice") }
    checkOps()
    for (index, parameter) in function.parameters.enumerated() {
      let type = function.type(of: Value(index))
      if type != parameter.type { fail(6, "parameter \(index) is declared \(parameter.type), but is \(type)") }
    }
    // An op with negative extents among its operands may not be asked anything.
    if found.isEmpty { checkInstructions() }
  }

  private mutating func checkOps() {
    var seen: [String: [any Op]] = [:]
    for op in function.ops {
      // Only ops of one name can be equal; a key of attributes' text keeps a list short.
      let attributes = op.attributes
      let key = attributes.isEmpty ? op.name : "\(op.name) \(attributes.hashValue)"
      if seen[key, default: []].contains(where: { $0.isEqual(to: op) }) { fail(8, "op '\(op.name)' is held twice") }
      seen[key, default: []].append(op)

      if !Tokenizer.isIdentifier(op.name) { fail(9, "'\(op.name)' is no name for an op") }
      for attribute in attributes {
        if !Tokenizer.isIdentifier(attribute.name) {
          fail(9, "'\(attribute.name)' is no name for an attribute of '\(op.name)'")
        }
        if case .function(let nested) = attribute.value {
          do {
            try nested.verify()
          } catch {
            fail(10, "attribute '\(attribute.name)' of '\(op.name)':\n\(error)")
          }
        }
      }
      if Set(attributes.map(\.name)).count != attributes.count {
        fail(9, "two attributes of '\(op.name)' have the same name")
      }
    }
  }

  private mutating func checkInstructions() {
    var interned = InternTable()
    for _ in function.parameters { interned.addValue() }
    var inferred: [Signature: [TensorType]] = [:]
    for (number, instruction) in function.instructions.enumerated() {
      let operands = Array(function.operands(of: instruction))
      let twin = interned.find(instruction.op, operands) { other in
        let other = function.instructions[other]
        return other.op == instruction.op && function.operands(of: other).elementsEqual(operands)
      }
      if let twin { fail(8, "instructions \(twin) and \(number) are equal", at: instruction) }
      interned.append(instruction.op, operands)
      for _ in 0..<instruction.resultCount { interned.addValue() }

      let op = function.op(of: instruction)
      let signature = Signature(
        op: instruction.op, types: operands.map { function.valueTypes[Int($0.index)] })
      do throws(Diagnostic) {
        let types: [TensorType]
        if let known = inferred[signature] {
          types = known
        } else {
          types = try op.resultTypes(function.operandTypes(of: instruction))
          inferred[signature] = types
        }
        let actual = function.results(of: instruction).map { function.type(of: $0) }
        if types != actual {
          fail(6, "instruction \(number) '\(op.name)' gives \(types), but its values are \(actual)", at: instruction)
        }
      } catch {
        fail(6, "instruction \(number): \(error.message)", at: instruction)
      }
    }
  }
}

private struct Signature: Hashable {
  let op: Int32
  let types: [Int32]
}
