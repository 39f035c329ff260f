import AllocationCounter
import GradC
import GradCNN
import Testing

/// Calls with arrays allocate nothing, in debug builds too.
@Suite(.serialized) struct AllocationTests {
  /// How often `body` allocates on this thread once it has run before.
  private func allocations(_ body: () throws -> Void) rethrows -> Int {
    for _ in 0..<2 { try body() }
    let before = gradc_allocation_count()
    for _ in 0..<3 { try body() }
    return gradc_allocation_count() - before
  }

  /// Loss and descent of a network: kernels, products, an arena, several results.
  private func step() throws -> Graph {
    let network = MLP(widths: [8, 16, 4], key: RandomKey(seed: 0))
    return try trace("step", network, .input("x", .f32, [16, 8]), .input("labels", .i32, [16])) {
      network, x, labels in
      let loss = softmaxCrossEntropy(network(x), labels: labels)
      return ValueAndGradient(
        value: loss, gradient: SGD().update(network, gradient(of: loss, wrt: network)))
    }.graph
  }

  private func arrays(of ports: [Graph.Port]) throws -> [NDArray] {
    try ports.map { try NDArray.zeros($0.type.shape, dtype: $0.type.dtype) }
  }

  @Test(.enabled(if: gradc_allocation_count() >= 0)) func theCounterCounts() throws {
    #expect(allocations { _ = [UInt8](repeating: 1, count: 100_000).withUnsafeBufferPointer { $0.count } } >= 3)
    #expect(try allocations { _ = try NDArray.zeros([10]) } >= 3)
  }

  @Test(.enabled(if: gradc_allocation_count() >= 0)) func callsWithArrays() throws {
    let compiled = try step().compile()
    #expect(compiled.arenaByteCount > 0)
    let inputs = try arrays(of: compiled.parameters)
    var results = try compiled.makeResults()
    #expect(try allocations { try compiled.call(inputs: inputs, into: &results) } == 0)
  }

  /// Factorisations find the memory they work in in the arena; what OpenBLAS does by itself is not counted.
  @Test(.enabled(if: gradc_allocation_count() >= 0)) func factorisations() throws {
    let shape = [40, 40]
    let compiled = try trace("factors", .input("x", .f64, shape)) { x in
      let a = x + 3 * eye(40, .f64)
      let (u, s, vh) = svd(a)
      return [cholesky(a), solve(a, x), qr(a).r, eigh(a).vectors, u, s, vh, det(a), pinv(a)]
    }.compile().graph
    let inputs = [try NDArray.zeros(Shape(shape), dtype: .f64)]
    var results = try compiled.makeResults()
    #expect(try allocations { try compiled.call(inputs: inputs, into: &results) } == 0)
  }

  @Test(.enabled(if: gradc_allocation_count() >= 0)) func updatesInPlace() throws {
    let graph = try step()
    let weights = graph.parameters.dropLast(2)
    let updates = zip(weights.map(\.name), graph.results.dropFirst().map(\.name))
    let compiled = try graph.compile(updating: Dictionary(uniqueKeysWithValues: updates))
    var (state, results) = (try arrays(of: Array(weights)), [try NDArray.zeros([])])
    let inputs = try arrays(of: graph.parameters.suffix(2))
    #expect(try allocations { try compiled.call(updating: &state, inputs: inputs, into: &results) } == 0)
  }
}
