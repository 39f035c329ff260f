package import Basics

/// A value of a function: a parameter or a result of an instruction, numbered densely in order of definition.
package struct Value: Hashable, Sendable, Comparable {
  package let index: Int32
  package init(_ index: Int) { self.index = Int32(truncatingIfNeeded: index) }
  package static func < (a: Value, b: Value) -> Bool { a.index < b.index }
  /// Stands for the result of a faulty op; builders never store it.
  package static let poison = Value(-1)
}

/// A tensor program in SSA form: parameters, instructions in order, results. Immutable and `Sendable`.
///
/// Storage is flat: every distinct op and every distinct type is held once, an instruction is a few integers, and its
/// operands are a range of one pool. `FunctionBuilder` makes functions; instructions that are structurally equal
/// (same op, same operands) are the same instruction.
package struct Function: Sendable {
  package struct Parameter: Hashable, Sendable {
    package var name: String
    package var type: TensorType
    package init(_ name: String, _ type: TensorType) {
      self.name = name
      self.type = type
    }
  }

  package struct Result: Hashable, Sendable {
    package var name: String
    package var value: Value
    package init(_ name: String, _ value: Value) {
      self.name = name
      self.value = value
    }
  }

  /// One row of the instruction table.
  package struct Instruction: Sendable {
    package var op: Int32
    package var firstOperand: Int32
    package var operandCount: Int32
    package var firstResult: Int32
    package var resultCount: Int32
    /// Into `locations`, -1 if unknown.
    package var location: Int32
  }

  package var name: String
  package internal(set) var parameters: [Parameter]
  package internal(set) var ops: [any Op]
  package internal(set) var types: [TensorType]
  package internal(set) var instructions: [Instruction]
  package internal(set) var operandPool: [Value]
  /// Into `types`, per value.
  package internal(set) var valueTypes: [Int32]
  /// The instruction that defines each value, -1 for parameters.
  package internal(set) var definitions: [Int32]
  package internal(set) var results: [Result]
  package internal(set) var locations: [SourceLocation]
}

extension Function {
  @inlinable
  package var valueCount: Int { valueTypes.count }
  package var parameterValues: Range<Int> { 0..<parameters.count }

  @inlinable
  package func type(of value: Value) -> TensorType { types[Int(valueTypes[Int(value.index)])] }

  @inlinable
  package func op(of instruction: Instruction) -> any Op { ops[Int(instruction.op)] }

  @inlinable
  package func operands(of instruction: Instruction) -> ArraySlice<Value> {
    let start = Int(instruction.firstOperand)
    return operandPool[start..<start + Int(instruction.operandCount)]
  }

  package func results(of instruction: Instruction) -> [Value] {
    (Int(instruction.firstResult)..<Int(instruction.firstResult + instruction.resultCount)).map { Value($0) }
  }

  package func operandTypes(of instruction: Instruction) -> [TensorType] {
    operands(of: instruction).map { type(of: $0) }
  }

  /// The instruction that defines a value, or `nil` for a parameter.
  @inlinable
  package func definition(of value: Value) -> Instruction? {
    let index = definitions[Int(value.index)]
    return index < 0 ? nil : instructions[Int(index)]
  }

  package func location(of instruction: Instruction) -> SourceLocation? {
    instruction.location < 0 ? nil : locations[Int(instruction.location)]
  }

  package var parameterTypes: [TensorType] { parameters.map(\.type) }
  package var resultTypes: [TensorType] { results.map { type(of: $0.value) } }

  /// How often each value is an operand or a result.
  package func useCounts() -> [Int32] {
    var counts = [Int32](repeating: 0, count: valueCount)
    for operand in operandPool { counts[Int(operand.index)] += 1 }
    for result in results { counts[Int(result.value.index)] += 1 }
    return counts
  }

  /// The same function under other names for parameters and results; the counts must agree, or it is returned as is.
  package func renamed(parameters names: [String]? = nil, results resultNames: [String]? = nil) -> Function {
    var copy = self
    if let names, names.count == parameters.count {
      for (index, name) in names.enumerated() { copy.parameters[index].name = name }
    }
    if let resultNames, resultNames.count == results.count {
      for (index, name) in resultNames.enumerated() { copy.results[index].name = name }
    }
    return copy
  }
}

extension Function {
  /// The function with some of its results, in the given order; the instructions stay.
  package func selectingResults(_ chosen: [Int]) -> Function {
    var copy = self
    copy.results = chosen.map { results[$0] }
    return copy
  }

  /// The function with these results, which are values of it; the instructions stay.
  package func replacingResults(_ results: [Result]) -> Function {
    var copy = self
    copy.results = results
    return copy
  }
}

extension Function {
  /// Functions may be nested this deep: whatever reads or transforms them recurses.
  package static let maximumNesting = 128

  /// 1, and 1 more for every level of functions within its ops.
  package var nesting: Int {
    var within = 0
    for op in ops {
      for attribute in op.attributes {
        if case .function(let function) = attribute.value { within = max(within, function.nesting) }
      }
    }
    return within + 1
  }
}

extension Function: Hashable {
  /// Structural equality: names of parameters and results count, the function's own name and locations do not.
  package static func == (a: Function, b: Function) -> Bool {
    guard a.parameters == b.parameters, a.results == b.results, a.operandPool == b.operandPool,
      a.instructions.count == b.instructions.count
    else { return false }
    return zip(a.instructions, b.instructions).allSatisfy { x, y in
      x.firstResult == y.firstResult && x.resultCount == y.resultCount && x.operandCount == y.operandCount
        && a.op(of: x).isEqual(to: b.op(of: y))
    }
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(parameters)
    hasher.combine(results)
    hasher.combine(operandPool)
    hasher.combine(instructions.count)
  }
}
