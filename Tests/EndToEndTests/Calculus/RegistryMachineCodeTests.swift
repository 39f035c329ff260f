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

  /// Values and cotangents as portable C, all in one library: one example of every op, and all with empty operands.
  @Test func portableC() throws {
    var random = SplitMix(seed: 2)
    var subjects: [(name: String, subject: Subject)] = []
    var names: Set<String> = []
    for example in OpRegistry.examples {
      guard names.insert(example.op.name).inserted || example.operands.contains(where: \.shape.isEmpty) else {
        continue
      }
      let wrt = floatingOperands(example)
      let function = try wrt.isEmpty ? example.function() : example.function().vjp(wrt: wrt)
      let inputs = example.sampleOperands(&random)
      let seeds = function.parameterTypes[inputs.count...].map {
        ReferenceTensor.sample($0, from: .range(-1...1), &random)
      }
      subjects.append(("\(example.op.name) \(example.operands)", try Subject(function, inputs + seeds)))
    }
    let library = try PortableLibrary(subjects.map(\.subject), compiler: "gcc", optimisation: "-O0")
    for (index, (name, subject)) in subjects.enumerated() {
      let expected = try Interpreter.evaluate(subject.function, subject.inputs)
      if let difference = firstDifference(expected, try library.results(of: index), tolerance: tolerance) {
        Issue.record("\(name): \(difference)\n\(subject.program)")
      }
    }
  }

  /// Stacks of three, and stacks of no examples, through the ops and their cotangents.
  @Test func stacks() throws {
    var random = SplitMix(seed: 3)
    for example in OpRegistry.examples where !example.operands.isEmpty {
      let wrt = floatingOperands(example)
      let function = try wrt.isEmpty ? example.function() : example.function().vjp(wrt: wrt)
      for size in [0, 3] {
        do {
          let stacked = try function.vmap(batched: function.parameters.map { _ in true }, size: size)
          let inputs = zip(stacked.parameterTypes, 0...).map { type, index in
            let domain = example.domains.indices.contains(index) ? example.domains[index] : .range(-1...1)
            return ReferenceTensor.sample(type, from: domain, &random)
          }
          try check(stacked, inputs, "\(size) times \(function.name)")
        } catch {
          Issue.record("\(size) times \(example.op.name) \(example.operands): \(error)")
        }
      }
    }
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
        // Its results are value, cotangents, and the tangents of both.
        let pullback = try function.vjp(wrt: wrt)
        let c = pullback.parameterTypes[x.count...].map { ReferenceTensor.sample($0, from: .range(-1...1), &random) }
        let u = wrt.map { ReferenceTensor.sample(example.operands[$0], from: .range(-1...1), &random) }
        try check(pullback.jvp(wrt: wrt), x + c + u, "jvp of vjp of \(example.op.name)")
      } catch {
        Issue.record("\(example.op.name) \(example.operands): \(error)")
      }
    }
  }
}
