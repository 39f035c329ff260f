import Basics
import KernelIR
import Passes
import TensorIR
import TensorOps
import TestSupport
import Testing
import Transforms

/// The vector dialect gives the bits of the tile dialect.
@Suite struct VectorTests {
  private func floatingOperands(_ example: OpExample) -> [Int] {
    let isFloating = (try? example.op.resultTypes(example.operands))?.first?.dtype.isFloating == true
    return isFloating ? example.operands.indices.filter { example.operands[$0].dtype.isFloating } : []
  }

  private func compare(_ subjects: [(name: String, subject: Subject)], _ compiler: String) throws {
    for start in stride(from: 0, to: subjects.count, by: 256) {
      let batch = Array(subjects[start..<min(start + 256, subjects.count)])
      let library = try VectorLibrary(batch.map(\.subject), compiler: compiler, options: ["-O1"])
      for (index, (name, subject)) in batch.enumerated() {
        let expected = try subject.tiled(subject.contracted)
        let found = try library.results(of: index)
        if let difference = firstDifference(expected, found, tolerance: { _ in 0 }) {
          Issue.record("\(name) by \(compiler): \(difference)\n\(subject.contracted)")
        }
      }
    }
  }

  /// Values, cotangents and tangents of these for every op.
  @Test(arguments: ["gcc", "clang"]) func registry(_ compiler: String) throws {
    var random = SplitMix(seed: 11)
    var subjects: [(name: String, subject: Subject)] = []
    for example in OpRegistry.examples {
      let function = try example.function()
      let x = example.sampleOperands(&random)
      let wrt = floatingOperands(example)
      if wrt.isEmpty {
        subjects.append(("\(example.op.name)", try Subject(function, x)))
        continue
      }
      let pullback = try function.vjp(wrt: wrt)
      let c = pullback.parameterTypes[x.count...].map { ReferenceTensor.sample($0, from: .range(-1...1), &random) }
      subjects.append(("vjp of \(example.op.name)", try Subject(pullback, x + c)))
    }
    try compare(subjects, compiler)
  }

  @Test(arguments: ["gcc", "clang"]) func randomFunctions(_ compiler: String) throws {
    var subjects: [(name: String, subject: Subject)] = []
    for kind in RandomFunction.Kind.allCases {
      for seed in fuzzSeeds(60) {
        let random = try RandomFunction(seed: seed, .init(kind))
        subjects.append(("\(random)", try Subject(random.function, random.inputs)))
      }
    }
    try compare(subjects, compiler)
  }

  /// Kernels, products and calls that are cut into chunks however small they are.
  @Test(arguments: ["gcc", "clang"]) func chunks(_ compiler: String) throws {
    var subjects: [(name: String, subject: Subject)] = []
    for kind in RandomFunction.Kind.allCases {
      for seed in fuzzSeeds(40) {
        let random = try RandomFunction(seed: seed, .init(kind))
        let subject = try Parallelism.$current.withValue(.everywhere) {
          try Subject(random.function, random.inputs, seed % 2 == 0 ? .withoutCache : CostModel())
        }
        subjects.append(("\(random)", subject))
      }
    }
    try compare(subjects, compiler)
  }
}
