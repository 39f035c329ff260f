import GradC
import Testing

/// Tiers give the same bits, and one takes the place of the other while calls run.
@Suite struct TierTests {
  private static func graph() throws -> Graph {
    try trace("tiers", .input("x", .f64, [300])) { x in
      let wave: Tensor = sin(x) * x
      let bell: Tensor = tanh(x) * exp(-x * x)
      return wave.sum() / 3.0 + (bell * log(1.0 + x * x)).sum()
    }.graph.transformed(.hessian)
  }

  private static let inputs = [NDArray((0..<300).map { Double(($0 * 37) % 101) / 50 - 1 })]

  @Test func theSameBits() throws {
    let graph = try Self.graph()
    let inputs = Self.inputs
    let (zero, one) = (try graph.compile(.tier0), try graph.compile(.tier1))
    #expect(zero.tierState == .tier0 && one.tierState == .tier1)
    #expect(try zero(inputs) == one(inputs))
  }

  @Test func automaticComesToTier1() throws {
    let graph = try Self.graph()
    let inputs = Self.inputs
    let expected = try graph.compile(.tier0)(inputs)
    let compiled = try graph.compile(.automatic)
    #expect(try compiled(inputs) == expected)
    #expect(compiled.waitForTier1() == .tier1)
    #expect(try compiled(inputs) == expected)
    #expect(compiled.waitForTier1(atMost: .zero) == .tier1)
  }

  @Test func callsRunWhileTheCodeIsReplaced() async throws {
    let graph = try Self.graph()
    let inputs = Self.inputs
    let expected = try graph.compile(.tier0)(inputs)
    let compiled = try graph.compile(.automatic)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<4 {
        group.addTask {
          var isSame = true
          // Some of the calls are made before, some after.
          var callsAfter = 0
          while callsAfter < 50 {
            if compiled.tierState != .building { callsAfter += 1 }
            isSame = try isSame && compiled(inputs) == expected
          }
          return isSame
        }
      }
      for try await isSame in group { #expect(isSame) }
    }
    #expect(compiled.tierState == .tier1)
  }

  @Test func graphsThatAreNotUsedNeedNoCode() throws {
    let graph = try Self.graph()
    for _ in 0..<20 { _ = try graph.compile(.automatic) }
    #expect(try graph.compile(.automatic).waitForTier1() == .tier1)
  }

  @Test func functionsHaveTiers() throws {
    let f = try trace("f", .input("x", .f32, [100])) { x in exp(x) * 2.0 }
    let x = Tensor((0..<100).map { Double($0) / 10 }, dtype: .f32)
    let (zero, one) = (try f.compile(), try f.compile(.tier1))
    #expect(one.tierState == .tier1 && zero.tierState == .tier0)
    #expect(try zero(x).doubles() == one(x).doubles())
  }
}
