import Basics
import TensorIR
import TensorOps
import TestSupport
import Testing
import Transforms

/// Cotangents of the weights of a loop are products of stacks.
@Suite struct StackedProductTests {
  private func loop(_ body: String, _ result: String = "f64[3]") -> String {
    """
    func @f(%x: f64[6,3], %w: f64[3,3], %c: \(result)) -> (y: f64[]) {
      %3 = scan %c, %x, %w {length = 6, carries = 1, stacks = 1, reversed = 0, body = func @step(%c: \(result), %x: f64[3], %w: f64[3,3]) -> (n: \(result)) {
    \(body)
      }}
      %4 = reduce_sum %3 {axes = [\(result == "f64[3]" ? "0" : "0, 1")]}
      return %4
    }
    """
  }

  private let dot = "{left_contracting = [1], right_contracting = [0], left_batch = [], right_batch = []}"

  @Test func weightsOfARecurrentNetwork() throws {
    let text =
      loop(
        """
            %3 = dot_general %w, %c \(dot)
            %4 = add %3, %x
            %5 = sin %4
            return %5
        """) + """

        // CHECK: func @f_grad
        // CHECK: @step_transposed
        // CHECK-SAME: -> (next0: f64[3], next1: f64[3]) {
        // CHECK: dot_general %{{[0-9]+}}, %{{[0-9]+}} {left_contracting = [0], right_contracting = [0]
        // CHECK: return
        """
    #expect(checkRewrite(text) { try $0.grad(wrt: [1]) } == [])
  }

  /// The values are those of sums in the loop.
  @Test func gradients() throws {
    let bodies = [
      "%3 = dot_general %w, %c \(dot)\n%4 = add %3, %x\n%5 = sin %4\nreturn %5",
      // Weights that are used twice, and one of whose factors is not of the step.
      "%3 = dot_general %w, %c \(dot)\n%4 = dot_general %w, %x \(dot)\n%5 = mul %3, %4\nreturn %5",
      "%3 = dot_general %w, %c \(dot)\n%4 = dot_general %x, %w {left_contracting = [0], right_contracting = [0], left_batch = [], right_batch = []}\n%5 = add %3, %4\n%6 = sin %5\nreturn %6",
    ]
    for body in bodies {
      let function = try Function(parsing: loop(body), ops: OpRegistry.make)
      var random = SplitMix(seed: 3)
      let inputs: [ReferenceTensor] = function.parameters.map { parameter in
        ReferenceTensor(
          floating: (0..<parameter.type.elementCount).map { _ in Double.random(in: -1...1, using: &random) },
          type: parameter.type)
      }
      let found = try Interpreter.evaluate(try function.grad(wrt: [1]), inputs)[0].doubles
      for (index, slope) in found.enumerated() {
        func value(_ step: Double) throws -> Double {
          var changed = inputs[1].doubles
          changed[index] += step
          return try Interpreter.evaluate(
            function, [inputs[0], ReferenceTensor(floating: changed, type: inputs[1].type), inputs[2]])[0].doubles[0]
        }
        let difference = (try value(1e-5) - value(-1e-5)) / 2e-5
        #expect(abs(slope - difference) <= 1e-6 * max(1, abs(difference)), "\(body)")
      }
    }
  }
}
