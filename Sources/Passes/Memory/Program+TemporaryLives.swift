package import KernelIR

extension Program {
  /// When a planned temporary is needed.
  package struct TemporaryLife: Sendable {
    package var buffer: BufferID
    /// Positions among all steps, what loops and branches do themselves among them.
    package var first: Int
    package var last: Int
    /// Of the step that writes it first.
    package var origins: [String]
  }

  package struct TemporaryLives: Sendable {
    /// By first position, then by offset.
    package var lives: [TemporaryLife]
    /// By position, the numbers from 1 of the step and of those around it; the condition of a `while` is its first step,
    /// the cases of a branch are its steps.
    package var paths: [[Int]]
    /// The bytes that are needed at once at most, each temporary's a multiple of 64.
    package var liveByteCount: Int
  }

  /// When the temporaries of a planned program are needed.
  package func temporaryLives() -> TemporaryLives {
    let flow = StepFlow(self, recordsPaths: true)
    var firstWrites: [BufferID: Int] = [:]
    for (position, accesses) in flow.accesses.enumerated() {
      for access in accesses where access.writes {
        let root = root(of: access.buffer)
        if firstWrites[root] == nil { firstWrites[root] = position }
      }
    }
    var found: [(life: TemporaryLife, offset: Int)] = []
    var blocks: [Block] = []
    for (buffer, life) in MemoryPlan.lives(self, flow).enumerated() {
      guard let life, case .temporary(let offset) = buffers[buffer].role else { continue }
      let origins = firstWrites[buffer].flatMap { flow.steps[$0]?.origins } ?? []
      found.append(
        (TemporaryLife(buffer: buffer, first: life.first, last: life.last, origins: origins), offset))
      blocks.append(Block(byteCount: MemoryPlan.roundUp(buffers[buffer].type.byteCount), life: life))
    }
    found.sort { ($0.life.first, $0.offset) < ($1.life.first, $1.offset) }
    return TemporaryLives(
      lives: found.map(\.life), paths: flow.paths, liveByteCount: ArenaAllocator.mostAtOnce(blocks))
  }
}

extension Step {
  /// The tensor ops that it came from.
  fileprivate var origins: [String] {
    switch self {
    case .kernel(let kernel): kernel.origins
    case .gemm(let gemm): gemm.origins
    case .call(let call): call.origins
    case .loop(let loop): loop.origins
    case .whileLoop(let loop): loop.origins
    case .branch(let branch): branch.origins
    }
  }
}
