import Basics
import TensorIR
import TensorOps
import TestSupport
import Testing

@Suite struct RandomFunctionTests {
  @Test(arguments: RandomFunction.Kind.allCases)
  func functionsAreSound(_ kind: RandomFunction.Kind) throws {
    var ops: Set<String> = []
    var instructionCount = 0
    for seed in 0..<UInt64(200) {
      let random = try RandomFunction(seed: seed, .init(kind))
      do {
        try random.function.verify()
        try random.function.verifyRoundTrip(ops: OpRegistry.make)
        #expect(try Interpreter.evaluate(random.function, random.inputs) == random.results, "\(random)")
      } catch {
        Issue.record("\(error)\n\(random)")
      }
      instructionCount += random.function.instructions.count
      ops.formUnion(random.function.ops.map(\.name))
      if kind != .exact {
        let isFinite = random.results.allSatisfy { $0.doubles.allSatisfy(\.isFinite) }
        #expect(isFinite, "\(random)")
      }
    }
    #expect(instructionCount > 200 * 15)
    // What no function of the kind can have.
    let jumps: Set<String> = ["floor", "ceil", "round", "trunc", "sign", "rem", "eq", "ne", "lt", "le", "gt", "ge"]
    // Derivatives alone make these.
    let missing = Set(OpRegistry.names).subtracting(ops).subtracting(["custom_jvp", "custom_vjp", "linear_call"])
    switch kind {
    case .exact: #expect(!ops.contains("exp") && !ops.contains("fma") && missing.count > 20)
    // Rare ones may be missing from so few functions.
    case .moderate: #expect(missing.count <= 3, "\(missing)")
    case .smooth: #expect(ops.isDisjoint(with: jumps) && ops.isSuperset(of: ["sin", "dot_general", "scatter_add"]))
    }
  }

  @Test func sameSeedSameFunction() throws {
    let options = RandomFunction.Options(.moderate)
    let (a, b) = (try RandomFunction(seed: 7, options), try RandomFunction(seed: 7, options))
    #expect(a.function == b.function && a.inputs == b.inputs)
    #expect(try RandomFunction(seed: 8, options).function != a.function)
  }

  @Test func scalarLoss() throws {
    for seed in 0..<UInt64(50) {
      let random = try RandomFunction(seed: seed, .init(.smooth, hasScalarResult: true))
      #expect(random.function.resultTypes == [TensorType(.f64, [])])
    }
  }
}
