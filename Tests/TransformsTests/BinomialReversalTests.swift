import Basics
import TensorIR
import TensorOps
import TestSupport
import Testing
import Transforms

/// Loops that are reversed from a few carries.
@Suite struct BinomialReversalTests {
  /// No other order of steps computes fewer again, for the carries that are kept.
  @Test func fewestStepsAreComputedAgain() throws {
    for checkpoints in 1...5 {
      for steps in [2, 3, 4, 5, 6, 7, 8, 10, 11, 15, 16, 20, 21, 29] {
        let leave = try #require(try leaveCheckpoint(steps: steps, checkpoints: checkpoints))
        let slots = leave.parameterTypes[0]
        var positions = [Int64](repeating: 0, count: slots.shape[0])
        var (top, count) = (0, 0)
        for step in (0..<steps).reversed() {
          while positions[top] < step {
            let start = positions[top]
            let results = try Interpreter.evaluate(
              leave,
              [
                ReferenceTensor(floating: [Double](repeating: 0, count: positions.count), type: slots),
                ReferenceTensor(integer: positions, type: TensorType(.i64, slots.shape)),
                ReferenceTensor(integer: [Int64(top)], type: TensorType(.i64, [])),
                ReferenceTensor(integer: [Int64(step)], type: TensorType(.i64, [])),
              ])
            positions = results[1].integers
            top = Int(results[2].integers[0])
            try #require(positions[top] > start && positions[top] <= step)
            count += Int(positions[top] - start)
          }
          top -= 1
        }
        #expect(count == fewest(steps, checkpoints), "\(steps) steps, \(checkpoints) checkpoints")
      }
    }
  }

  /// The steps to compute again, by trying every place for the next checkpoint.
  private func fewest(_ steps: Int, _ checkpoints: Int) -> Int {
    var best = [[Int]](repeating: [0, 0], count: checkpoints + 1)
    for count in 2...steps {
      for kept in 1...checkpoints {
        best[kept].append(
          kept == 1
            ? count * (count - 1) / 2
            : (1..<count).map { $0 + best[kept - 1][count - $0] + best[kept][$0] }.min() ?? 0)
      }
      best[0].append(0)
    }
    return best[checkpoints][steps]
  }

  /// The part of the transposed loop that goes on to where a carry is left.
  private func leaveCheckpoint(steps: Int, checkpoints: Int) throws -> Function? {
    let builder = FunctionBuilder()
    let x = builder.parameter("x", TensorType(.f64, []))
    let body = FunctionBuilder()
    let carry = Term(body, body.parameter("c", TensorType(.f64, [])))
    let step = try body.finish(name: "step", results: [.init("y", carry.applying(.sin).value)])
    let loop = Scan(
      body: step, length: steps, carryCount: 1, stackCount: 0, isReversed: false, checkpointCount: checkpoints)
    let function = try builder.finish(name: "f", results: [.init("y", builder.emit(loop, [x])[0])])
    return nested(try function.grad(wrt: [0])).first { $0.name == "leave_checkpoint" }
  }

  private func nested(_ function: Function) -> [Function] {
    [function]
      + function.ops.flatMap { op -> [Function] in
        guard case .controlFlow(let flow) = op.derivative else { return [] }
        return flow.functions.flatMap { nested($0) }
      }
  }

  /// The carries alone are kept, whatever the number of steps.
  @Test func memoryIsThatOfTheCarries() throws {
    let text = """
      func @f(%x: f64[40], %w: f64[]) -> (y: f64[]) {
        %2 = broadcast %w {shape = [], axes = []}
        %3, %4 = scan %2, %x, %w {length = 40, carries = 1, stacks = 1, reversed = 0, checkpoints = 3, body = func @step(%c: f64[], %x: f64[], %w: f64[]) -> (n: f64[], y: f64[]) {
          %3 = mul %c, %w
          %4 = add %3, %x
          %5 = sin %4
          %6 = mul %5, %x
          return %5, %6
        }}
        %5 = reduce_sum %4 {axes = [0]}
        %6 = add %5, %3
        return %6
      }
      // CHECK: func @f_value_and_grad
      // CHECK: scan {{.*}}checkpoints = 3
      // CHECK: while
      // CHECK-NOT: f64[40,
      // CHECK: return
      """
    #expect(checkRewrite(text) { try $0.valueAndGrad(wrt: [0, 1]) } == [])
  }
}
