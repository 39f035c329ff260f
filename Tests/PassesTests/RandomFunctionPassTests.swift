import Basics
import Passes
import TensorIR
import TestSupport
import Testing

/// Passes keep the meaning of random functions.
@Suite struct RandomFunctionPassTests {
  @Test(arguments: RandomFunction.Kind.allCases)
  func standardPipelineKeepsMeaning(_ kind: RandomFunction.Kind) throws {
    for seed in fuzzSeeds(120) {
      let random = try RandomFunction(seed: seed, .init(kind))
      do {
        let simple = try Pipelines.standard.run(random.function, verify: true)
        let results = try Interpreter.evaluate(simple, random.inputs)
        let difference = firstDifference(random.results, results) { dtype in
          kind == .exact ? 0 : dtype == .f32 ? 1e-4 : 1e-9
        }
        if let difference { Issue.record("\(difference)\n\(random)\nsimplified:\n\(simple)") }
        _ = try simple.lowered()
      } catch {
        Issue.record("\(error)\n\(random)")
      }
    }
  }
}
