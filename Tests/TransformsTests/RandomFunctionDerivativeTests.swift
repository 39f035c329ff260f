import Basics
import TensorIR
import TestSupport
import Testing
import Transforms

/// Derivatives of random smooth functions: forward mode against finite differences, reverse against forward mode.
@Suite struct RandomFunctionDerivativeTests {
  @Test func forwardAndReverse() throws {
    for seed in fuzzSeeds(100) {
      let random = try RandomFunction(seed: seed, .init(.smooth, opCount: 1...20, hasScalarResult: true))
      do {
        if let failure = try check(random, seed) { Issue.record("\(failure)\n\(random)") }
      } catch {
        Issue.record("\(error)\n\(random)")
      }
    }
  }

  private func check(_ random: RandomFunction, _ seed: UInt64) throws -> String? {
    var generator = SplitMix(seed: seed &+ 1_000_000)
    let function = random.function
    let wrt = Array(function.parameters.indices)
    let directions = random.inputs.map { ReferenceTensor.sample($0.type, from: .range(-1...1), &generator) }

    let forward = try function.jvp(wrt: wrt)
    try forward.verify()
    let tangent = try Interpreter.evaluate(forward, random.inputs + directions)[1].doubles[0]

    func value(_ scale: Double) throws -> Double {
      let moved = zip(random.inputs, directions).map { input, direction in
        ReferenceTensor(
          floating: zip(input.doubles, direction.doubles).map { $0 + scale * $1 }, type: input.type)
      }
      return try Interpreter.evaluate(function, moved)[0].doubles[0]
    }
    func difference(_ step: Double) throws -> Double { (try value(step) - value(-step)) / (2 * step) }
    // The error of a difference falls with the square of the step, so that two of them cancel it and tell what is left.
    let (coarse, fine) = (try difference(2e-5), try difference(1e-5))
    let limit = fine + (fine - coarse) / 3
    if !(abs(limit - tangent) <= 1e-5 * max(1, abs(tangent)) + abs(fine - coarse) / 4) {
      return "finite differences give \(coarse) and \(fine), forward mode \(tangent)"
    }

    let reverse = try function.grad(wrt: wrt)
    try reverse.verify()
    let gradients = try Interpreter.evaluate(reverse, random.inputs)
    let product = zip(gradients, directions).reduce(0.0) { sum, pair in
      sum + zip(pair.0.doubles, pair.1.doubles).reduce(0.0) { $0 + $1.0 * $1.1 }
    }
    if !(abs(product - tangent) <= 1e-9 * max(1, abs(tangent))) {
      return "reverse mode gives \(product), forward mode \(tangent)"
    }
    return nil
  }
}
