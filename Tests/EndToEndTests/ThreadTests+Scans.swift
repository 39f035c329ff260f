import GradC
import KernelIR
import Passes
import TestSupport
import Testing

/// Scans whose rows threads share.
extension ThreadTests {
  /// The gradient of a long short-term memory, with numbers of examples that parts do and do not divide.
  private func memory(_ steps: Int, batch: Int, hidden: Int) throws -> Graph {
    let inputs: [Tensor] = [
      .input("w", .f32, [hidden, 4 * hidden]), .input("b", .f32, [4 * hidden]),
      .input("x", .f32, [steps, batch, 4 * hidden]),
    ]
    return try trace("memory", inputs) { inputs in
      let start = [zeros([batch, hidden], .f32), zeros([batch, hidden], .f32)]
      let states = scan(start, over: inputs[2]) { carry, row in
        let gates = (row + inputs[1] + matmul(carry[0], inputs[0])).split(into: 4, axis: -1)
        let c = sigmoid(gates[1]) * carry[1] + sigmoid(gates[0]) * tanh(gates[2])
        let h = sigmoid(gates[3]) * tanh(c)
        return ([h, c], h)
      }.outputs
      let value = square(states).mean()
      return [value] + gradient(of: value, wrt: inputs)
    }.graph
  }

  @Test(arguments: [(4, 6, true), (8, 5, true), (7, 6, false)])
  func scans(_ batch: Int, _ hidden: Int, _ hasParts: Bool) throws {
    try checkScan(memory(5, batch: batch, hidden: hidden), .everywhere, hasParts: hasParts)
  }

  /// As many as pay.
  @Test func longScans() throws { try checkScan(memory(20, batch: 32, hidden: 64), .standard, hasParts: true) }

  private func checkScan(_ graph: Graph, _ parallelism: Parallelism, hasParts: Bool) throws {
    let inputs = try graph.parameters.map { port in
      try numbers(port.type.shape.extents, 37).cast(to: .f32).array()
    }
    defer { Threads.count = 0 }
    let expected = try graph.evaluate(inputs)
    var first: [NDArray]?
    for tier in [Tier.tier0, .tier1] {
      let compiled = try Parallelism.$current.withValue(parallelism) { try graph.compile(tier) }
      let reasons = compiled.kernels.steps.map(\.reason)
      #expect(reasons.contains { $0.contains("each part does all iterations") } == hasParts, "\(compiled.kernels)")
      for count in [1, 2, 3] {
        Threads.count = count
        let found = try compiled(inputs)
        if first == nil {
          first = found
          for (a, b) in zip(found, expected) { #expect(a.isClose(to: b, relative: 1e-3, absolute: 1e-5)) }
        }
        #expect(found == first, "\(tier), \(count) threads")
      }
    }
  }
}
