import Basics
import TensorIR
import TestSupport
import Testing

@Suite struct VerifierTests {
  /// A function with one table spoiled.
  private func spoiled(_ spoil: (inout Function.Tables) -> Void) throws -> Function {
    let builder = FunctionBuilder()
    let x = builder.parameter("x", f32x2)
    let sum = builder.emit(ToyOp("add"), x, x)
    let parts = builder.emit(ToyOp("parts"), [sum])
    let function = try builder.finish(name: "f", results: [.init("y", sum), .init("k", parts[1])])
    var tables = function.tables
    spoil(&tables)
    return Function(unchecked: tables)
  }

  @Test func soundFunctions() throws {
    try spoiled { _ in }.verify()
    try everything().verify()
    try chain(50).verify()
  }

  /// The second instruction is made equal to the first.
  private static func twice(_ tables: Function.Tables) -> Function.Tables {
    var tables = tables
    tables.instructions[1].op = 0
    tables.instructions[1].operandCount = 2
    tables.instructions[1].resultCount = 1
    tables.operandPool = [Value(0), Value(0), Value(0), Value(0)]
    tables.valueTypes.removeLast()
    tables.definitions.removeLast()
    tables.results.removeLast()
    return tables
  }

  static let damages: [(invariant: Int, damage: @Sendable (inout Function.Tables) -> Void)] = [
    (1, { $0.instructions[0].op = 9 }),
    (1, { $0.instructions[1].location = 4 }),
    (1, { $0.instructions[1].resultCount = 5 }),
    (1, { $0.valueTypes[1] = -2 }),
    (1, { $0.results[0].value = Value(8) }),
    (2, { $0.instructions[1].firstResult = 1 }),
    (2, { $0.parameters += [.init("p", f32x2)] }),
    (
      2,
      {
        $0.valueTypes.append(0)
        $0.definitions.append(1)
      }
    ),
    (3, { $0.definitions[0] = 0 }),
    (3, { $0.definitions[2] = 0 }),
    (3, { _ = $0.definitions.popLast() }),
    (4, { $0.instructions[0].firstOperand = 1 }),
    (4, { $0.operandPool.append(Value(0)) }),
    (5, { $0.operandPool[2] = Value(2) }),
    (5, { $0.operandPool[0] = .poison }),
    (6, { $0.valueTypes[3] = 0 }),
    (6, { $0.parameters[0].type = TensorType(.f64, [2]) }),
    (6, { $0.ops[0] = ToyOp("make") }),
    (7, { $0.types.append(TensorType(.f32, [-1])) }),
    (8, { $0.types.append($0.types[0]) }),
    (8, { $0.ops.append($0.ops[1]) }),
    (8, { $0 = twice($0) }),
    (9, { $0.ops[0] = ToyOp("a b") }),
    (9, { $0.ops[0] = ToyOp("add", [.init("a", .integer(1)), .init("a", .integer(2))]) }),
    (
      10,
      {
        var nested = $0
        nested.instructions[0].op = 7
        $0.ops[0] = ToyOp("add", [.init("f", .function(Function(unchecked: nested)))])
      }
    ),
  ]

  @Test(arguments: damages.indices)
  func damageIsFound(_ index: Int) throws {
    let (invariant, damage) = Self.damages[index]
    let function = try spoiled(damage)
    #expect {
      try function.verify()
    } throws: { error in
      guard let error = error as? Diagnostics else { return false }
      return error.all.contains { $0.kind == .bug && $0.message.contains("breaks invariant \(invariant):") }
    }
  }
}
