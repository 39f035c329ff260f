import GradC
import GradCNN
import Testing

/// What does not fit is explained, by graphs, by random numbers, and where there is not the memory.
@Suite struct GraphMisuseTests {
  private func message(_ body: () throws -> Void) -> String { diagnostics(body).map(\.message).joined() }

  @Test func gradientChecks() throws {
    let graph = try trace("f", .input("x", .f64, [3])) { x in sin(x).sum() }.graph
    let x = NDArray([1.0, 2, 3])
    #expect(try graph.checkGradients(at: [x], wrt: ["x", "x"], directions: 1).passes)
    #expect(message { _ = try graph.checkGradients(at: [x], directions: -1) } == "-1 directions are none to try")
    #expect(message { _ = try graph.checkGradients(at: []) } == "'f' has 1 parameters, not 0")
    #expect(message { _ = try graph.checkGradients(at: [NDArray(1.0)]) }.contains("must be f64[3], not f64[]"))
    #expect(message { _ = try graph.checkGradients(at: [x], wrt: ["y"]) } == "'f' has no parameter 'y', only 'x'")
  }

  @Test func vectorisation() throws {
    let graph = try trace("f", .input("x", .f64, [3])) { x in sin(x).sum() }.graph
    for size in [-3, .max] { #expect(!message { _ = try graph.vmap(size: size) }.isEmpty) }
    #expect(!message { _ = try graph.vmap(stacked: ["y"], size: 2) }.isEmpty)
    #expect(
      try graph.vmap(stacked: [], size: 2).compile()([NDArray([0.0, 0, 0])])[0].array(of: Double.self) == [0, 0])
  }

  @Test func selectionsAreNotComputed() throws {
    let f = try trace("f", .input("x"), .input("y")) { x, y in x * y }
    let expected = "grad: the closure must give back inputs or fields of them, not compute"
    #expect(message { _ = try f.grad { x, y in x + y } } == expected)
    #expect(message { _ = try f.grad { _, _ in Tensor(1) } } == expected)
    #expect(!message { _ = try f.grad { x, _ in [x, x] } }.isEmpty)
  }

  /// Eight terabytes, which Swift's own arrays would end the process for.
  @Test func valuesThatThereIsNoMemoryFor() throws {
    let shape = [1 << 40]
    for tensor in [zeros(shape), RandomKey(seed: 0).uniform(shape), RandomKey(seed: 0).normal(shape, .f64)] {
      #expect(tensor.diagnostics.first?.message.contains("no memory") == true)
    }
    let f = try trace("f", .input("x", .f64)) { x in x.broadcast(to: shape) }
    #expect(message { _ = try f.evaluate(Tensor(1.0)) }.contains("no memory"))
    #expect(message { _ = try f.compile()(Tensor(1.0)) }.contains("no memory"))
  }
}
