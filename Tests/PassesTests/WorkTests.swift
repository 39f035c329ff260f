import KernelIR
import Passes
import TensorIR
import TestSupport
import Testing

/// Passes never make a function more work than it is.
@Suite struct WorkTests {
  @Test(arguments: RandomFunction.Kind.allCases)
  func noPassAddsWork(_ kind: RandomFunction.Kind) throws {
    for seed in fuzzSeeds(150) {
      let random = try RandomFunction(seed: seed, .init(kind))
      // Sharing and dropping alone: what the rules are measured against.
      let plain = try Pipeline([Passes.deadCode, Passes.commonSubexpressions]).run(random.function)
      for pass in [Passes.folding, Passes.algebra, Passes.simplify] {
        let result = try Pipeline([pass, Passes.deadCode]).run(plain)
        #expect(work(result) <= work(plain), "\(pass.name), seed \(seed)\n\(plain)\nbecame\n\(result)")
      }
    }
  }

  /// Scalar operations, weighted as fusion weighs them; elements combined and moved otherwise.
  private func work(_ function: Function) -> Int {
    function.instructions.reduce(0) { sum, instruction in
      let operands = function.operands(of: instruction).map { function.type(of: $0) }
      let count = function.type(of: Value(Int(instruction.firstResult))).elementCount
      switch function.op(of: instruction).lowering {
      case .scalar(let op): return sum + op.work * count
      case .reduce: return sum + operands[0].elementCount
      case .dot(let axes):
        return sum + 2 * count * axes.leftContracting.reduce(1) { $0 * operands[0].shape[$1] }
      case .constant, .iota, .view, .reshape, .composed: return sum
      case .cast, .take, .place, .scatter, .cumulate, .foldWindows, .dynamicSlice, .dynamicUpdate, .library:
        return sum + count
      case .controlFlow(let flow): return flow.functions.reduce(sum) { $0 + work($1) }
      }
    }
  }
}
