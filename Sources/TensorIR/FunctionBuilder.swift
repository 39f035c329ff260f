package import Basics
package import KernelIR

/// An op in the table of one builder; emitting by handle looks nothing up.
package struct OpHandle: Hashable, Sendable {
  package let index: Int32
}

/// Makes a `Function`: records instructions, infers their types, and shares structurally equal ones.
///
/// A faulty op is recorded as a diagnostic and gives `Value.poison`; an op on poison gives poison silently. `finish`
/// throws everything recorded. Not thread-safe.
package final class FunctionBuilder {
  // No closure runs while one of these is changed; checks of that at run time take a tenth of all compilation.
  @exclusivity(unchecked) private var tables = FunctionTables()
  @exclusivity(unchecked) private var opIndices: [OpKey: Int32] = [:]
  @exclusivity(unchecked) private var denseOpIndices = [Int32](repeating: -1, count: 96)
  @exclusivity(unchecked) private var locationIndices: [SourceLocation: Int32] = [:]

  package var parameters: [Function.Parameter] { tables.parameters }

  /// What went wrong so far.
  package private(set) var diagnostics: [Diagnostic] = []

  /// The place given to instructions from now on.
  package var location: SourceLocation? {
    get { locationNumber < 0 ? nil : tables.locations[Int(locationNumber)] }
    set { if newValue != location { locationNumber = number(of: newValue) } }
  }

  /// `location` by its number in this builder.
  var locationNumber: Int32 {
    get { tables.currentLocation }
    set { tables.currentLocation = newValue }
  }

  /// The number of a place in this builder, -1 for none.
  func number(of location: SourceLocation?) -> Int32 {
    guard let location else { return -1 }
    if let number = locationIndices[location] { return number }
    let number = Int32(tables.locations.count)
    tables.locations.append(location)
    locationIndices[location] = number
    return number
  }

  package init() {}

  package var instructionCount: Int { tables.instructions.count }
  package var valueCount: Int { tables.valueTypes.count }

  /// Makes room for about this many instructions.
  package func reserve(_ count: Int) { tables.reserve(count) }

  // MARK: Parameters and results

  /// Adds a parameter; all parameters come before the first instruction.
  package func parameter(_ name: String, _ type: TensorType) -> Value {
    guard tables.instructions.isEmpty else {
      record(Diagnostic("parameter '\(name)' is declared after the first instruction", kind: .bug))
      return .poison
    }
    do {
      try requireRepresentable(type, "parameter '\(name)' is")
    } catch {
      record(error)
      return .poison
    }
    tables.parameters.append(.init(name, type))
    return tables.defineValue(tables.index(of: type), by: -1)
  }

  package func record(_ diagnostic: Diagnostic) {
    diagnostics.append(diagnostic.located(at: location))
  }

  /// The function with these results; throws what was recorded, and a bug if a result is poison without a record.
  package func finish(name: String, results: [Function.Result]) throws(Diagnostics) -> Function {
    if !diagnostics.isEmpty { throw Diagnostics(diagnostics) }
    if let result = results.first(where: { $0.value == .poison }) {
      throw Diagnostics([Diagnostic("result '\(result.name)' of '\(name)' has no value", kind: .bug)])
    }
    return tables.function(name: name, results: results)
  }

  /// A function of no parameters and no results.
  package var emptyFunction: Function { FunctionTables().function(name: "empty", results: []) }

  // MARK: Looking at what is there

  package func type(of value: Value) -> TensorType {
    value == .poison ? TensorType(.f32, .scalar) : tables.type(of: value)
  }

  /// The op and operands that define a value; `nil` for parameters and poison.
  package func definition(of value: Value) -> (op: any Op, operands: ArraySlice<Value>)? {
    guard value != .poison, let number = definitionNumber(of: value) else { return nil }
    return (tables.ops[Int(tables.instructions[Int(number)].op)], operands(ofInstruction: number))
  }

  /// Whether a value is the result of an instruction that has no other.
  package func isOnlyResult(_ value: Value) -> Bool {
    definitionNumber(of: value).map { tables.instructions[Int($0)].resultCount == 1 } ?? false
  }

  /// The number of the instruction that defines a value, `nil` for parameters.
  package func definitionNumber(of value: Value) -> Int32? {
    let number = tables.definitions[Int(value.index)]
    return number < 0 ? nil : number
  }

  package func operands(ofInstruction number: Int32) -> ArraySlice<Value> {
    tables.operandPool[tables.instructions[Int(number)].operandRange]
  }

  /// An instruction's op, operands, results and place.
  package func instruction(
    _ number: Int32
  ) -> (op: any Op, operands: ArraySlice<Value>, results: [Value], location: SourceLocation?) {
    let row = tables.instructions[Int(number)]
    return (
      tables.ops[Int(row.op)], operands(ofInstruction: number), resultValues(row),
      row.location < 0 ? nil : tables.locations[Int(row.location)]
    )
  }

  /// For every value, whether it depends on one of `inputs` (which do themselves).
  package func valuesDependent(on inputs: [Value]) -> [Bool] { tables.valuesDependent(on: inputs) }

  /// The scalar operation that defines a value element by element, if it is one.
  package func scalarOp(of value: Value) -> ScalarOp? {
    value == .poison ? nil : tables.scalarOp(of: value)
  }

  package func op(of handle: OpHandle) -> any Op { tables.ops[Int(handle.index)] }

  package func scalarOp(of handle: OpHandle) -> ScalarOp? { tables.scalarOps[Int(handle.index)] }

  /// An operand of the instruction that defines a value; there must be one.
  package func operand(_ index: Int, of value: Value) -> Value { tables.operand(index, of: value) }

  // MARK: Scopes

  /// From here on, new instructions are shared among each other and with none before: a branch computes on its own what
  /// it names, whatever else computes the same. Instructions without operands are shared with all.
  ///
  /// So the function has equal instructions if values of a scope are used outside.
  package func openScope() { tables.openScope() }

  /// Ends the latest scope, whose instructions are shared with none that come later.
  package func closeScope() { tables.closeScope() }

  // MARK: Instructions

  /// The handle of an op, entered into the table if it is new.
  package func handle(for op: any Op) -> OpHandle { OpHandle(index: index(of: op)) }

  /// `op(a)`, for an op with one result.
  package func emit(_ op: some Op, _ a: Value) -> Value {
    guard let known = knownIndex(of: op) else { return emit(op, [a])[0] }
    return emit(OpHandle(index: known), a, .poison)
  }

  /// `op(a, b)`, for an op with one result.
  package func emit(_ op: some Op, _ a: Value, _ b: Value) -> Value {
    if a == .poison || b == .poison { return .poison }
    guard let known = knownIndex(of: op) else { return emit(op, [a, b])[0] }
    return emit(OpHandle(index: known), a, b)
  }

  /// `op(operands…)`: one value for every result.
  package func emit(_ op: any Op, _ operands: [Value]) -> [Value] {
    if operands.contains(.poison) { return poison(op, operands) }
    let opIndex: Int32
    if let known = knownIndex(of: op) {
      opIndex = known
    } else {
      // Its rules may be asked for only once its attributes are known to make sense.
      do {
        _ = try op.resultTypes(operands.map { type(of: $0) })
      } catch {
        record(error)
        return poison(op, operands)
      }
      opIndex = index(of: op)
    }
    if let found = tables.find(opIndex, operands) { return resultValues(tables.instructions[found]) }
    let resultTypes: [TensorType]
    do {
      resultTypes = try op.resultTypes(operands.map { type(of: $0) })
      for type in resultTypes { try requireRepresentable(type, "'\(op.name)' gives") }
    } catch {
      record(error)
      return poison(op, operands)
    }
    let number = tables.append(opIndex, operands, resultTypes: resultTypes)
    return resultValues(tables.instructions[number])
  }

  /// What `op(operands…)` is, if that has been emitted; for an op with one result.
  package func emitted(_ op: any Op, _ operands: [Value]) -> Value? {
    guard let index = knownIndex(of: op) else { return nil }
    return tables.find(index, operands).map {
      resultValues(tables.instructions[$0])[0]
    }
  }

  /// The op of a handle applied to one operand, or to two if `b` is not poison; for an op with one result.
  package func emit(_ op: OpHandle, _ a: Value, _ b: Value = .poison) -> Value {
    if a == .poison { return .poison }
    if let value = tables.emit(op.index, a, b) { return value }
    // The types have not been seen with this op before.
    do {
      let operandTypes = b == .poison ? [type(of: a)] : [type(of: a), type(of: b)]
      let type = try tables.ops[Int(op.index)].resultTypes(operandTypes)[0]
      try requireRepresentable(type, "'\(tables.ops[Int(op.index)].name)' gives")
      return tables.append(op.index, a, b, type: type)
    } catch {
      record(error)
      return .poison
    }
  }

  /// Operands that fit alone may have a result whose elements can't be counted.
  private func requireRepresentable(_ type: TensorType, _ what: @autoclosure () -> String) throws(Diagnostic) {
    if type.isRepresentable { return }
    throw Diagnostic("\(what()) \(type), which is no type: \(TensorType.extentRule)")
  }

  private func poison(_ op: any Op, _ operands: [Value]) -> [Value] {
    let types = operands.map { type(of: $0) }
    let count = (try? op.resultTypes(types))?.count ?? 1
    return [Value](repeating: .poison, count: count)
  }

  private func resultValues(_ instruction: Function.Instruction) -> [Value] {
    (0..<Int(instruction.resultCount)).map { Value(Int(instruction.firstResult) + $0) }
  }

  private func knownIndex(of op: some Op) -> Int32? {
    if let number = op.denseNumber, number < denseOpIndices.count {
      return denseOpIndices[number] >= 0 ? denseOpIndices[number] : nil
    }
    return opIndices[OpKey(op: op)]
  }

  private func index(of op: some Op) -> Int32 {
    if let number = op.denseNumber, number < denseOpIndices.count, denseOpIndices[number] >= 0 {
      return denseOpIndices[number]
    }
    let key = OpKey(op: op)
    let index: Int32
    if let known = opIndices[key] {
      index = known
    } else {
      index = tables.add(op)
      opIndices[key] = index
    }
    if let number = op.denseNumber, number < denseOpIndices.count { denseOpIndices[number] = index }
    return index
  }
}

/// An op of any type as a dictionary key.
private struct OpKey: Hashable {
  let op: any Op

  static func == (a: OpKey, b: OpKey) -> Bool { a.op.isEqual(to: b.op) }
  func hash(into hasher: inout Hasher) { op.hash(into: &hasher) }
}
