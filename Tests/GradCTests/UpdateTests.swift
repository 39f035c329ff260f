import GradC
import GradCNN
import Testing

/// Parameters that become results in place.
@Suite struct UpdateTests {
  private struct Step: TensorStructure {
    var loss: Tensor
    var network: MLP
    var state: Adam.State<MLP>

    mutating func visitTensors(_ visitor: inout TensorVisitor) {
      visitor.visit("loss", &loss)
      visitor.visit("network", &network)
      visitor.visit("state", &state)
    }
  }

  private func array(_ shape: [Int], seed: UInt64) throws -> NDArray {
    try RandomKey(seed: seed).uniform(shape, from: -1, to: 1).array()
  }

  private func copiesAtTheEnd(_ kernels: KernelProgram) -> Int {
    kernels.steps.count { $0.operations == ["update of a parameter"] }
  }

  /// Q ← Q - α ∂L/∂Q.
  private func descent() throws -> Graph {
    try trace("descent", .input("q", .f32, [4, 3]), .input("x", .f32, [8, 4]), .input("y", .f32, [8, 3])) { q, x, y in
      let loss = square(matmul(x, q) - y).mean()
      return ["q": q - 0.5 * gradient(of: loss, wrt: q), "loss": loss]
    }.graph
  }

  @Test func gradientDescentInPlace() throws {
    let graph = try descent()
    let (plain, updating) = (try graph.compile(), try graph.compile(updating: ["q": "q"]))
    #expect(copiesAtTheEnd(updating.kernels) == 0)
    #expect(updating.updates.map(\.parameter) == [0] && updating.updates.map(\.result) == [1])
    let inputs = [try array([8, 4], seed: 1), try array([8, 3], seed: 2)]
    var (state, losses) = ([try array([4, 3], seed: 3)], [try NDArray.zeros([])])
    var expected = try array([4, 3], seed: 3)
    let address = state[0].withUnsafeBytes { $0.baseAddress }
    for _ in 0..<20 {
      let results = try plain([expected] + inputs)
      #expect(try updating([expected] + inputs) == results)
      try updating.call(updating: &state, inputs: inputs, into: &losses)
      #expect(losses[0] == results[0] && state[0] == results[1])
      expected = results[1]
    }
    #expect(state[0].withUnsafeBytes { $0.baseAddress } == address)
  }

  @Test func trainingStepOfANetwork() throws {
    let network = MLP(widths: [8, 16, 4], key: RandomKey(seed: 0))
    let adam = Adam()
    let state = adam.initialState(for: network)
    let step = try trace("step", network, state, .input("x", .f32, [16, 8]), .input("labels", .i32, [16])) {
      network, state, x, labels in
      let loss = softmaxCrossEntropy(network(x), labels: labels)
      let update = adam.update(network, gradient(of: loss, wrt: network), state: state)
      return Step(loss: loss, network: update.parameters, state: update.state)
    }
    let plain = try step.compile()
    let updating = try step.compile { result, network, state, _, _ in
      [Update(network, to: result.network), Update(state, to: result.state)]
    }
    #expect(updating.updates.count == 13 && copiesAtTheEnd(updating.kernels) == 0)
    let inputs = [try array([16, 8], seed: 4), NDArray((0..<16).map { Int32($0 % 4) })]
    var arrays = try (network.tensors + state.tensors).map { try $0.array() }
    var results = try plain.graph.makeResults()
    var (weights, loss) = (arrays, [try NDArray.zeros([])])
    for _ in 0..<10 {
      try plain.graph.call(inputs: arrays + inputs, into: &results)
      arrays = Array(results.dropFirst())
      try updating.graph.call(updating: &weights, inputs: inputs, into: &loss)
      #expect(weights == arrays && loss[0] == results[0])
    }
  }

  /// Updates that read elsewhere than they write go through the arena.
  @Test func readsElsewhere() throws {
    let cases: [(String, Int, @Sendable (Tensor, Tensor) -> [Tensor])] = [
      ("transpose", 1, { x, _ in [x.transposed()] }),
      ("product", 1, { x, y in [matmul(x, y)] }),
      ("swap", 1, { x, y in [y, x] }),
      ("unchanged", 0, { x, _ in [x] }),
      ("reverse", 1, { x, _ in [x.reversed(axes: [0])] }),
      ("of a sum", 0, { x, _ in [x / x.sum()] }),
      ("softmax", 0, { x, _ in [softmax(x)] }),
      ("read later", 1, { x, y in [x + y, matmul(x, x)] }),
      ("both the same", 0, { x, y in [x + y, x + y] }),
      ("from each other", 0, { x, y in [x * y, x - y] }),
      ("taken", 1, { x, _ in [x.take(Tensor(NDArray([3, 2, 1, 0] as [Int32])))] }),
    ]
    let inputs = [try array([4, 4], seed: 5), try array([4, 4], seed: 6)]
    for (name, copies, body) in cases {
      let graph = try trace("f", .input("x", .f32, [4, 4]), .input("y", .f32, [4, 4])) { x, y in body(x, y) }.graph
      let updates = Dictionary(uniqueKeysWithValues: zip(["x", "y"], graph.results.map(\.name)))
      let compiled = try graph.compile(updating: updates)
      let expected = try graph.compile()(inputs)
      #expect(try compiled(inputs) == expected, "\(name)")
      var (state, none) = (Array(inputs[..<updates.count]), [] as [NDArray])
      try compiled.call(updating: &state, inputs: Array(inputs[updates.count...]), into: &none)
      #expect(state == expected, "\(name)")
      #expect(copiesAtTheEnd(compiled.kernels) >= copies, "\(name): \(compiled.kernels)")
    }
  }

