package import Basics
package import KernelIR

/// Gives every temporary a place in one arena; those whose lives do not overlap share memory. Before that, copies go
/// between buffers that can be one, and temporaries that die in a kernel become one with what it writes, where it touches of
/// them exactly the element it writes.
package enum MemoryPlan {
  /// Throws if the temporaries need more memory than there are addresses.
  package static func apply(to program: Program) throws(Diagnostics) -> Program {
    var planned = program.withBuffersShared()
    var blocks: [Block] = []
    var blockOf: [BufferID: Int] = [:]
    for (buffer, life) in lives(planned, StepFlow(planned)).enumerated() {
      guard let life, case .temporary = planned.buffers[buffer].role else { continue }
      blockOf[buffer] = blocks.count
      blocks.append(Block(byteCount: roundUp(planned.buffers[buffer].type.byteCount), life: life))
    }
    // Before they are planned: offsets beyond would not fit an integer.
    if blocks.contains(where: { $0.byteCount > greatestByteCount }) { throw tooLarge(program) }
    planned.arenaByteCount = ArenaAllocator.place(&blocks)
    if planned.arenaByteCount > greatestByteCount { throw tooLarge(program) }
    for (buffer, block) in blockOf { planned.buffers[buffer].role = .temporary(offset: blocks[block].offset) }
    return planned
  }

  /// As kernel IR has it. 2^15 blocks of this size can be added up.
  private static let greatestByteCount = 1 << 48

  /// Whether every buffer could be there.
  static func hasPossibleSizes(_ program: Program) -> Bool {
    program.buffers.allSatisfy { $0.type.byteCount <= greatestByteCount }
  }

  private static func tooLarge(_ program: Program) -> Diagnostics {
    Diagnostics([
      Diagnostic("'\(program.name)' needs more than 2^48 bytes for intermediate values", kind: .unsupported)
    ])
  }

  static func roundUp(_ bytes: Int) -> Int { (bytes + 63) / 64 * 64 }
}

extension Program {
  /// The program without copies, stores and buffers that it can do without.
  fileprivate func withBuffersShared() -> Program {
    removingDeadStores().aliasingCopiedWindows().coalescingCopies().computingInPlace().withoutSelfCopies()
      .addingProductsInPlace().startingSumsInPlace().writingStacksInPlace().removingUnusedBuffers()
  }

  /// The program on blocks of rows, with buffers shared as far as they are before; itself if nothing is gained.
  func inRowBlocks(_ model: CostModel, _ parallelism: Parallelism?) -> Program {
    var hasRows = false
    steps.forEachLeaf { if !$0.rowCounts(model).isEmpty { hasRows = true } }
    guard hasRows || hasLoopRows(steps, model, parallelism) else { return self }
    let shared = withBuffersShared()
    let blocked = shared.blockingRows(model, parallelism: parallelism)
    return blocked == shared ? self : blocked
  }

  /// Whether threads could share the rows of a loop.
  private func hasLoopRows(_ steps: [Step], _ model: CostModel, _ parallelism: Parallelism?) -> Bool {
    guard let parallelism else { return false }
    return steps.contains { step in
      if case .loop(let loop) = step, !loop.rowCounts(model, parallelism).isEmpty { return true }
      return step.lists.contains { hasLoopRows($0, model, parallelism) }
    }
  }
}
