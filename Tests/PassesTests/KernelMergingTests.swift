import Basics
import KernelIR
import Passes
import TensorIR
import TensorOps
import TestSupport
import Testing

/// Kernels over almost the same points become one.
@Suite struct KernelMergingTests {
  /// A machine on which calls cost nothing, and one on which nothing is worth them.
  private static let (eager, lazy): (CostModel, CostModel) = {
    var (eager, lazy) = (CostModel(), CostModel())
    (eager.launch, eager.leastMergedBytes) = (0, 16)
    lazy.leastMergedBytes = .max
    return (eager, lazy)
  }()

  private func kernels(_ program: Program) -> [Kernel] {
    var found: [Kernel] = []
    program.steps.forEachLeaf { if case .kernel(let kernel) = $0 { found.append(kernel) } }
    return found
  }

  private func compare(
    _ text: String, parallelism: Parallelism? = .standard
  ) throws -> (apart: Program, merged: Program) {
    let function = try Pipelines.standard.run(Module(parsing: text, ops: OpRegistry.make).functions[0], verify: true)
    let apart = try function.lowered(Self.lazy, parallelism: nil)
    let merged = try function.lowered(Self.eager, parallelism: parallelism)
    try merged.verify()
    let inputs = apart.randomInputs(seed: 7)
    for (a, b) in zip(try apart.interpret(inputs), try merged.interpret(inputs)) {
      for (x, y) in zip(a.elements, b.elements) {
        #expect(abs(x.doubleValue - y.doubleValue) <= 1e-9 * max(1, abs(x.doubleValue)), "\(merged)")
      }
    }
    return (apart, merged)
  }

  /// A sum over differences of neighbours, and an array that is put together from one element more and less.
  private func neighbours(_ n: Int) -> String {
    """
    func @neighbours(%x: f64[\(n)]) -> (s: f64[], y: f64[\(n - 2)]) {
      %1 = slice %x {starts = [0], limits = [\(n - 1)], strides = [1]} : f64[\(n - 1)]
      %2 = slice %x {starts = [1], limits = [\(n)], strides = [1]} : f64[\(n - 1)]
      %3 = sub %2, %1 : f64[\(n - 1)]
      %4 = mul %3, %3 : f64[\(n - 1)]
      %5 = reduce_sum %4 {axes = [0]} : f64[]
      %6 = slice %x {starts = [1], limits = [\(n - 1)], strides = [1]} : f64[\(n - 2)]
      %7 = slice %x {starts = [2], limits = [\(n)], strides = [1]} : f64[\(n - 2)]
      %8 = sub %7, %6 : f64[\(n - 2)]
      %9 = exp %8 : f64[\(n - 2)]
      return %5, %9
    }
    """
  }

  /// The difference that both need is computed once: the kernels' points lie one apart.
  @Test func neighboursAreReadOnce() throws {
    let (apart, merged) = try compare(neighbours(500))
    #expect(kernels(apart).count == 2 && kernels(merged).count == 1, "\(merged)")
    let kernel = try #require(kernels(merged).first)
    let inner = kernel.body.compactMap { if case .tile(_, let body) = $0 { body } else { nil } }
    #expect(inner.first?.count { if case .compute(_, .sub, _, _, _) = $0 { true } else { false } } == 1, "\(merged)")
    // What only the sum has a point for is added behind.
    #expect(inner.count == 2, "\(merged)")
  }

  /// The sum is still cut into blocks.
  @Test func mergedKernelsAreShared() throws {
    let (_, merged) = try compare(neighbours(400_001))
    #expect(kernels(merged).contains { $0.partition != nil }, "\(merged)")
    let chunked = try #require(kernels(merged).first { $0.partition != nil })
    #expect(chunked.name.hasSuffix("_blocks"), "\(merged)")
  }

  /// The same with two axes, of which the outer one differs, too.
  @Test func nestsOfTwoAxes() throws {
    let (apart, merged) = try compare(
      """
      func @grid(%x: f64[40,30]) -> (s: f64[], y: f64[38,30]) {
        %1 = slice %x {starts = [0,0], limits = [39,29], strides = [1,1]} : f64[39,29]
        %2 = slice %x {starts = [1,1], limits = [40,30], strides = [1,1]} : f64[39,29]
        %3 = sub %2, %1 : f64[39,29]
        %4 = mul %3, %3 : f64[39,29]
        %5 = reduce_sum %4 {axes = [0,1]} : f64[]
        %6 = slice %x {starts = [1,0], limits = [39,30], strides = [1,1]} : f64[38,30]
        %7 = tanh %6 : f64[38,30]
        %8 = transpose %7 {permutation = [1,0]} : f64[30,38]
        %9 = transpose %8 {permutation = [1,0]} : f64[38,30]
        return %5, %9
      }
      """)
    #expect(kernels(merged).count <= kernels(apart).count)
  }

  /// What reads a result of the first kernel comes after it.
  @Test func dependentKernelsStayApart() throws {
    let (_, merged) = try compare(
      """
      func @centred(%x: f64[500]) -> (y: f64[499]) {
        %1 = reduce_sum %x {axes = [0]} : f64[]
        %2 = slice %x {starts = [1], limits = [500], strides = [1]} : f64[499]
        %3 = broadcast %1 {shape = [499], axes = []} : f64[499]
        %4 = sub %2, %3 : f64[499]
        return %4
      }
      """)
    #expect(kernels(merged).count == 2)
  }

  /// Random functions mean the same, with kernels over a few points merged.
  @Test func randomFunctions() throws {
    var count = 0
    for seed in fuzzSeeds(150) {
      let random = try RandomFunction(seed: seed, .init(.smooth))
      let simple = try Pipelines.standard.run(random.function)
      let (apart, merged) = (try simple.lowered(Self.lazy), try simple.lowered(Self.eager))
      do {
        try merged.verify()
        if apart == merged { continue }
        count += 1
        let inputs = apart.randomInputs(seed: seed)
        for (a, b) in zip(try apart.interpret(inputs), try merged.interpret(inputs)) {
          for (x, y) in zip(a.elements, b.elements) where a.type.dtype.isFloating {
            let (x, y) = (x.doubleValue, y.doubleValue)
            if x.isNaN || y.isNaN || x == y { continue }
            let bound = (a.type.dtype == .f32 ? 1e-3 : 1e-8) * max(1, abs(x))
            #expect(abs(x - y) <= bound, "seed \(seed): \(x), \(y)\n\(apart)\n\(merged)")
          }
        }
      } catch {
        Issue.record("seed \(seed): \(error)\n\(merged)")
      }
    }
    #expect(count > 0)
  }
}
