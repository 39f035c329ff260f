import Basics
import GradC
import GradCNN
import Passes
import TensorIR
import TensorOps
import TestSupport
import Testing

/// Training whose steps threads share: products, blocks of rows, parts of these.
extension ThreadTests {
  private static func numbers(_ seed: Int, _ shape: Shape) throws -> NDArray {
    let elements = (0..<shape.elementCount).map { (place: Int) -> Float in
      Float((place * 37 + seed * 11) % 101) / 400 - 0.125
    }
    return try NDArray(elements, shape: shape)
  }

  /// The loss and the next parameters, as a function of parameters, examples and labels.
  private func step(
    _ shapes: [[Int]], _ x: [Int], _ loss: ([Tensor], Tensor, Tensor) -> Tensor
  ) throws -> Graph {
    let parameters = shapes.enumerated().map { Tensor.input("p\($0)", .f32, $1) }
    return try trace("step", parameters, .input("x", .f32, x), .input("y", .i32, [x[0]])) { parameters, x, y in
      let value = loss(parameters, x, y)
      let gradients = gradient(of: value, wrt: parameters)
      return [value] + zip(parameters, gradients).map { $0 - 0.1 * $1 }
    }.graph
  }

  private func inputs(of graph: Graph) throws -> [NDArray] {
    try graph.parameters.enumerated().map { number, port in
      guard port.type.dtype == .i32 else { return try Self.numbers(number, port.type.shape) }
      return try NDArray((0..<port.type.elementCount).map { Int32($0 * 7 % 10) }, shape: port.type.shape)
    }
  }

  /// The results of some steps.
  private func train(_ compiled: CompiledGraph, _ inputs: [NDArray]) throws -> [NDArray] {
    var (inputs, losses): ([NDArray], [NDArray]) = (inputs, [])
    for _ in 0..<3 {
      let results = try compiled(inputs)
      losses.append(results[0])
      inputs.replaceSubrange(0..<results.count - 1, with: results.dropFirst())
    }
    return losses + inputs
  }

  private func check(_ graph: Graph, _ parallelism: Parallelism, hasParts: Bool) throws {
    let inputs = try inputs(of: graph)
    defer { Threads.count = 0 }
    let expected = try train(graph.compiledInOnePiece(), inputs)
    var first: [NDArray]?
    for tier in [Tier.tier0, .tier1] {
      let compiled = try Parallelism.$current.withValue(parallelism) { try graph.compile(tier) }
      #expect(compiled.kernels.description.contains("parallel from") == hasParts, "\(compiled.kernels)")
      for count in [1, 2, 3, 7] {
        Threads.count = count
        let found = try train(compiled, inputs)
        if first == nil {
          first = found
          for (a, b) in zip(found, expected) { #expect(a.isClose(to: b, relative: 1e-3, absolute: 1e-4)) }
        }
        #expect(found == first, "\(tier), \(count) threads")
      }
    }
  }

  /// Parts of rows of which every block is a row, with sums of matrices, of rows and of numbers.
  @Test(
    arguments: [12, 61, 130],
    [
      "%4 = reduce_sum %3 {axes = [0]} : f64[3]",
      "%4 = reduce_sum %3 {axes = [1]} : f64[%r]",
      "%4 = reduce_sum %3 {axes = [0, 1]} : f64[]",
    ])
  func smallBlocks(_ rows: Int, _ sum: String) throws {
    let sum = sum.replacing("%r", with: "\(rows)")
    let type = sum.split(separator: ":").last.map(String.init) ?? ""
    let text = """
      func @f(%x: f64[\(rows),4], %w: f64[4,3]) -> (g: f64[4,3], s:\(type), y: f64[\(rows),3]) {
        %2 = dot_general %x, %w {left_contracting = [1], right_contracting = [0], left_batch = [], right_batch = []} : f64[\(rows),3]
        %3 = mul %2, %2 : f64[\(rows),3]
        \(sum)
        %5 = dot_general %x, %3 {left_contracting = [0], right_contracting = [0], left_batch = [], right_batch = []} : f64[4,3]
        %6 = add %2, %3 : f64[\(rows),3]
        return %5, %4, %6
      }
      """
    let function = try Module(parsing: text, ops: OpRegistry.make).functions[0]
    // Sums of such numbers are exact.
    let inputs = function.parameterTypes.map { type in
      ReferenceTensor(
        scalars: (0..<type.elementCount).map { Scalar(Double($0 * 37 % 9) / 4 - 1, as: type.dtype) }, type: type)
    }
    try Parallelism.$current.withValue(.everywhere) {
      let subject = try Subject(function, inputs, .withoutCache)
      #expect(subject.program.description.contains("parallel from"), "\(subject.program)")
      let found = try results(subject, text)
      let expected = try Interpreter.evaluate(function, inputs)
      if let difference = firstDifference(expected, found, tolerance: { _ in 0 }) {
        Issue.record("\(difference)\n\(subject.program)")
      }
    }
  }

  @Test func digits() throws {
    let widths = [64, 128, 64, 10]
    let shapes = zip(widths, widths.dropFirst()).flatMap { [[$0, $1], [$1]] }
    let graph = try step(shapes, [32, 64]) { p, x, y in
      let h = relu(matmul(relu(matmul(x, p[0]) + p[1]), p[2]) + p[3])
      return softmaxCrossEntropy(matmul(h, p[4]) + p[5], labels: y)
    }
    try check(graph, .everywhere, hasParts: false)
  }

  @Test func convolutions() throws {
    let shapes = [[6, 1, 5, 5], [6], [16, 6, 5, 5], [16], [400, 10]]
    let graph = try step(shapes, [32, 1, 28, 28]) { p, x, y in
      let h = convolution(x, p[0], padding: .each([2, 2])) + p[1].reshaped(to: [6, 1, 1])
      let k = convolution(maxPool(relu(h), [2, 2]), p[2]) + p[3].reshaped(to: [16, 1, 1])
      return softmaxCrossEntropy(matmul(maxPool(relu(k), [2, 2]).reshaped(to: [32, 400]), p[4]), labels: y)
    }
    try check(graph, .standard, hasParts: true)
    try check(graph, .everywhere, hasParts: true)
  }

  /// A product and its gradient, in parts that do and do not divide the rows.
  @Test(arguments: [20_000, 20_003])
  func regression(_ examples: Int) throws {
    let graph = try step([[100], []], [examples, 100]) { p, x, y in
      let z = matmul(x, p[0]) + p[1]
      return (softplus(z) - y.cast(to: .f32) * z).mean()
    }
    try check(graph, .standard, hasParts: true)
  }
}
