import GradC
import GradCNN

/// A block of an encoder (Vaswani et al. 2017) with normalisation first.
private struct EncoderBlock: TensorStructure {
  var attentionNorm: LayerNorm
  /// Queries, keys and values side by side.
  var projection: Dense
  var output: Dense
  var feedForwardNorm: LayerNorm
  var expand: Dense
  var contract: Dense
  var heads: Int

  static func input(_ dtype: DType, features: Int, heads: Int, hidden: Int) -> EncoderBlock {
    func norm() -> LayerNorm {
      var norm = LayerNorm(1, dtype: dtype)
      norm.scale = .input("scale", dtype, [features])
      norm.offset = .input("offset", dtype, [features])
      return norm
    }
    func dense(_ inputs: Int, _ outputs: Int) -> Dense {
      Dense(weight: .input("weight", dtype, [inputs, outputs]), bias: .input("bias", dtype, [outputs]))
    }
    return EncoderBlock(
      attentionNorm: norm(), projection: dense(features, 3 * features), output: dense(features, features),
      feedForwardNorm: norm(), expand: dense(features, hidden), contract: dense(hidden, features), heads: heads)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let attended = x + output(attention(projection(attentionNorm(x))))
    return attended + contract(Self.gelu(expand(feedForwardNorm(attended))))
  }

  /// Every head by itself: `softmax(q kᵀ / √d) v`.
  private func attention(_ projected: Tensor) -> Tensor {
    let (batch, positions, features) = (projected.shape[0], projected.shape[1], projected.shape[2] / 3)
    let size = features / heads
    let parts = projected.split(into: 3, axis: -1).map {
      $0.reshaped(to: [batch, positions, heads, size]).transposed([0, 2, 1, 3])
    }
    let scores = matmul(parts[0], parts[1].swappingAxes(-1, -2)) * (1 / Double(size).squareRoot())
    return matmul(softmax(scores), parts[2]).transposed([0, 2, 1, 3]).reshaped(to: [batch, positions, features])
  }

  /// The approximation of gelu by tanh (Hendrycks and Gimpel 2016).
  private static func gelu(_ x: Tensor) -> Tensor {
    let inner: Tensor = (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)
    return 0.5 * x * (1 + tanh(inner))
  }

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit("attentionNorm", &attentionNorm)
    visitor.visit("projection", &projection)
    visitor.visit("output", &output)
    visitor.visit("feedForwardNorm", &feedForwardNorm)
    visitor.visit("expand", &expand)
    visitor.visit("contract", &contract)
  }
}

extension Workload {
  /// W8: the mean square of what an encoder block gives.
  static func transformer(
    _ dtype: DType = .f32, batch: Int = 8, positions: Int = 128, features: Int = 256, heads: Int = 4, hidden: Int = 1024
  ) -> Workload {
    @Sendable func f() throws -> TracedFunction<EncoderBlock, Tensor, Tensor> {
      try trace(
        "encoder", EncoderBlock.input(dtype, features: features, heads: heads, hidden: hidden),
        .input("x", dtype, [batch, positions, features])
      ) { block, x in
        square(block(x)).mean()
      }
    }
    func layer(_ weight: String, _ bias: String, _ inputs: Int) -> [Input] {
      [.normal(weight, deviation: 1 / Double(inputs).squareRoot()), .normal(bias, deviation: 0.1)]
    }
    func norm(_ number: Int) -> [Input] {
      [.normal("g\(number)", mean: 1, deviation: 0.1), .normal("be\(number)", deviation: 0.1)]
    }
    let inputs: [Input] =
      norm(1) + layer("Wqkv", "bqkv", features) + layer("Wo", "bo", features) + norm(2)
      + layer("Wf1", "bf1", features) + layer("Wf2", "bf2", hidden)
    return Workload(
      "W8", "encoder block, batch \(batch), \(positions) positions of \(features), \(heads) heads, \(dtype)",
      .valueAndGradient(count: 12), inputs: inputs + [.normal("x")],
      results: ["val"] + inputs.map { "g_" + $0.files[0] }, function: { try f().graph },
      compile: { try f().valueAndGrad { block, _ in block }.compile().graph })
  }
}
