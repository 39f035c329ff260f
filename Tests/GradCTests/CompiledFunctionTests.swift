import Foundation
import GradC
import Synchronization
import Testing

@Suite struct CompiledFunctionTests {
  private let step: TracedFunction<Layer, Tensor, ValueAndGradient<Tensor, Layer>>
  private let layer = Layer(weight: Tensor([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], shape: [3, 2]), bias: Tensor([0.5, 0.25]))
  private let x = Tensor((0..<12).map { Double($0) / 10 }, shape: [4, 3])

  init() throws {
    let form = Layer(weight: .input("w", .f32, [3, 2]), bias: .input("b", .f32, [2]))
    let loss = try trace("loss", form, .input("x", .f32, [4, 3])) { layer, x in
      tanh(matmul(x, layer.weight) + (layer.bias ?? 0)).sum()
    }
    step = try loss.valueAndGrad { layer, _ in layer }
  }

  @Test func agreesWithTheInterpreter() throws {
    let compiled = try step.compile()
    let (fast, plain) = (try compiled(layer, x), try step.evaluate(layer, x))
    for (a, b) in zip(fast.tensors, plain.tensors) {
      #expect(zip(try a.doubles(), try b.doubles()).allSatisfy { abs($0 - $1) < 1e-5 })
    }
    #expect(fast.gradient.bias != nil)
    #expect(compiled.results.map(\.name) == ["result", "weight_gradient", "bias_gradient"])
  }

  @Test func calledWithArrays() throws {
    let compiled = try step.compile()
    let inputs = try [layer.weight, layer.bias ?? 0, x].map { try $0.array() }
    var results = try compiled.results.map { try NDArray.zeros($0.type.shape, dtype: $0.type.dtype) }
    let kept = results[0]
    try compiled.graph.call(inputs: inputs, into: &results)
    #expect(try results.map { try Tensor($0).doubles() } == compiled(layer, x).tensors.map { try $0.doubles() })
    // Results that are shared are not written through.
    #expect(try kept.item(as: Float.self) == 0)
  }

  @Test func argumentsAreChecked() throws {
    let compiled = try step.compile()
    let wrong = diagnostics { _ = try compiled(layer, x.transposed()) }
    #expect(wrong.map(\.message) == ["argument 'x' of 'loss_value_and_grad' must be f32[4,3], not f32[3,4]"])
    #expect(diagnostics { _ = try compiled(Layer(weight: layer.weight, bias: nil), x) }.count == 1)
    #expect(diagnostics { _ = try compiled(layer, .input("x", .f32, [4, 3])) }.count == 1)
    #expect(diagnostics { _ = try compiled(layer, x + ones([2])) }.first?.message.hasPrefix("+: shapes") == true)
    #expect(diagnostics { _ = try trace("t", x) { x in try compiled(layer, x) } }.count == 1)
    var results = [try NDArray.zeros([])]
    let count = diagnostics { try compiled.graph.call(inputs: [], into: &results) }
    #expect(count.map(\.message) == ["'loss_value_and_grad' has 3 parameters, not 0"])
    let inputs = try [layer.weight, layer.bias ?? 0, x].map { try $0.array() }
    let fewer = diagnostics { try compiled.graph.call(inputs: inputs, into: &results) }
    #expect(fewer.map(\.message) == ["'loss_value_and_grad' has 3 results, not 1"])
    results = inputs
    let shape = diagnostics { try compiled.graph.call(inputs: inputs, into: &results) }
    #expect(shape.map(\.message) == ["result 'result' of 'loss_value_and_grad' must be f32[], not f32[3,2]"])
  }

