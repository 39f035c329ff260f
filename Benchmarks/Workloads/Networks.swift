import GradC
import GradCNN

/// What a step of training gives.
private struct Step<Network: TensorStructure>: TensorStructure {
  var loss: Tensor
  var network: Network

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit("loss", &loss)
    visitor.visit("network", &network)
  }
}

/// A step of gradient descent, by which the network becomes another in place.
private func trainingStep<Network: TensorStructure>(
  _ network: Network, _ x: Tensor, _ y: Tensor, rate: Double, loss: (Network, Tensor, Tensor) -> Tensor
) throws -> CompiledGraph {
  try trace("step", network, x, y) { network, x, y in
    let value = loss(network, x, y)
    let next = SGD(learningRate: Tensor(rate)).update(network, gradient(of: value, wrt: network))
    return Step(loss: value, network: next)
  }.compile { step, network, _, _ in [Update(network, to: step.network)] }.graph
}

extension MLP {
  /// Placeholders for the layers of a network.
  fileprivate static func input(
    _ widths: [Int], _ dtype: DType, activation: @escaping @Sendable (Tensor) -> Tensor
  ) -> MLP {
    let layers = zip(widths, widths.dropFirst()).map {
      Dense(weight: .input("weight", dtype, [$0, $1]), bias: .input("bias", dtype, [$1]))
    }
    return MLP(layers: layers, activation: activation)
  }
}

extension Workload {
  private static func weightNames(_ prefix: String, _ layers: Int) -> [String] {
    (1...layers).flatMap { ["\(prefix)W\($0)", "\(prefix)b\($0)"] }
  }

  /// W2: the squared error of a 4-16-16-1 network for one example.
  static func tinyNetwork(_ dtype: DType = .f32) -> Workload {
    let widths = [4, 16, 16, 1]
    @Sendable func f() throws -> TracedFunction<MLP, Tensor, Tensor, Tensor> {
      try trace("network", .input(widths, dtype) { tanh($0) }, .input("x", dtype, [4]), .input("t", dtype, [1])) {
        network, x, t in
        meanSquaredError(network(x), t)
      }
    }
    return Workload(
      "W2", "squared error of a 4-16-16-1 tanh network, one example, and its gradient, \(dtype)",
      .valueAndGradient(count: 6),
      inputs: Input.network(widths, biasDeviation: 0.1) + [.normal("x"), Input("t") { _, _ in [0.5] }],
      results: ["val"] + weightNames("g_", 3), function: { try f().graph },
      compile: { try f().valueAndGrad { network, _, _ in network }.compile().graph })
  }

  /// The mean cross entropy of a network of ReLU layers.
  private static func classifierLoss(_ network: MLP, _ x: Tensor, _ y: Tensor) -> Tensor {
    softmaxCrossEntropy(network(x), labels: y)
  }

  private static func classifier(
    _ dtype: DType, _ widths: [Int], _ batch: Int
  ) -> (network: MLP, x: Tensor, y: Tensor) {
    (.input(widths, dtype) { relu($0) }, .input("x", dtype, [batch, widths[0]]), .input("y", .i32, [batch]))
  }

  /// W6: a step of gradient descent of a 784-256-128-10 network of ReLU layers.
  static func classifierStep(
    _ dtype: DType = .f32, widths: [Int] = [784, 256, 128, 10], batch: Int = 128
  ) -> Workload {
    @Sendable func inputs() -> (network: MLP, x: Tensor, y: Tensor) { classifier(dtype, widths, batch) }
    return Workload(
      "W6", "a step of a network of widths \(widths), batch \(batch), \(dtype)", .step(count: 6, rate: 0.01),
      inputs: Input.network(widths) + [.uniform("x", 0...1), .integers("y", below: widths[widths.count - 1])],
      results: ["val"] + weightNames("new_", 3),
      function: {
        let (network, x, y) = inputs()
        return try trace("loss", network, x, y) { classifierLoss($0, $1, $2) }.graph
      },
      compile: {
        let (network, x, y) = inputs()
        return try trainingStep(network, x, y, rate: 0.01) { classifierLoss($0, $1, $2) }
      })
  }

