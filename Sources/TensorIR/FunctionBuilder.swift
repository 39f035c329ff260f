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
  package private(set) var parameters: [Function.Parameter] = []
  private var ops: [any Op] = []
  /// By op: the scalar operation of elementwise ones.
  private var scalarOps: [ScalarOp?] = []
  private var types: [TensorType] = []
  private var instructions: [Function.Instruction] = []
  private var operandPool: [Value] = []
  private var valueTypes: [Int32] = []
  private var definitions: [Int32] = []
  private var locations: [SourceLocation] = []

  private var opIndices: [OpKey: Int32] = [:]
  private var denseOpIndices = [Int32](repeating: -1, count: 64)
  private var typeIndices: [TensorType: Int32] = [:]
  private var locationIndices: [SourceLocation: Int32] = [:]
  private var interned = InternTable()
  private var inferred = InferenceCache()

  /// What went wrong so far.
  package private(set) var diagnostics: [Diagnostic] = []

  /// The place given to instructions from now on.
  package var location: SourceLocation? {
    didSet {
      guard location != oldValue else { return }
      guard let location else {
        locationIndex = -1
        return
      }
      if let index = locationIndices[location] {
        locationIndex = index
      } else {
        locationIndex = Int32(locations.count)
        locations.append(location)
        locationIndices[location] = locationIndex
      }
    }
  }
  private var locationIndex: Int32 = -1

  package init() {}

  package var instructionCount: Int { instructions.count }
  package var valueCount: Int { valueTypes.count }

  /// Makes room for about this many instructions.
  package func reserve(_ count: Int) {
    instructions.reserveCapacity(count)
    operandPool.reserveCapacity(2 * count)
    valueTypes.reserveCapacity(count)
    definitions.reserveCapacity(count)
  }

  // MARK: Parameters and results

  /// Adds a parameter; all parameters come before the first instruction.
  package func parameter(_ name: String, _ type: TensorType) -> Value {
    guard instructions.isEmpty else {
      record(Diagnostic("parameter '\(name)' is declared after the first instruction", kind: .bug))
      return .poison
    }
    parameters.append(.init(name, type))
    return defineValue(index(of: type), by: -1)
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
    return Function(
      name: name, parameters: parameters, ops: ops, types: types, instructions: instructions,
      operandPool: operandPool, valueTypes: valueTypes, definitions: definitions, results: results,
      locations: locations)
  }

  // MARK: Looking at what is there

  package func type(of value: Value) -> TensorType {
    value == .poison ? TensorType(.f32, .scalar) : types[Int(valueTypes[Int(value.index)])]
  }

  /// The op and operands that define a value; `nil` for parameters and poison.
  package func definition(of value: Value) -> (op: any Op, operands: ArraySlice<Value>)? {
    guard value != .poison else { return nil }
    let index = definitions[Int(value.index)]
    guard index >= 0 else { return nil }
    let instruction = instructions[Int(index)]
    let start = Int(instruction.firstOperand)
    return (ops[Int(instruction.op)], operandPool[start..<start + Int(instruction.operandCount)])
  }

  /// The number of the instruction that defines a value, `nil` for parameters.
  package func definitionNumber(of value: Value) -> Int32? {
    let number = definitions[Int(value.index)]
    return number < 0 ? nil : number
  }

  package func operands(ofInstruction number: Int32) -> ArraySlice<Value> {
    let instruction = instructions[Int(number)]
    let start = Int(instruction.firstOperand)
    return operandPool[start..<start + Int(instruction.operandCount)]
  }

  /// An instruction's op, operands, results and place.
  package func instruction(
    _ number: Int32
  ) -> (op: any Op, operands: ArraySlice<Value>, results: [Value], location: SourceLocation?) {
    let row = instructions[Int(number)]
    return (
      ops[Int(row.op)], operands(ofInstruction: number), resultValues(row),
      row.location < 0 ? nil : locations[Int(row.location)]
    )
  }

  /// For every value, whether it depends on one of `inputs` (which do themselves).
  package func valuesDependent(on inputs: [Value]) -> [Bool] {
    var dependent = [Bool](repeating: false, count: valueCount)
    for input in inputs { dependent[Int(input.index)] = true }
    for instruction in instructions {
      let start = Int(instruction.firstOperand)
      guard (start..<start + Int(instruction.operandCount)).contains(where: { dependent[Int(operandPool[$0].index)] })
      else { continue }
      for result in 0..<Int(instruction.resultCount) { dependent[Int(instruction.firstResult) + result] = true }
    }
    return dependent
  }

  /// The scalar operation that defines a value element by element, if it is one.
  package func scalarOp(of value: Value) -> ScalarOp? {
    guard value != .poison else { return nil }
    let number = definitions[Int(value.index)]
    return number < 0 ? nil : scalarOps[Int(instructions[Int(number)].op)]
  }

  package func op(of handle: OpHandle) -> any Op { ops[Int(handle.index)] }

  package func scalarOp(of handle: OpHandle) -> ScalarOp? { scalarOps[Int(handle.index)] }

  /// An operand of the instruction that defines a value; there must be one.
  package func operand(_ index: Int, of value: Value) -> Value {
    operandPool[Int(instructions[Int(definitions[Int(value.index)])].firstOperand) + index]
  }

  // MARK: Instructions

  /// The handle of an op, entered into the table if it is new.
  package func handle(for op: any Op) -> OpHandle { OpHandle(index: index(of: op)) }

  /// `op(a)`, for an op with one result.
  package func emit(_ op: some Op, _ a: Value) -> Value {
    emit(OpHandle(index: index(of: op)), a, .poison)
  }

  /// `op(a, b)`, for an op with one result.
  package func emit(_ op: some Op, _ a: Value, _ b: Value) -> Value {
    if a == .poison || b == .poison { return .poison }
    return emit(OpHandle(index: index(of: op)), a, b)
  }

  /// `op(operands…)`: one value for every result.
  package func emit(_ op: any Op, _ operands: [Value]) -> [Value] {
    if operands.contains(.poison) { return poison(op, operands) }
    let opIndex = index(of: op)
    let hash = InternTable.hash(opIndex, operands)
    if let found = interned.find(hash, where: { matches($0, opIndex, operands[...]) }) {
      return resultValues(instructions[found])
    }
    let resultTypes: [TensorType]
    do {
      resultTypes = try op.resultTypes(operands.map { type(of: $0) })
    } catch {
      record(error)
      return poison(op, operands)
    }
    let number = append(opIndex, operands, hash: hash, resultCount: resultTypes.count)
    for type in resultTypes { _ = defineValue(index(of: type), by: Int32(number)) }
    return resultValues(instructions[number])
  }

  /// The op of a handle applied to one operand, or to two if `b` is not poison; for an op with one result.
  package func emit(_ op: OpHandle, _ a: Value, _ b: Value = .poison) -> Value {
    if a == .poison { return .poison }
    let opIndex = op.index
    let isBinary = b != .poison
    let count = isBinary ? 2 : 1
    let hash = InternTable.hash(opIndex, a, b)
    let found = interned.find(hash) { number in
      let instruction = instructions[number]
      guard instruction.op == opIndex, instruction.operandCount == count else { return false }
      let start = Int(instruction.firstOperand)
      return operandPool[start] == a && (!isBinary || operandPool[start + 1] == b)
    }
    if let found { return Value(Int(instructions[found].firstResult)) }
    let aType = valueTypes[Int(a.index)]
    let bType = isBinary ? valueTypes[Int(b.index)] : -1
    let typeIndex: Int32
    if let known = inferred.find(opIndex, aType, bType) {
      typeIndex = known
    } else {
      do {
        let operandTypes = isBinary ? [type(of: a), type(of: b)] : [type(of: a)]
        let resultTypes = try ops[Int(opIndex)].resultTypes(operandTypes)
        typeIndex = index(of: resultTypes[0])
        inferred.insert(opIndex, aType, bType, typeIndex)
      } catch {
        record(error)
        return .poison
      }
    }
    let number = append(opIndex, a, b, count: count, hash: hash)
    return defineValue(typeIndex, by: Int32(number))
  }

  private func poison(_ op: any Op, _ operands: [Value]) -> [Value] {
    let types = operands.map { type(of: $0) }
    let count = (try? op.resultTypes(types))?.count ?? 1
    return [Value](repeating: .poison, count: count)
  }

  private func append(_ op: Int32, _ operands: [Value], hash: Int, resultCount: Int) -> Int {
    let number = instructions.count
    instructions.append(
      .init(
        op: op, firstOperand: Int32(operandPool.count), operandCount: Int32(operands.count),
        firstResult: Int32(valueTypes.count), resultCount: Int32(resultCount), location: locationIndex))
    operandPool.append(contentsOf: operands)
    interned.insert(number, hash)
    return number
  }

  private func append(_ op: Int32, _ a: Value, _ b: Value, count: Int, hash: Int) -> Int {
    let number = instructions.count
    instructions.append(
      .init(
        op: op, firstOperand: Int32(operandPool.count), operandCount: Int32(count),
        firstResult: Int32(valueTypes.count), resultCount: 1, location: locationIndex))
    operandPool.append(a)
    if count > 1 { operandPool.append(b) }
    interned.insert(number, hash)
    return number
  }

  private func defineValue(_ type: Int32, by instruction: Int32) -> Value {
    valueTypes.append(type)
    definitions.append(instruction)
    return Value(valueTypes.count - 1)
  }

  private func resultValues(_ instruction: Function.Instruction) -> [Value] {
    (0..<Int(instruction.resultCount)).map { Value(Int(instruction.firstResult) + $0) }
  }

  private func matches(_ number: Int, _ op: Int32, _ operands: ArraySlice<Value>) -> Bool {
    let instruction = instructions[number]
    guard instruction.op == op, Int(instruction.operandCount) == operands.count else { return false }
    let start = Int(instruction.firstOperand)
    return operandPool[start..<start + operands.count].elementsEqual(operands)
  }

  private func index(of type: TensorType) -> Int32 {
    if let index = typeIndices[type] { return index }
    let index = Int32(types.count)
    types.append(type)
    typeIndices[type] = index
    return index
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
      index = Int32(ops.count)
      ops.append(op)
      if case .scalar(let scalar) = op.lowering { scalarOps.append(scalar) } else { scalarOps.append(nil) }
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
