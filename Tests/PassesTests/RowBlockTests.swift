import Basics
import KernelIR
import Passes
import TensorIR
import TensorOps
import TestSupport
import Testing

/// Runs of steps cut into blocks of rows.
@Suite struct RowBlockTests {
  /// A machine without a cache, on which a loop costs nothing: whatever can be cut is cut.
  private static let eager: CostModel = {
    var model = CostModel()
    model.nearBytes = 128
    (model.nearByte, model.lastLevelByte, model.launch, model.iteration, model.product) = (0, 1, 0, 0, 0)
    return model
  }()

  /// One on which nothing is worth a loop.
  private static let lazy: CostModel = {
    var model = CostModel()
    model.nearBytes = 1 << 40
    return model
  }()

  private func loops(_ steps: [Step]) -> [StepLoop] {
    steps.compactMap { if case .loop(let loop) = $0 { loop } else { nil } }
  }

  /// Both programs of a function, checked and with the same results but for the order of sums.
  private func compare(
    _ text: String, _ model: CostModel = eager, parallelism: Parallelism? = .current
  ) throws -> (whole: Program, blocked: Program) {
    let function = try Pipelines.standard.run(
      Module(parsing: text, ops: OpRegistry.make).functions[0], verify: true)
    let (whole, blocked) = (
      try function.lowered(Self.lazy), try function.lowered(model, parallelism: parallelism)
    )
    try blocked.verify()
    let inputs = whole.randomInputs(seed: 3)
    let (expected, found) = (try whole.interpret(inputs), try blocked.interpret(inputs))
    for (a, b) in zip(expected, found) {
      for (x, y) in zip(a.elements, b.elements) {
        #expect(abs(x.doubleValue - y.doubleValue) <= 1e-9 * max(1, abs(x.doubleValue)), "\(blocked)")
      }
    }
    return (whole, blocked)
  }

  /// A matrix that a product and its gradient read comes from memory once, and what is between them is a block.
  @Test func productAndItsGradient() throws {
    let (whole, blocked) = try compare(
      """
      func @regression(%x: f64[60,4], %w: f64[4]) -> (g: f64[4], s: f64[]) {
        %2 = dot_general %x, %w {left_contracting = [1], right_contracting = [0], left_batch = [], right_batch = []} : f64[60]
        %3 = tanh %2 : f64[60]
        %4 = reduce_sum %3 {axes = [0]} : f64[]
        %5 = dot_general %x, %3 {left_contracting = [0], right_contracting = [0], left_batch = [], right_batch = []} : f64[4]
        return %5, %4
      }
      """)
    #expect(loops(whole.steps).isEmpty)
    let loop = try #require(loops(blocked.steps).first)
    #expect(loop.body.count == 3 && loops(blocked.steps).count == 1, "\(blocked)")
    #expect(blocked.buffers.contains { $0.name.hasSuffix("_block") && $0.type.elementCount < 60 }, "\(blocked)")
    #expect(blocked.arenaByteCount <= whole.arenaByteCount)
  }

  /// A number of rows without divisors leaves a rest behind the loop.
  @Test func restOfRows() throws {
    var model = Self.eager
    model.nearBytes = 640
    let (_, blocked) = try compare(
      """
      func @rows(%x: f64[61,3], %w: f64[3,5]) -> (y: f64[61]) {
        %2 = dot_general %x, %w {left_contracting = [1], right_contracting = [0], left_batch = [], right_batch = []} : f64[61,5]
        %3 = exp %2 : f64[61,5]
        %4 = reduce_sum %3 {axes = [1]} : f64[61]
        return %4
      }
      """, model)
    #expect(loops(blocked.steps).count == 2, "\(blocked)")
  }

