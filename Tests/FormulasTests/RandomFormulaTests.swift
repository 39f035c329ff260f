import Basics
import Formulas
import TensorIR
import TestSupport
import Testing
import Transforms

/// What is written down has the values of the function.
@Suite struct RandomFormulaTests {
  @Test(arguments: [RandomFunction.Kind.smooth, .moderate]) func scalars(_ kind: RandomFunction.Kind) throws {
    var count = 0
    let seeds = fuzzSeeds(150)
    for seed in seeds {
      let random = try RandomFunction(seed: seed, .init(kind, opCount: 1...10, maximumElementCount: 1))
      if try check(random.function, random.inputs, random) { count += 1 }
    }
    #expect(count > seeds.count / 3)
  }

  @Test func derivatives() throws {
    var count = 0
    let seeds = fuzzSeeds(100)
    for seed in seeds {
      let random = try RandomFunction(
        seed: seed, .init(.smooth, opCount: 1...6, maximumElementCount: 1, hasScalarResult: true))
      let wrt = random.function.parameters.indices.filter { random.function.parameters[$0].type.dtype.isFloating }
      if wrt.isEmpty { continue }
      if try check(try random.function.grad(wrt: wrt), random.inputs, random) { count += 1 }
    }
    #expect(count > seeds.count / 3)
  }

  @Test(arguments: [RandomFunction.Kind.smooth, .moderate]) func tensors(_ kind: RandomFunction.Kind) throws {
    var count = 0
    let seeds = fuzzSeeds(150)
    for seed in seeds {
      let random = try RandomFunction(seed: seed, .init(kind, opCount: 1...5, maximumElementCount: 12))
      if try check(random.function, random.inputs, random) { count += 1 }
    }
    #expect(count > seeds.count / 3)
  }

  /// Whether there is a formula; compares its values with those of the interpreter.
  private func check(_ function: Function, _ inputs: [ReferenceTensor], _ random: RandomFunction) throws -> Bool {
    // Integers can be divided by 0; the formula has no value there.
    let dividesIntegers = function.instructions.contains {
      ["div", "rem"].contains(function.op(of: $0).name) && !function.operandTypes(of: $0)[0].dtype.isFloating
    }
    if dividesIntegers { return false }
    let formulas: [FunctionFormula]
    do {
      formulas = try function.formulas()
    } catch {
      for diagnostic in error.all { #expect(diagnostic.kind == .unsupported, "\(diagnostic)\n\(random)") }
      return false
    }
    let parameters = Dictionary(uniqueKeysWithValues: zip(function.parameters.map(\.name), inputs))
    let expected = try Interpreter.evaluate(function, inputs)
    let noise = try roundingNoise(function, inputs)
    for (number, formula) in formulas.enumerated() {
      let shape = formula.type.shape
      for place in 0..<shape.elementCount {
        let index = shape.index(at: place)
        func value(_ symbol: Symbol) -> Double {
          switch symbol {
          case .variable(let name, let indices):
            guard let tensor = parameters[name] else { return .nan }
            let position = zip(indices, tensor.shape.strides).reduce(0) { $0 + ($1.0.number?.integer ?? -1) * $1.1 }
            return (0..<tensor.count).contains(position) ? tensor.doubles[position] : .nan
          case .index(.free(let axis, _)): return Double(index[axis])
          default: return .nan
          }
        }
        let found: Double
        switch formula.elements {
        case .indexed(let one): found = one.value(value)
        case .listed(let all): found = all[place].value(value)
        }
        let exact = expected[number].doubles[place]
        let scale = function.types.contains { $0.dtype == .f32 } ? 1e-3 : 1e-9
        // Wherever the function has a value, the formula has it too.
        let isClose =
          found == exact || exact.isNaN
          || abs(found - exact) <= scale * max(1, abs(exact)) + 1000 * noise[number][place]
        let names = Array(parameters.keys)
        #expect(isClose, "\(found), not \(exact), from \(formula.text(.unicode, parameters: names))\n\(random)")
        if !isClose { return true }
      }
    }
    return true
  }
}
