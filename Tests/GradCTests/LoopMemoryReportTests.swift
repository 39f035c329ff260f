import GradC
import Testing

/// What a program says of the memory that loops need.
@Suite struct LoopMemoryReportTests {
  @Test func stacksArePartsOfTheArena() throws {
    let kernels = try trace("f", .input("x", .f64, [100, 3]), .input("w", .f64, [3])) { x, w in
      let loop = scan(zeros([3], .f64), over: x) { c, row in (sin(c * w + row), [Tensor]()) }
      return gradient(of: loop.carry.sum(), wrt: w)
    }.graph.kernels()
    let loops = kernels.loopMemory
    #expect(!loops.isEmpty && loops.allSatisfy { $0.stepCount == 100 && $0.rowByteCount == 24 })
    #expect(loops.allSatisfy { $0.operations.contains { $0.contains("scan") } })
    #expect(loops.reduce(0) { $0 + $1.byteCount(steps: 5) } <= kernels.arenaByteCount)
    #expect(kernels.peakByteCount(steps: 1000) == kernels.arenaByteCount)
    #expect(kernels.peakByteCount() >= loops.count * 2400)
  }

  @Test func tapesGrow() throws {
    let graph = try trace("root", .input("a", .f64, [])) { (a: Tensor) -> Tensor in
      let root = whileLoop(a, while: { (x: Tensor) -> Tensor in abs(x * x - a) .> 1e-12 }) { (x: Tensor) -> Tensor in
        0.5 * (x + a / x)
      }
      return gradient(of: root, wrt: a)
    }.graph
    let kernels = try graph.kernels()
    let loops = kernels.loopMemory
    #expect(!loops.isEmpty && loops.allSatisfy { $0.stepCount == nil && $0.rowByteCount == 8 })
    let loop = try #require(loops.first)
    #expect([0, 1, 8, 9, 1000].map { loop.byteCount(steps: $0) } == [0, 64, 64, 128, 8192])
    #expect(loop.byteCount(steps: .max) == .max)
    #expect(kernels.peakByteCount() == kernels.arenaByteCount)
    #expect(kernels.peakByteCount(steps: 1000) == kernels.arenaByteCount + 8192 * loops.count)
    let compiled = try graph.compile()
    #expect(compiled.peakByteCount(steps: 9) >= compiled.arenaByteCount + 128 * loops.count)
  }
}
