import GradC
import GradCData
import GradCModels
import GradCNN

/// What one step of training gives.
private struct StepResult: TensorStructure {
  var loss: Tensor
  var correct: Tensor
  var network: MLP
  var state: Adam.State<MLP>

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit("loss", &loss)
    visitor.visit("correct", &correct)
    visitor.visit("network", &network)
    visitor.visit("state", &state)
  }
}

/// The training of the digits network: the compiled step, and the numbers it works on.
struct DigitsTraining {
  /// Where the training stands.
  struct Progress {
    var loss = 0.0
    var accuracy = 0.0
  }

  let trainingCount: Int
  let testCount: Int
  let compileSeconds: Double
  private(set) var stepCount = 0

  private let step: CompiledGraph
  private let evaluation: CompiledGraph
  /// The order of the training images in an epoch.
  private let order: CompiledFunction<RandomKey, Tensor, Tensor>
  private let test: Digits
  private let batch: Int
  private let key: RandomKey
  /// Network and optimiser, which a step updates in place.
  private var state: [NDArray]
  /// Images, labels, the positions of a batch.
  private var inputs: [NDArray]
  /// Loss and correct answers.
  private var results: [NDArray]
  private let weightNames: [String]

  /// Splits the data, four in five images for training, and compiles.
  init(_ digits: Digits, batch: Int, seed: UInt64, learningRate: Double) throws {
    key = RandomKey(seed: seed).child(-1)
    let (training, test) = try digits.split()
    let trainingCount = training.count
    (self.trainingCount, testCount, self.test, self.batch) = (trainingCount, test.count, test, batch)
    guard batch <= trainingCount else {
      throw Diagnostic("a batch of \(batch) is more than the \(trainingCount) training images")
    }

    let network = DigitsNetwork.make(seed: seed)
    let adam = Adam(learningRate: Tensor(learningRate))
    let state = adam.initialState(for: network)
    var compiled: [CompiledGraph] = []
    compileSeconds = try Stopwatch.seconds {
      compiled = [
        try Self.tracedStep(network, state, adam, training, batch).compile { result, network, state, _, _, _ in
          [Update(network, to: result.network), Update(state, to: result.state)]
        }.graph,
        try Self.tracedEvaluation(network, test).compile().graph,
      ]
    }
    (step, evaluation) = (compiled[0], compiled[1])
    order = try trace("order", RandomKey.input("key"), .input("epoch", .i32, [])) { key, epoch in
      key.child(epoch).permutation(trainingCount).cast(to: .i32)
    }.compile()
    weightNames = network.tensorNames
    self.state = try (network.tensors + state.tensors).map { try $0.array() }
    inputs = [training.images, training.labels, try NDArray.zeros([batch], dtype: .i32)]
    results = try [0, 1].map { try NDArray.zeros(compiled[0].results[$0].type.shape) }
  }

  private static func tracedStep(
    _ network: MLP, _ state: Adam.State<MLP>, _ adam: Adam, _ data: Digits, _ batch: Int
  ) throws -> TracedFunction<MLP, Adam.State<MLP>, Tensor, Tensor, Tensor, StepResult> {
    let inputs: (Tensor, Tensor, Tensor) = (
      .input("images", .f32, data.images.shape.extents), .input("labels", .i32, data.labels.shape.extents),
      .input("positions", .i32, [batch])
    )
    return try trace("digits_step", network, state, inputs.0, inputs.1, inputs.2) {
      network, state, images, labels, positions in
      let (x, y) = (images.take(positions), labels.take(positions))
      let logits = network(x)
      let loss = softmaxCrossEntropy(logits, labels: y)
      let correct = (logits.argMax().cast(to: .i32) .== y).cast(to: .f32).sum()
      let update = adam.update(network, gradient(of: loss, wrt: network), state: state)
      return StepResult(loss: loss, correct: correct, network: update.parameters, state: update.state)
    }
  }

  private static func tracedEvaluation(_ network: MLP, _ data: Digits) throws -> TracedFunction<
    MLP, Tensor, Tensor, Tensor
  > {
    try trace(
      "digits_accuracy", network, .input("images", .f32, data.images.shape.extents),
      .input("labels", .i32, data.labels.shape.extents)
    ) { network, images, labels in
      (network(images).argMax().cast(to: .i32) .== labels).cast(to: .f32).mean()
    }
  }
}

extension DigitsTraining {
  /// How long each phase took on the way to the compiled step.
  var timings: Timings { step.timings }

  /// The step as portable C.
  func exportC(headerName: String) -> (source: String, header: String) { step.kernels.exportC(headerName: headerName) }

  /// The weights and biases as they are now.
  var weights: [(name: String, array: NDArray)] { zip(weightNames, state).map { (name: $0, array: $1) } }

  /// The number of all weights and biases.
  var weightCount: Int { weights.reduce(0) { $0 + $1.array.count } }

  /// Goes over the training images once, in an order of the epoch's own. What does not fill a batch is left out.
  mutating func runEpoch(_ epoch: Int) throws -> Progress {
    let order = try self.order(key, Tensor(integers: [epoch])[0]).array().array(of: Int32.self)
    let steps = trainingCount / batch
    var (loss, correct) = (0.0, 0.0)
    for step in 0..<steps {
      inputs[inputs.count - 1] = NDArray(Array(order[(step * batch)..<((step + 1) * batch)]))
      try self.step.call(updating: &state, inputs: inputs, into: &results)
      loss += Double(try results[0].item(as: Float.self))
      correct += Double(try results[1].item(as: Float.self))
    }
    stepCount += steps
    return Progress(loss: loss / Double(steps), accuracy: correct / Double(steps * batch))
  }

  /// The share of the test images that are read right.
  func testAccuracy() throws -> Double {
    let arguments = state[..<weightNames.count] + [test.images, test.labels]
    return Double(try evaluation(Array(arguments))[0].item(as: Float.self))
  }
}
