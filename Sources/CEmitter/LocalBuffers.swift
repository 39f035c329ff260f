import KernelIR

extension Program {
  /// Small temporaries that are variables of the function that runs the steps instead of parts of the arena: what loops carry
  /// from iteration to iteration a compiler then keeps in registers. None but kernels of single elements, loops and branches
  /// use them, so that none is seen by a function of a thread.
  func localBuffers(greatestParameterCount: Int, greatestInlineCount: Int, greatestInlinedCount: Int) -> Set<BufferID> {
    var isLocal = buffers.map { buffer in
      if case .temporary = buffer.role {
        return buffer.type.elementCount > 0 && buffer.type.byteCount <= CostModel.greatestLocal
      }
      return false
    }
    guard isLocal.contains(true), steps.contains(where: { !$0.lists.isEmpty }), !steps.containsParallelLoop else {
      return []
    }
    for buffer in buffers { if case .slice(let base, _, _, _) = buffer.role { isLocal[base] = false } }
    var inlinedCount = 0
    func visit(_ steps: [Step], isNested: Bool) {
      for step in steps {
        for list in step.lists { visit(list, isNested: true) }
        guard step.lists.isEmpty else { continue }
        if case .kernel(let kernel) = step, kernel.isStraight {
          if isNested, kernel.body.count <= greatestInlineCount {
            inlinedCount += kernel.body.count
            continue
          }
          if Set(kernel.body.compactMap(\.accessedBuffer)).count <= greatestParameterCount { continue }
        }
        [step].forEachBuffer { buffer, _ in isLocal[buffer] = false }
      }
    }
    visit(steps, isNested: false)
    guard inlinedCount <= greatestInlinedCount else { return [] }
    return Set(isLocal.indices.filter { isLocal[$0] })
  }
}

extension Kernel {
  /// Whether it has no scopes.
  var isStraight: Bool {
    body.allSatisfy { statement in
      switch statement {
      case .loop, .tile: false
      default: true
      }
    }
  }
}

extension Statement {
  fileprivate var accessedBuffer: BufferID? {
    switch self {
    case .load(_, let buffer, _), .gather(_, let buffer, _, _, _, _), .store(let buffer, _, _): buffer
    case .scatter(let scatter): scatter.buffer
    default: nil
    }
  }
}

extension [Step] {
  fileprivate var containsParallelLoop: Bool {
    contains { step in
      if case .loop(let loop) = step, loop.isParallel { return true }
      return step.lists.contains { $0.containsParallelLoop }
    }
  }
}
