import Basics
import KernelIR

/// The growing tables of a function under construction. A struct of its own, so that a builder, which is a class,
/// checks for exclusive access once per instruction and not once per table.
struct FunctionTables {
  var parameters: [Function.Parameter] = []
  var ops: [any Op] = []
  /// By op: the scalar operation of elementwise ones.
  var scalarOps: [ScalarOp?] = []
  var types: [TensorType] = []
  var instructions: [Function.Instruction] = []
  var operandPool: [Value] = []
  var valueTypes: [Int32] = []
  var definitions: [Int32] = []
  var locations: [SourceLocation] = []
  /// Into `locations`, given to instructions from now on; -1 for none.
  var currentLocation: Int32 = -1

  private var typeIndices: [TensorType: Int32] = [:]
  private var interned = InternTable()
  private var inferred = InferenceCache()

  mutating func reserve(_ count: Int) {
    instructions.reserveCapacity(count)
    operandPool.reserveCapacity(2 * count)
    valueTypes.reserveCapacity(count)
    definitions.reserveCapacity(count)
    interned.reserve(values: count, instructions: count)
  }

  func function(name: String, results: [Function.Result]) -> Function {
    Function(
      name: name, parameters: parameters, ops: ops, types: types, instructions: instructions,
      operandPool: operandPool, valueTypes: valueTypes, definitions: definitions, results: results,
      locations: locations)
  }

  // MARK: Looking

  func type(of value: Value) -> TensorType { types[Int(valueTypes[Int(value.index)])] }

  func scalarOp(of value: Value) -> ScalarOp? {
    let number = definitions[Int(value.index)]
    return number < 0 ? nil : scalarOps[Int(instructions[Int(number)].op)]
  }

  func operand(_ index: Int, of value: Value) -> Value {
    operandPool[Int(instructions[Int(definitions[Int(value.index)])].firstOperand) + index]
  }

  func valuesDependent(on inputs: [Value]) -> [Bool] {
    var dependent = [Bool](repeating: false, count: valueTypes.count)
    for input in inputs { dependent[Int(input.index)] = true }
    // Nothing before the first of them depends on one: a body at the end of a long function is found at its own cost.
    let first = inputs.map { definitions[Int($0.index)] }.min() ?? Int32(instructions.count)
    let (instructions, pool) = (self.instructions[Int(max(first, 0))...], operandPool)
    for instruction in instructions {
      guard instruction.operandRange.contains(where: { dependent[Int(pool[$0].index)] }) else { continue }
      for result in 0..<Int(instruction.resultCount) { dependent[Int(instruction.firstResult) + result] = true }
    }
    return dependent
  }

  /// The instruction with this op and these operands.
  func find(_ op: Int32, _ operands: [Value]) -> Int? {
    interned.find(op, operands) { number in
      let instruction = instructions[number]
      return instruction.op == op && Int(instruction.operandCount) == operands.count
        && operandPool[instruction.operandRange].elementsEqual(operands)
    }
  }

  // MARK: Scopes

  mutating func openScope() { interned.openScope() }

  mutating func closeScope() {
    interned.closeScope { operandPool[instructions[$0].operandRange].max() ?? .poison }
  }

  // MARK: Growing

  mutating func add(_ op: any Op) -> Int32 {
    ops.append(op)
    if case .scalar(let scalar) = op.lowering { scalarOps.append(scalar) } else { scalarOps.append(nil) }
    return Int32(ops.count - 1)
  }

  mutating func index(of type: TensorType) -> Int32 {
    if let index = typeIndices[type] { return index }
    let index = Int32(types.count)
    types.append(type)
    typeIndices[type] = index
    return index
  }

  mutating func defineValue(_ type: Int32, by instruction: Int32) -> Value {
    valueTypes.append(type)
    definitions.append(instruction)
    interned.addValue()
    return Value(valueTypes.count - 1)
  }

  /// The value of an op with one result on one or two operands; `nil` if its type has to be inferred first.
  mutating func emit(_ op: Int32, _ a: Value, _ b: Value) -> Value? {
    let count = b == .poison ? 1 : 2
    let found = interned.find(op, a, b) { number in
      let instruction = instructions[number]
      guard instruction.op == op, instruction.operandCount == count else { return false }
      let start = Int(instruction.firstOperand)
      return operandPool[start] == a && (count < 2 || operandPool[start + 1] == b)
    }
    if let found { return Value(Int(instructions[found].firstResult)) }
    let bType = count > 1 ? valueTypes[Int(b.index)] : -1
    guard let type = inferred.find(op, valueTypes[Int(a.index)], bType) else { return nil }
    return append(op, a, b, typeIndex: type)
  }

  /// `emit` with the type that was inferred.
  mutating func append(_ op: Int32, _ a: Value, _ b: Value, type: TensorType) -> Value {
    let typeIndex = index(of: type)
    inferred.insert(
      op, valueTypes[Int(a.index)], b == .poison ? -1 : valueTypes[Int(b.index)], typeIndex)
    return append(op, a, b, typeIndex: typeIndex)
  }

  private mutating func append(_ op: Int32, _ a: Value, _ b: Value, typeIndex: Int32) -> Value {
    let number = instructions.count
    instructions.append(
      .init(
        op: op, firstOperand: Int32(operandPool.count), operandCount: b == .poison ? 1 : 2,
        firstResult: Int32(valueTypes.count), resultCount: 1, location: currentLocation))
    operandPool.append(a)
    if b != .poison { operandPool.append(b) }
    interned.append(op, a, b)
    return defineValue(typeIndex, by: Int32(number))
  }

  /// A new instruction; gives its number.
  mutating func append(_ op: Int32, _ operands: [Value], resultTypes: [TensorType]) -> Int {
    let number = instructions.count
    instructions.append(
      .init(
        op: op, firstOperand: Int32(operandPool.count), operandCount: Int32(operands.count),
        firstResult: Int32(valueTypes.count), resultCount: Int32(resultTypes.count), location: currentLocation))
    operandPool.append(contentsOf: operands)
    interned.append(op, operands)
    for type in resultTypes { _ = defineValue(index(of: type), by: Int32(number)) }
    return number
  }
}

extension Function.Instruction {
  /// Where its operands are in the pool.
  @inlinable
  package var operandRange: Range<Int> { Int(firstOperand)..<Int(firstOperand) + Int(operandCount) }
}
