import GradC
import GradCNN
import Testing

@Suite struct TrainingTests {
  private func value(_ tensor: Tensor) throws -> Double { try tensor.item() }

  @Test func losses() throws {
    let logits = Tensor([1, 2, 3, 0, 0, 0], shape: [2, 3], dtype: .f64)
    let labels = Tensor(NDArray([Int32(2), 0]))
    let expected = [0.40760596444438, 1.0986122886681098]
    let each = try softmaxCrossEntropy(logits, labels: labels, reduction: .none).doubles()
    for (a, b) in zip(each, expected) { #expect(abs(a - b) < 1e-12) }
    #expect(abs(try value(softmaxCrossEntropy(logits, labels: labels)) - (expected[0] + expected[1]) / 2) < 1e-12)
    let (p, t) = (Tensor([1, 2, 5], dtype: .f64), Tensor([1, 4, 1], dtype: .f64))
    #expect(try value(meanSquaredError(p, t)) == 20.0 / 3)
    #expect(try value(meanAbsoluteError(p, t, reduction: .sum)) == 6)
    #expect(try huberLoss(p, t, reduction: .none).doubles() == [0, 1.5, 3.5])
    let z = Tensor([0, 1000, -1000], dtype: .f64)
    let binary = try binaryCrossEntropy(logits: z, Tensor([1, 1, 1], dtype: .f64), reduction: .none).doubles()
    #expect(abs(binary[0] - 0.6931471805599453) < 1e-12 && binary[1] == 0 && binary[2] == 1000)
  }

  @Test func optimisersFollowTheirFormulas() throws {
    let (p, g): (Tensor, Tensor) = (Tensor([1, 2], dtype: .f64), Tensor([0.5, -1], dtype: .f64))
    #expect(try SGD(learningRate: 0.1).update(p, g).doubles() == [0.95, 2.1])
    let momentum = Momentum(learningRate: 0.1, momentum: 0.5)
    var (q, v) = momentum.update(p, g, velocity: momentum.initialState(for: p))
    (q, v) = momentum.update(q, g, velocity: v)
    #expect(try v.doubles() == [0.75, -1.5])
    #expect(try q.doubles().map { ($0 * 1e12).rounded() / 1e12 } == [0.875, 2.25])
    // Adam's first step has the length of the rate, whatever the gradient's.
    let adam = Adam(learningRate: 0.01)
    let (r, state) = adam.update(p, g, state: adam.initialState(for: p))
    #expect(zip(try r.doubles(), [0.99, 2.01]).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(try state.step.item() == 1)
    let clip = clipped([Tensor([3, 0]), Tensor([0, 4])], norm: 1)
    #expect(zip(try clip.flatMap { try $0.doubles() }, [0.6, 0, 0, 0.8]).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func layers() throws {
    let norm = LayerNorm(2)
    let y = try norm(Tensor([1, 3, 2, 2], shape: [2, 2])).doubles()
    #expect(zip(y, [-1, 1, 0, 0]).allSatisfy { abs($0 - $1) < 1e-4 })
    let table = Embedding(count: 4, features: 3, key: RandomKey(seed: 2))
    #expect(table(Tensor(NDArray([Int32(1), 3]))).shape == [2, 3])
    let mlp = MLP(widths: [3, 5, 2], key: RandomKey(seed: 1))
    #expect(mlp.tensorNames == ["layers[0].weight", "layers[0].bias", "layers[1].weight", "layers[1].bias"])
    #expect(mlp(ones([7, 3])).shape == [7, 2])
    #expect(Dense(3, 2, bias: false, key: RandomKey(seed: 1)).tensors.count == 1)
  }

  /// A network learns exclusive or, one compiled function a step.
  @Test func trainsInOneFunction() throws {
    struct State: TensorStructure {
      var model: MLP
      var adam: Adam.State<MLP>
      var loss: Tensor
      mutating func visitTensors(_ visitor: inout TensorVisitor) {
        visitor.visit("model", &model)
        visitor.visit("adam", &adam)
        visitor.visit("loss", &loss)
      }
    }
    let adam = Adam(learningRate: 0.05)
    let model = MLP(widths: [2, 8, 2], key: RandomKey(seed: 5))
    var state = State(model: model, adam: adam.initialState(for: model), loss: zeros([]))
    let x = Tensor([0, 0, 0, 1, 1, 0, 1, 1], shape: [4, 2])
    let labels = Tensor(NDArray([Int32(0), 1, 1, 0]))
    let step = try trace("step", state, x, labels) { state, x, labels in
      let loss = softmaxCrossEntropy(state.model(x), labels: labels)
      let gradients = gradient(of: loss, wrt: state.model)
      let (model, adam) = adam.update(state.model, gradients, state: state.adam)
      return State(model: model, adam: adam, loss: loss)
    }.compile()
    for _ in 0..<200 { state = try step(state, x, labels) }
    #expect(try state.loss.item() < 0.05)
    #expect(try state.model(x).argMax().doubles() == [0, 1, 1, 0])
    #expect(try state.adam.step.item() == 200)
  }
}