  @Test func copiesKeepTheirNumbers() throws {
    let compiled = try descent().compile(updating: ["q": "q"])
    var state = [try array([4, 3], seed: 3)]
    let kept = state[0]
    let numbers = try kept.array(of: Float.self)
    let inputs = [try array([8, 4], seed: 1), try array([8, 3], seed: 2)]
    var loss = [try NDArray.zeros([])]
    try compiled.call(updating: &state, inputs: inputs, into: &loss)
    #expect(try kept.array(of: Float.self) == numbers && state[0] != kept)
  }

  @Test func declarationsThatDoNotFit() throws {
    let graph = try descent()
    for updates in [["z": "q"], ["q": "z"], ["q": "loss"], ["q": "q", "x": "q"]] {
      #expect(diagnostics { _ = try graph.compile(updating: updates) }.isEmpty == false)
      #expect(diagnostics { _ = try graph.kernels(updating: updates) }.isEmpty == false)
    }
    let f = try trace("f", .input("x", .f32, [2]), .input("y", .f32, [3])) { x, y in [x + 1, y * 2] }
    #expect(diagnostics { _ = try f.compile { result, x, _ in [Update(x, to: result[1])] } }.count == 1)
    #expect(diagnostics { _ = try f.compile { result, x, _ in [Update(x + 0, to: result[0])] } }.count == 1)
    #expect(diagnostics { _ = try f.compile { result, x, _ in [Update([x], to: result)] } }.count == 1)
    #expect(
      diagnostics { _ = try f.compile { result, x, _ in [Update(x, to: result[0]), Update(x, to: result[0])] } }.count
        == 1)
    let compiled = try descent().compile(updating: ["q": "q"])
    var (state, loss) = ([try array([4, 4], seed: 0)], [try NDArray.zeros([])])
    let inputs = [try array([8, 4], seed: 1), try array([8, 3], seed: 2)]
    let shape = diagnostics { try compiled.call(updating: &state, inputs: inputs, into: &loss) }
    #expect(shape.map(\.message) == ["updated parameter 'q' of 'descent' must be f32[4,3], not f32[4,4]"])
    state = []
    #expect(diagnostics { try compiled.call(updating: &state, inputs: inputs, into: &loss) }.count == 1)
    state = [try array([4, 3], seed: 0)]
    #expect(diagnostics { try compiled.call(updating: &state, inputs: [], into: &loss) }.count == 1)
    loss = []
    #expect(diagnostics { try compiled.call(updating: &state, inputs: inputs, into: &loss) }.count == 1)
  }

  @Test func overlapIsRefused() throws {
    let graph = try trace("f", .input("x", .f64, [8])) { x in ["y": x * 2, "z": x + 1] }.graph
    let (plain, updating) = (try graph.compile(), try graph.compile(updating: ["x": "y"]))
    var memory = (0..<32).map { Double($0) }
    try memory.withUnsafeMutableBytes { bytes in
      let start = try #require(bytes.baseAddress)
      func slice(_ element: Int) throws -> NDArray {
        try NDArray(noCopy: start + 8 * element, dtype: .f64, shape: [8])
      }
      for (input, first, second) in [(0, 0, 16), (0, 7, 16), (16, 0, 7), (9, 24, 2), (0, 8, 8)] {
        let inputs = [try slice(input)]
        var results = [try slice(first), try slice(second)]
        let found = diagnostics { try plain.call(inputs: inputs, into: &results) }
        #expect(found.count == 1 && found[0].message.contains("overlap"))
      }
      #expect(bytes.bindMemory(to: Double.self).elementsEqual((0..<32).map { Double($0) }))
      // Neighbours do not overlap.
      let inputs = [try slice(8)]
      var results = [try slice(0), try slice(16)]
      try plain.call(inputs: inputs, into: &results)
      #expect(try results[0].array(of: Double.self) == (8..<16).map { Double(2 * $0) })
      // What is declared is written in place.
      var (state, rest) = ([try slice(8)], [try slice(12)])
      let found = diagnostics { try updating.call(updating: &state, inputs: [], into: &rest) }
      #expect(found.count == 1 && found[0].message.contains("overlap"))
      rest = [try slice(16)]
      try updating.call(updating: &state, inputs: [], into: &rest)
      #expect(bytes.bindMemory(to: Double.self)[8] == 16 && bytes.bindMemory(to: Double.self)[16] == 9)
    }
    // Arrays with memory of their own never overlap: what is written gets its own.
    let x = NDArray((0..<8).map { Double($0) })
    var results = [x, x]
    try plain.call(inputs: [x], into: &results)
    #expect(try x.array(of: Double.self)[7] == 7 && results[0].array(of: Double.self)[7] == 14)
  }
}