  @Test func callsRunAtOnce() async throws {
    let compiled = try step.compile()
    let (layer, x) = (layer, x)
    let expected = try compiled(layer, x).gradient.weight.doubles()
    let agree = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<200 where try compiled(layer, x).gradient.weight.doubles() != expected { return false }
          return true
        }
      }
      return try await group.reduce(true) { $0 && $1 }
    }
    #expect(agree)
  }

  /// Threads that end, whose numbers others get, and the workspaces with them.
  @Test func callersComeAndGo() throws {
    let f = try trace("f", .input("x", .f64, [64, 64])) { x in matmul(exp(x), x).sum(axes: [1]) }
    let compiled = try f.compile().graph
    let inputs = try (0..<3).map { try NDArray.full([64, 64], Double($0) / 8) }
    let expected = try inputs.map { try compiled([$0]) }
    for _ in 0..<30 {
      let agree = Mutex(0)
      let group = DispatchGroup()
      for index in inputs.indices {
        group.enter()
        let thread = Thread {
          let isRight = (0..<5).allSatisfy { _ in (try? compiled([inputs[index]])) == expected[index] }
          agree.withLock { $0 += isRight ? 1 : 0 }
          group.leave()
        }
        thread.start()
      }
      group.wait()
      #expect(agree.withLock { $0 } == 3)
    }
  }

  @Test func stagesCanBeRead() throws {
    let compiled = try step.compile()
    #expect(compiled.simplified.description.contains("func @loss_value_and_grad"))
    #expect(compiled.kernels.description.contains("program loss_value_and_grad"))
    #expect(compiled.kernels.cSource(.tile).contains("gradc_entry"))
    #expect(compiled.kernels.cSource(.portable).contains("loss_value_and_grad("))
    #expect(try compiled.kernels.cSource(.portable) == step.compile().kernels.cSource(.portable))
    let files = compiled.kernels.exportC(functionName: "loss_step", headerName: "loss.h")
    #expect(files.source.contains("#include \"loss.h\"") && files.header.contains("loss_step("))
    for phase in Timings.Phase.allCases { #expect(compiled.timings[phase] > .zero) }
    #expect(compiled.codeByteCount > 0)
  }

  @Test func scalarsAndConstants() throws {
    let f = try trace("f", .input("x", .f64)) { x in [sin(x) * x, Tensor(7), (x .> 0).cast(to: .i32)] }
    let results = try f.compile()(0.5)
    #expect(abs(try results[0].item() - 0.2397127693021015) < 1e-15)
    #expect(try results[1].item() == 7)
    #expect(results[2].dtype == .i32)
    #expect(try results[2].item() == 1)
  }

  @Test func emptyTensors() throws {
    let f = try trace("f", .input("x", .f32, [0, 3])) { x in [x.sum(axes: [0]), exp(x)] }
    let results = try f.compile()(zeros([0, 3]))
    #expect(try results[0].doubles() == [0, 0, 0])
    #expect(results[1].elementCount == 0)
  }

  @Test func temporariesWithoutMemoryForThem() throws {
    // More than a process can address.
    let wide = 6_500_000
    let f = try trace("f", .input("x", .f32, [wide, 1])) { x in exp(matmul(x, x.transposed())).sum() }
    let compiled = try f.compile()
    #expect(compiled.arenaByteCount >= 4 * wide * wide)
    // Twice, as the first call claims what it then does not get.
    for _ in 0..<2 {
      let faults = diagnostics { _ = try compiled.graph([NDArray.zeros([wide, 1])]) }
      #expect(faults.map { $0.message.hasPrefix("no memory for the ") } == [true])
    }
  }

  @Test func memoryOfTheCaller() throws {
    let f = try trace("f", .input("x", .f64, [3])) { x in x * x }
    let compiled = try f.compile()
    var (input, output) = ([1.0, 2, 3], [0.0, 0, 0])
    try input.withUnsafeMutableBytes { input in
      try output.withUnsafeMutableBytes { output in
        guard let x = input.baseAddress, let y = output.baseAddress else { return }
        try withUnsafePointer(to: UnsafeRawPointer(x)) { inputs in
          try withUnsafePointer(to: y) { results in try compiled.graph.callUnchecked(inputs: inputs, results: results) }
        }
      }
    }
    #expect(output == [1, 4, 9])
  }

  /// Types that differ in one extent, or in the dtype alone, whatever their size.
  @Test(arguments: [[], [3], [2, 3], [1, 1, 1, 1, 2], [1, 1, 1, 1, 1, 1, 300], [1, 1, 2, 1, 1, 1, 1, 1, 1]])
  func inputsOfOtherTypesAreRefused(shape: [Int]) throws {
    let compiled = try trace("double", .input("x", .f64, shape)) { x in x + x }.graph.compile()
    let right = try NDArray([Double](repeating: 2, count: shape.reduce(1, *)), shape: Shape(shape))
    #expect(try compiled([right])[0] == NDArray([Double](repeating: 4, count: right.count), shape: Shape(shape)))
    for axis in shape.indices {
      var other = shape
      other[axis] += 1
      let wrong = try NDArray([Double](repeating: 2, count: other.reduce(1, *)), shape: Shape(other))
      #expect(throws: Diagnostics.self) { try compiled([wrong]) }
    }
    #expect(throws: Diagnostics.self) { try compiled([right.cast(to: .f32)]) }
    #expect(throws: Diagnostics.self) {
      try compiled([try NDArray([2.0] + [Double](repeating: 2, count: right.count - 1), shape: Shape([1] + shape))])
    }
  }
}
