internal import KernelIR

extension KernelProgram {
  /// What a loop keeps of all of its steps, such as what its gradient needs of them.
  public struct LoopMemory: Sendable, Hashable {
    /// The operations that the loop came from.
    public let operations: [String]
    /// The name of the buffer or tape.
    public let name: String
    /// The dtype and shape of what is kept of one step.
    public let rowType: TensorType
    /// The steps there is room for, if that is known before the loop runs: then it is a part of the arena. Otherwise it
    /// is a tape, which grows as the loop runs.
    public let stepCount: Int?
    fileprivate let doubles: Bool

    /// The bytes of one step.
    public var rowByteCount: Int { rowType.elementCount * rowType.dtype.byteCount }

    /// The bytes that are kept after so many steps: those of the steps planned for, or as many as a tape has grown to,
    /// which for a loop that does not know how long it runs is at most twice what it holds.
    public func byteCount(steps: Int) -> Int {
      if let stepCount { return stepCount.multipliedSaturating(by: rowByteCount) }
      if steps <= 0 { return 0 }
      let needed = max(steps.multipliedSaturating(by: rowByteCount), Self.leastByteCount)
      var bytes = max(rowByteCount, Self.leastByteCount)
      while doubles && bytes < needed { bytes = bytes.multipliedSaturating(by: 2) }
      return doubles ? bytes : needed
    }

    private static let leastByteCount = 64
  }

  /// What loops keep of their steps, in order: parts of the arena, and tapes.
  public var loopMemory: [LoopMemory] {
    var found: [LoopMemory] = []
    collectLoopMemory(program.steps, parts: nil, &found)
    return found
  }

  /// The bytes that a call needs besides the arrays it is given: the arena, and the tapes of loops whose number of steps is
  /// not known before they run, if each runs so often.
  public func peakByteCount(steps: Int = 0) -> Int {
    loopMemory.filter { $0.stepCount == nil }.reduce(arenaByteCount) {
      $0.addingSaturating($1.byteCount(steps: steps))
    }
  }

  /// - Parameter parts: The loop around the steps, if it is one over parts of rows that threads share.
  private func collectLoopMemory(_ steps: [KernelIR.Step], parts: StepLoop?, _ found: inout [LoopMemory]) {
    for step in steps {
      var inside: StepLoop?
      switch step {
      case .loop(let loop) where loop.isParallel: inside = loop
      case .loop(let loop):
        found += stacks(writtenIn: loop, parts) + tapes(loop.records, loop.origins, doubles: false)
      case .whileLoop(let loop): found += tapes(loop.records, loop.origins, doubles: true)
      case .kernel, .gemm, .call, .branch: break
      }
      for list in step.lists { collectLoopMemory(list, parts: inside, &found) }
    }
  }

  private func tapes(_ records: [TapeID], _ origins: [String], doubles: Bool) -> [LoopMemory] {
    records.map { tape in
      LoopMemory(
        operations: origins, name: program.tapes[tape].name, rowType: program.tapes[tape].rowType, stepCount: nil,
        doubles: doubles)
    }
  }

  /// Temporaries of which the loop writes a row at every step: all parts of it together, if the loop does some of the rows.
  /// Blocks of rows are no steps.
  private func stacks(writtenIn loop: StepLoop, _ parts: StepLoop?) -> [LoopMemory] {
    if loop.isOfBlocks { return [] }
    var written: [BufferID] = []
    loop.body.forEachBuffer { buffer, isWritten in
      // A loop inside writes parts of a step's part.
      guard isWritten, let slice = program.slice(of: buffer, in: loop.id), !written.contains(slice) else { return }
      written.append(slice)
    }
    return written.compactMap { buffer in
      guard case .slice(var stack, loop.id, _, _) = program.buffers[buffer].role else { return nil }
      var rowType = program.buffers[buffer].type
      if let parts, case .slice(let whole, parts.id, _, _) = program.buffers[stack].role {
        stack = whole
        rowType = self.rowType(of: program.buffers[whole].type, loop.bound, rowType.elementCount * parts.bound)
      }
      guard case .temporary = program.buffers[stack].role else { return nil }
      return LoopMemory(
        operations: loop.origins, name: program.buffers[stack].name, rowType: rowType, stepCount: loop.bound,
        doubles: false)
    }
  }

  /// A step's part of a stack of so many, if it has so many elements; else these in a row.
  private func rowType(of stack: TensorType, _ stepCount: Int, _ elementCount: Int) -> TensorType {
    if stack.shape.extents.first == stepCount, stack.elementCount == stepCount * elementCount {
      return TensorType(stack.dtype, stack.shape.removing([0]))
    }
    return TensorType(stack.dtype, Shape([elementCount]))
  }
}

extension CompiledGraph {
  /// The bytes that a call needs besides the arrays it is given, scratch memory of the code among them; see
  /// ``KernelProgram/peakByteCount(steps:)``. A thread that calls at the same time needs as many again.
  public func peakByteCount(steps: Int = 0) -> Int {
    kernels.peakByteCount(steps: steps).addingSaturating(arenaByteCount - kernels.arenaByteCount)
  }
}

extension Int {
  fileprivate func multipliedSaturating(by other: Int) -> Int {
    let (product, overflows) = multipliedReportingOverflow(by: other)
    return overflows ? .max : product
  }

  fileprivate func addingSaturating(_ other: Int) -> Int {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? .max : sum
  }
}
