import Basics
import TensorIR
import TestSupport
import Testing
import Transforms

/// Random functions mean the same to the reference interpreter, the kernel interpreter, tile C under libtcc and
/// portable C under gcc and clang.
@Suite struct RandomFunctionTests {
  /// A double may have been a float on its way.
  private func tolerance(_ random: RandomFunction) -> (DType) -> Double {
    let hasSingles = random.function.types.contains { $0.dtype == .f32 }
    return { _ in random.options.kind == .exact ? 0 : hasSingles ? 1e-4 : 1e-9 }
  }

  @Test(arguments: RandomFunction.Kind.allCases)
  func allBackEndsAgree(_ kind: RandomFunction.Kind) throws {
    let seeds = fuzzSeeds(170)
    for start in stride(from: seeds.lowerBound, to: seeds.upperBound, by: 64) {
      let batch = start..<min(start + 64, seeds.upperBound)
      var subjects: [(RandomFunction, Subject)] = []
      for seed in batch {
        let random = try RandomFunction(seed: seed, .init(kind))
        do {
          let subject = try Subject(random.function, random.inputs)
          subjects.append((random, subject))
          try compare(random, "kernel IR", random.results, try subject.interpreted(), subject)
          try compare(random, "tile C", random.results, try subject.tiled(), subject)
          try compareContracted(random, subject)
        } catch {
          Issue.record("\(error)\n\(random)")
        }
      }
      for compiler in ["gcc", "clang"] {
        let library = try PortableLibrary(subjects.map(\.1), compiler: compiler, optimisation: "-O1")
        for (index, (random, subject)) in subjects.enumerated() {
          try compare(random, "portable C by \(compiler)", random.results, try library.results(of: index), subject)
        }
      }
    }
  }

  /// Contraction rounds in other places, so exact results are those of the contracted kernels.
  private func compareContracted(_ random: RandomFunction, _ subject: Subject) throws {
    let expected = random.options.kind == .exact ? try subject.interpreted(subject.contracted) : random.results
    try compare(random, "contracted tile C", expected, try subject.tiled(subject.contracted), subject)
  }

  private func compare(
    _ random: RandomFunction, _ what: String, _ expected: [ReferenceTensor], _ actual: [ReferenceTensor],
    _ subject: Subject
  ) throws {
    guard firstDifference(expected, actual, tolerance: tolerance(random)) != nil else { return }
    // Perhaps the function magnifies what rounding does.
    let noise = random.options.kind == .exact ? nil : try roundingNoise(random.function, random.inputs)
    let slack = noise.map { $0.map { $0.map { 8 * $0 } } }
    guard let difference = firstDifference(expected, actual, slack: slack, tolerance: tolerance(random)) else { return }
    Issue.record("\(what): \(difference)\n\(random)\n\(subject.program)")
  }
}
