import GradC
import Testing

/// What compiled functions say of their memory.
@Suite struct MemoryReportTests {
  private func report() throws -> MemoryReport {
    try trace("chain", .input("x", .f32, [32, 32]), .input("w", .f32, [32, 32])) { x, w in
      matmul(tanh(matmul(exp(matmul(x, w)), w)), w)
    }.compile().graph.memory
  }

  @Test func livesAndPlaces() throws {
    let memory = try report()
    #expect(memory.buffers.count >= 2)
    #expect(memory.liveByteCount <= memory.arenaByteCount && memory.arenaByteCount <= memory.peakByteCount)
    for buffer in memory.buffers {
      #expect(buffer.offset >= 0 && buffer.offset + buffer.byteCount <= memory.arenaByteCount)
      #expect(buffer.firstStep.lexicographicallyPrecedes(buffer.lastStep) || buffer.firstStep == buffer.lastStep)
      #expect(buffer.operations.contains { $0.contains("MemoryReportTests.swift") })
    }
    // The same as what is live: a chain has one product's operand and result at a time.
    #expect(memory.liveByteCount == memory.arenaByteCount)
  }

  @Test func picture() throws {
    let memory = try report()
    let lines = memory.picture(width: 10, height: 4).split(separator: "\n")
    #expect(lines.count == 4 && lines.allSatisfy { $0.contains("│") })
    #expect(memory.picture().contains("a"))
    #expect(try trace("id", .input("x", .f32, [3])) { $0 + 1 }.compile().graph.memory.picture() == "")
  }

  /// Steps in loops are numbered as the report of steps does.
  @Test func loops() throws {
    let compiled = try trace("loop", .input("w", .f32, [16, 16]), .input("x", .f32, [16])) { w, x in
      scan(x, over: zeros([10, 16])) { h, row in (tanh(matmul(w, exp(matmul(w, h)) + row)), [Tensor]()) }.carry
    }.compile().graph
    let inner = compiled.memory.buffers.filter { $0.firstStep.count == 2 }
    #expect(!inner.isEmpty)
    for buffer in inner {
      let loop = compiled.kernels.steps[buffer.firstStep[0] - 1]
      #expect(
        loop.steps.indices.contains(buffer.firstStep[1] - 1) && loop.steps.indices.contains(buffer.lastStep[1] - 1))
    }
  }

  @Test func boundsOnMemory() throws {
    let function = try trace("twice", .input("x", .f64, [64, 64]), .input("w", .f64, [64, 64])) { x, w in
      let e = exp(tanh(x))
      return (matmul(sin(matmul(e * x, w)), w) * e).sum()
    }
    let plain = try function.compile()
    let bounded = try function.compile(memoryBound: plain.memory.arenaByteCount - 64)
    #expect(bounded.memory.arenaByteCount < plain.memory.arenaByteCount)
    #expect(throws: Diagnostics.self) { _ = try function.compile(memoryBound: 0) }
  }
}