  /// Threads share parts of the rows, each with blocks and sums of its own; rows that no part has come last.
  @Test(arguments: [60, 61, 63])
  func parts(_ rows: Int) throws {
    var model = Self.eager
    model.nearBytes = 320
    let (_, blocked) = try compare(
      """
      func @regression(%x: f64[\(rows),4], %w: f64[4,3]) -> (g: f64[4,3], s: f64[3], y: f64[\(rows),3]) {
        %2 = dot_general %x, %w {left_contracting = [1], right_contracting = [0], left_batch = [], right_batch = []} : f64[\(rows),3]
        %3 = tanh %2 : f64[\(rows),3]
        %4 = reduce_sum %3 {axes = [0]} : f64[3]
        %5 = dot_general %x, %3 {left_contracting = [0], right_contracting = [0], left_batch = [], right_batch = []} : f64[4,3]
        %6 = exp %3 : f64[\(rows),3]
        return %5, %4, %6
      }
      """, model, parallelism: .everywhere)
    let shared = loops(blocked.steps).filter(\.isParallel)
    #expect(shared.count == 1 && shared.first?.bound == 4, "\(blocked)")
    #expect(loops(blocked.steps).count == (rows % 4 == 0 ? 1 : 2), "\(blocked)")
    let parts = blocked.buffers.filter { $0.name.hasSuffix("_parts") }
    // Sums of 12 and of 3 numbers, each from a new line of the cache on.
    #expect(parts.map(\.type.elementCount).sorted() == [32, 64], "\(blocked)")
  }

  /// What all rows are needed for, such as a mean over them, ends a run.
  @Test func normalisationOverRows() throws {
    let (_, blocked) = try compare(
      """
      func @centred(%x: f64[64,3], %w: f64[3,5]) -> (y: f64[64,5]) {
        %2 = dot_general %x, %w {left_contracting = [1], right_contracting = [0], left_batch = [], right_batch = []} : f64[64,5]
        %3 = reduce_sum %2 {axes = [0]} : f64[5]
        %4 = broadcast %3 {shape = [64,5], axes = [1]} : f64[64,5]
        %5 = sub %2, %4 : f64[64,5]
        return %5
      }
      """)
    // The subtraction is outside of every loop.
    guard case .kernel? = blocked.steps.last else {
      Issue.record("\(blocked)")
      return
    }
  }

  /// A contraction of many elements into few sums is done in parts.
  @Test func longContraction() throws {
    let (_, blocked) = try compare(
      """
      func @long(%x: f64[4,200000], %y: f64[200000,3]) -> (y: f64[4,3]) {
        %2 = dot_general %x, %y {left_contracting = [1], right_contracting = [0], left_batch = [], right_batch = []} : f64[4,3]
        return %2
      }
      """)
    let loop = try #require(loops(blocked.steps).first)
    #expect(loop.bound == 4, "\(loop)")
  }

  /// Random functions mean the same with all that can be cut into blocks cut.
  @Test func randomFunctions() throws {
    var count = 0
    for seed in fuzzSeeds(150) {
      let random = try RandomFunction(seed: seed, .init(.smooth))
      let simple = try Pipelines.standard.run(random.function)
      let parallelism: Parallelism? = seed % 2 == 0 ? .everywhere : .current
      let whole = try simple.lowered(Self.lazy)
      let blocked = try simple.lowered(Self.eager, parallelism: parallelism)
      do {
        try blocked.verify()
        if whole == blocked { continue }
        count += 1
        let inputs = whole.randomInputs(seed: seed)
        for (a, b) in zip(try whole.interpret(inputs), try blocked.interpret(inputs)) {
          for (x, y) in zip(a.elements, b.elements) {
            guard a.type.dtype.isFloating else {
              #expect(x == y, "seed \(seed)\n\(whole)\n\(blocked)")
              continue
            }
            let (x, y) = (x.doubleValue, y.doubleValue)
            if x == y || (x.isNaN && y.isNaN) { continue }
            let bound = (a.type.dtype == .f32 ? 1e-3 : 1e-8) * max(1, abs(x))
            #expect(abs(x - y) <= bound, "seed \(seed): \(x), \(y)\n\(whole)\n\(blocked)")
          }
        }
      } catch {
        Issue.record("seed \(seed): \(error)\n\(blocked)")
      }
    }
    #expect(count > 0)
  }
}
