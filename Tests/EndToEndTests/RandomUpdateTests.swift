import Basics
import GradC
import KernelIR
import Passes
import TensorIR
import TestSupport
import Testing

/// Random functions, some of whose results are written in place of parameters, give the same bits as without.
@Suite struct RandomUpdateTests {
  @Test(arguments: RandomFunction.Kind.allCases)
  func updatesChangeNoBit(_ kind: RandomFunction.Kind) throws {
    var count = 0
    for seed in fuzzSeeds(120) {
      let random = try RandomFunction(seed: seed, .init(kind, dtypes: [.f64, .f32], maximumElementCount: 40))
      let graph = try Graph(parsing: random.function.description)
      var updates: [String: String] = [:]
      for parameter in graph.parameters {
        let free = graph.results.filter { !updates.values.contains($0.name) && $0.type == parameter.type }
        updates[parameter.name] = free.last?.name
      }
      if updates.isEmpty { continue }
      count += updates.count
      let inputs = try random.inputs.map { try NDArray($0.doubles, shape: $0.shape).cast(to: $0.dtype) }
      let expected = try graph.compile()(inputs)
      let found = try graph.compile(updating: updates)(inputs)
      let isSame = zip(expected, found).allSatisfy { a, b in
        a.withUnsafeBytes { a in b.withUnsafeBytes { b in a.elementsEqual(b) } }
      }
      if !isSame { Issue.record("\(updates)\n\(random)\n\(try graph.kernels(updating: updates))") }
      let program = try Program(parsing: graph.kernels(updating: updates).description)
      try program.verify()
    }
    #expect(count > 10)
  }
}