  /// W9: the product of the Hessian of W6's loss with a vector.
  static func classifierHessianVectorProduct(
    _ dtype: DType = .f32, widths: [Int] = [784, 256, 128, 10], batch: Int = 128
  ) -> Workload {
    @Sendable func f() throws -> TracedFunction<MLP, Tensor, Tensor, Tensor> {
      let (network, x, y) = classifier(dtype, widths, batch)
      return try trace("loss", network, x, y) { classifierLoss($0, $1, $2) }
    }
    return Workload(
      "W9_hvp", "Hessian–vector product of a network of widths \(widths), batch \(batch), \(dtype)",
      .hessianVectorProduct(count: 6),
      inputs: Input.network(widths).map { $0.inFolder("W6") } + [
        .uniform("W6/x", 0...1), .integers("W6/y", below: widths[widths.count - 1]),
      ] + weightNames("W9h/v", 3).map { .normal($0) },
      results: weightNames("hv_", 3), function: { try f().graph },
      compile: {
        let product = try f().hvp { network, _, _ in network }
        let (network, x, y) = classifier(dtype, widths, batch)
        return try trace("product", network, x, y, network) { product($0, $1, $2, $3).tangent }.compile().graph
      })
  }
}

/// LeCun's LeNet-5 (1998) with maxima for averages and ReLU for its sigmoids.
private struct LeNet: TensorStructure {
  var first: Tensor
  var firstBias: Tensor
  var second: Tensor
  var secondBias: Tensor
  var dense: MLP

  static func input(_ dtype: DType) -> LeNet {
    LeNet(
      first: .input("first", dtype, [6, 1, 5, 5]), firstBias: .input("bias", dtype, [6]),
      second: .input("second", dtype, [16, 6, 5, 5]), secondBias: .input("bias", dtype, [16]),
      dense: .input([400, 120, 84, 10], dtype) { relu($0) })
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    var h = convolution(x, first, padding: .each([2, 2])) + firstBias.reshaped(to: [6, 1, 1])
    h = maxPool(relu(h), [2, 2])
    h = convolution(h, second) + secondBias.reshaped(to: [16, 1, 1])
    h = maxPool(relu(h), [2, 2])
    return dense(h.reshaped(to: [x.shape[0], 400]))
  }

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit("first", &first)
    visitor.visit("firstBias", &firstBias)
    visitor.visit("second", &second)
    visitor.visit("secondBias", &secondBias)
    visitor.visit("dense", &dense)
  }
}

extension Workload {
  /// W7: a step of gradient descent of LeNet-5 on images of 28×28.
  static func convolutionalStep(_ dtype: DType = .f32, batch: Int = 64) -> Workload {
    @Sendable func loss(_ network: LeNet, _ x: Tensor, _ y: Tensor) -> Tensor {
      softmaxCrossEntropy(network(x), labels: y)
    }
    let (x, y) = (Tensor.input("x", dtype, [batch, 1, 28, 28]), Tensor.input("y", .i32, [batch]))
    return Workload(
      "W7", "a step of LeNet-5 on 28×28, batch \(batch), \(dtype)", .step(count: 10, rate: 0.01),
      inputs: [.he("C1", 25), .zeros("c1"), .he("C2", 150), .zeros("c2")] + Input.network([400, 120, 84, 10])
        + [.uniform("x", 0...1), .integers("y", below: 10)],
      results: ["val", "new_C1", "new_c1", "new_C2", "new_c2"] + weightNames("new_", 3),
      function: { try trace("loss", LeNet.input(dtype), x, y) { loss($0, $1, $2) }.graph },
      compile: { try trainingStep(LeNet.input(dtype), x, y, rate: 0.01) { loss($0, $1, $2) } })
  }
}
