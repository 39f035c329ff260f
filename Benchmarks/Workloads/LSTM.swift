import GradC

/// Weights of a long short-term memory (Hochreiter and Schmidhuber 1997), its four gates side by side.
private struct Memory: TensorStructure {
  var input: Tensor
  var state: Tensor
  var bias: Tensor

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit("input", &input)
    visitor.visit("state", &state)
    visitor.visit("bias", &bias)
  }

  /// The next `[h, c]`; `driven` is `x Wₓ + b`.
  func next(_ carry: [Tensor], _ driven: Tensor) -> [Tensor] {
    let gates = (driven + matmul(carry[0], state)).split(into: 4, axis: -1)
    let c = sigmoid(gates[1]) * carry[1] + sigmoid(gates[0]) * tanh(gates[2])
    return [sigmoid(gates[3]) * tanh(c), c]
  }
}

extension Workload {
  /// W11: the mean square of all states of a long short-term memory.
  ///
  /// - Parameter hoisted: Whether the product with all inputs is taken at once, before the loop.
  static func lstm(
    _ dtype: DType = .f32, steps: Int = 100, features: Int = 32, hidden: Int = 64, batch: Int = 32, hoisted: Bool = true
  ) -> Workload {
    @Sendable func f() throws -> TracedFunction<Memory, Tensor, Tensor> {
      let memory = Memory(
        input: .input("input", dtype, [features, 4 * hidden]), state: .input("state", dtype, [hidden, 4 * hidden]),
        bias: .input("bias", dtype, [4 * hidden]))
      return try trace("lstm", memory, .input("x", dtype, [steps, batch, features])) { memory, x in
        let start = [zeros([batch, hidden], dtype), zeros([batch, hidden], dtype)]
        let driven = hoisted ? matmul(x, memory.input) + memory.bias : x
        let states = scan(start, over: driven) { carry, row in
          let next = memory.next(carry, hoisted ? row : matmul(row, memory.input) + memory.bias)
          return (next, next[0])
        }.outputs
        return square(states).mean()
      }
    }
    return Workload(
      "W11" + (hoisted ? "" : "/not_hoisted"),
      "LSTM of \(steps) steps, hidden \(hidden), batch \(batch), and its gradient, \(dtype)",
      .valueAndGradient(count: 3),
      inputs: [
        .normal("Wx", deviation: 1 / Double(features).squareRoot()),
        .normal("Wh", deviation: 1 / Double(hidden).squareRoot()), .normal("b", deviation: 0.1), .normal("x"),
      ], results: ["val", "g_Wx", "g_Wh", "g_b"], function: { try f().graph },
      compile: { try f().valueAndGrad { memory, _ in memory }.compile().graph })
  }
}
