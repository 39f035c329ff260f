import Basics
import KernelIR
import Passes
import TensorIR
import TensorOps
import TestSupport
import Testing

/// Values computed again at every use where memory is bounded.
@Suite struct RecomputationTests {
  /// Two costly values, each used by a kernel before and one after a product.
  private func function() throws -> Function {
    let dot = "{left_contracting = [1], right_contracting = [0], left_batch = [], right_batch = []}"
    return try #require(
      try Module(
        parsing: """
          func @f(%x: f64[64,64], %w: f64[64,64]) -> (y: f64[]) {
            %2 = tanh %x : f64[64,64]
            %3 = exp %2 : f64[64,64]
            %4 = mul %3, %x : f64[64,64]
            %5 = dot_general %4, %w \(dot) : f64[64,64]
            %6 = sin %5 : f64[64,64]
            %7 = dot_general %6, %w \(dot) : f64[64,64]
            %8 = mul %7, %3 : f64[64,64]
            %9 = reduce_sum %8 {axes = [0,1]} : f64[]
            return %9
          }
          """, ops: OpRegistry.make
      ).functions.first)
  }

  @Test func aBoundMakesValuesBeComputedAgain() throws {
    let function = try Pipelines.standard.run(function())
    let plain = try function.lowered()
    // The costly value lives through both products, beside an operand and a result.
    #expect(plain.arenaByteCount == 3 * 64 * 64 * 8)
    let bounded = try function.lowered(memoryBound: 2 * 64 * 64 * 8)
    try bounded.verify()
    #expect(bounded.arenaByteCount == 2 * 64 * 64 * 8)
    var random = SplitMix(seed: 1)
    let inputs = function.parameterTypes.map { type in
      let sample = ReferenceTensor.sample(type, from: .range(-1...1), &random)
      return HostBuffer(type, sample.scalars)
    }
    #expect(try plain.interpret(inputs) == bounded.interpret(inputs))
    // Nothing changes where there is room.
    #expect(try function.lowered(memoryBound: plain.arenaByteCount) == plain)
  }

  @Test func aBoundThatNothingFitsIsAnError() throws {
    let function = try Pipelines.standard.run(function())
    let error = #expect(throws: Diagnostics.self) { _ = try function.lowered(memoryBound: 1000) }
    #expect(error?.description.contains("the bound of 1000") == true)
  }

  /// Random functions at half of their memory, if that can be had, mean the same.
  @Test func randomFunctions() throws {
    var fits = 0
    for seed in fuzzSeeds(100) {
      let random = try RandomFunction(seed: seed, .init(.exact))
      let simple = try Pipelines.standard.run(random.function)
      let plain = try simple.lowered()
      guard plain.arenaByteCount > 128, let bounded = try? simple.lowered(memoryBound: plain.arenaByteCount - 64) else {
        continue
      }
      fits += 1
      try bounded.verify()
      let inputs = random.inputs.map { HostBuffer($0.type, $0.scalars) }
      #expect(try plain.interpret(inputs) == bounded.interpret(inputs), "\(random)\n\(bounded)")
    }
    print("recomputation saves memory of \(fits) functions")
  }
}
