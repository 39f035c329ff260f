import Basics
import TensorIR
import TensorOps
import TestSupport
import Testing
import Transforms

/// Every registered op and its derivatives as machine code and as kernel IR, against the reference interpreter.
@Suite struct RegistryMachineCodeTests {
  private func tolerance(_ dtype: DType) -> Double { dtype == .f32 ? 1e-4 : 1e-9 }

  private func check(_ function: Function, _ inputs: [ReferenceTensor], _ what: String) throws {
    let expected = try Interpreter.evaluate(function, inputs)
    let subject = try Subject(function, inputs)
    for (name, found) in [("kernel IR", try subject.interpreted()), ("machine code", try subject.tiled())] {
      if let difference = firstDifference(expected, found, tolerance: tolerance) {
        Issue.record("\(what) as \(name): \(difference)\n\(function)\n\(subject.program)")
      }
    }
  }

  private func floatingOperands(_ example: OpExample) -> [Int] {
    let isFloating = (try? example.op.resultTypes(example.operands))?.first?.dtype.isFloating == true
    return isFloating ? example.operands.indices.filter { example.operands[$0].dtype.isFloating } : []
  }

  @Test func valuesAndDerivatives() throws {
    var random = SplitMix(seed: 1)
    for example in OpRegistry.examples {
      let function = try example.function()
      let x = example.sampleOperands(&random)
      let wrt = floatingOperands(example)
      do {
        guard !wrt.isEmpty else {
          try check(function, x, "\(example.op.name)")
          continue
        }
        let v = wrt.map { ReferenceTensor.sample(example.operands[$0], from: .range(-1...1), &random) }
        let c = ReferenceTensor.sample(function.resultTypes[0], from: .range(-1...1), &random)
        try check(function.jvp(wrt: wrt), x + v, "jvp of \(example.op.name)")
        let pullback = try function.vjp(wrt: wrt)
        try check(pullback, x + [c], "vjp of \(example.op.name)")
        let u = wrt.map { ReferenceTensor.sample(example.operands[$0], from: .range(-1...1), &random) }
        try check(pullback.jvp(wrt: wrt), x + [c] + u, "jvp of vjp of \(example.op.name)")
      } catch {
        Issue.record("\(example.op.name) \(example.operands): \(error)")
      }
    }
  }
}
