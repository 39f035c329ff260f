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

  /// What a loop inside keeps of a step is a part of what the one around it keeps; blocks of rows are no steps.
  @Test func loopsInside() throws {
    let kernels = try trace("f", .input("x", .f64, [6, 5, 7]), .input("w", .f64, [7])) { x, w in
      let loop = scan(zeros([7], .f64), over: x) { c, rows in
        (scan(c, over: rows) { c, row in (sin(c * w + row), [Tensor]()) }.carry, [Tensor]())
      }
      return gradient(of: loop.carry.sum(), wrt: w)
    }.graph.kernels()
    #expect(!kernels.loopMemory.isEmpty && kernels.loopMemory.allSatisfy { $0.stepCount == 6 })
  }

  /// Of a scan whose rows threads share, all rows of a step.
  @Test func partsOfRows() throws {
    let kernels = try trace("f", .input("x", .f32, [100, 32, 64]), .input("w", .f32, [64, 64])) { x, w in
      let loop = scan(zeros([32, 64], .f32), over: x) { c, row in (tanh(matmul(c, w) + row), [Tensor]()) }
      return gradient(of: loop.carry.sum(), wrt: w)
    }.graph.kernels()
    #expect(kernels.steps.contains { $0.operations.contains { $0.contains("parts of") } })
    let loops = kernels.loopMemory
    #expect(!loops.isEmpty && loops.allSatisfy { $0.stepCount == 100 && $0.rowType == TensorType(.f32, [32, 64]) })
    #expect(loops.reduce(0) { $0 + $1.byteCount(steps: 100) } <= kernels.arenaByteCount)
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
