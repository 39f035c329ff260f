import Foundation
import GradC
import GradCNN
import Testing

/// The code that `README.md` shows.
@Suite struct ReadmeTests {
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

  @Test func formula() throws {
    let formula = try trace("formula", .input("x", .f64), .input("y", .f64)) { x, y in
      sin(x * y) + square(x) * exp(-y)
    }
    let gradient = try formula.valueAndGrad { x, y in [x, y] }.compile()
    let result = try gradient(1.5, 0.5)
    let (value, slope) = (try result.value.item(), try result.gradient[0].item())
    #expect(Swift.abs(value - (Foundation.sin(0.75) + 2.25 * Foundation.exp(-0.5))) < 1e-12)
    #expect(Swift.abs(slope - (0.5 * Foundation.cos(0.75) + 3 * Foundation.exp(-0.5))) < 1e-12)
  }

  @Test func trainingStep() throws {
    let network = MLP(widths: [64, 16, 10], key: RandomKey(seed: 0))
    let adam = Adam()
    let state = adam.initialState(for: network)
    let step = try trace("step", network, state, .input("x", .f32, [32, 64]), .input("labels", .i32, [32])) {
      network, state, x, labels in
      let loss = softmaxCrossEntropy(network(x), labels: labels)
      let update = adam.update(network, gradient(of: loss, wrt: network), state: state)
      return Step(loss: loss, network: update.parameters, state: update.state)
    }
    let labels = arange(32) - 10 * select(arange(32) .>= 10, ones([32], .i32), zeros([32], .i32))
    let x = RandomKey(seed: 1).uniform([32, 64])
    var current = Step(loss: 0, network: network, state: state)
    var losses: [Double] = []
    let compiled = try step.compile()
    for _ in 0..<20 {
      current = try compiled(current.network, current.state, x, labels)
      losses.append(try current.loss.item())
    }
    #expect(try #require(losses.last) < losses[0])

    let training = try step.compile { result, network, state, _, _ in
      [Update(network, to: result.network), Update(state, to: result.state)]
    }
    var weights = try (network.tensors + state.tensors).map { try $0.array() }
    let inputs = try [x, labels].map { try $0.array() }
    var loss = [try NDArray.zeros([])]
    for _ in 0..<20 { try training.graph.call(updating: &weights, inputs: inputs, into: &loss) }
    #expect(try Double(loss[0].item(as: Float.self)) == losses.last)
    #expect(try weights == (current.network.tensors + current.state.tensors).map { try $0.array() })
  }

  @Test func loopsAndBranches() throws {
    let f = try trace("loops", .input("w", .f64, [3, 3]), .input("x", .f64), .input("inputs", .f64, [5, 3])) {
      weights, x, inputs in
      let initial = zeros([3], .f64)
      let states = scan(initial, over: inputs, checkpoints: .logarithmic) { state, input in
        let next = tanh(matmul(weights, state) + input)
        return (next, next)
      }.outputs
      let root = whileLoop(x, while: { abs($0 * $0 - x) .> 1e-12 }, do: { 0.5 * ($0 + x / $0) })
      let safe = cond(x .> 0, then: { sqrt(x) }, else: { 0 * x })
      return [states.sum(), root, safe, gradient(of: root, wrt: x)]
    }
    let found = try f.compile()(
      Tensor([Double](repeating: 0.2, count: 9), shape: [3, 3], dtype: .f64), 2, ones([5, 3], .f64))
    let root = 2.0.squareRoot()
    #expect(Swift.abs(try found[1].item() - root) < 1e-12)
    #expect(Swift.abs(try found[2].item() - root) < 1e-12)
    #expect(Swift.abs(try found[3].item() - 0.5 / root) < 1e-12)
  }

  @Test func shownCIsWhatIsWritten() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let readme = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    let block = try #require(readme.components(separatedBy: "```c\n").dropFirst().first)
    let shown = try #require(block.components(separatedBy: "```").first)
    #expect(try ToolRunner.succeed("dump", "scalar", "--stage", "c").contains(shown))
  }
}
