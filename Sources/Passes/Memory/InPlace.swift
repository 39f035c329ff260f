import Basics
import KernelIR

/// Finds results of kernels that may take the place of an operand.
///
/// The operand must be a temporary of the same size that is not read again, the kernel must store once, as its last
/// statement in its innermost scope, and must read the operand at exactly the index it stores to.
enum InPlace {
  /// For a buffer the one whose memory it takes over.
  static func choose(_ program: Program, _ lives: [MemoryPlan.Life?]) -> [BufferID: BufferID] {
    var hosts: [BufferID: BufferID] = [:]
    for (number, step) in program.steps.enumerated() {
      guard case .kernel(let kernel) = step, let store = onlyStore(kernel.body),
        case .temporary = program.buffers[store.buffer].role, lives[store.buffer]?.first == number
      else { continue }
      var indices: [BufferID: [AffineIndex]] = [:]
      readIndices(kernel.body, &indices)
      let size = program.buffers[store.buffer].type.byteCount
      hosts[store.buffer] =
        indices.keys.sorted().first { buffer in
          guard case .temporary = program.buffers[buffer].role else { return false }
          return lives[buffer]?.last == number && program.buffers[buffer].type.byteCount == size
            && program.buffers[buffer].type.dtype == program.buffers[store.buffer].type.dtype
            && indices[buffer]?.allSatisfy { $0 == store.index } ?? false
        }
    }
    return hosts
  }

  /// The store of a nest of single scopes that stores once, at the very end.
  private static func onlyStore(_ body: [Statement]) -> (buffer: BufferID, index: AffineIndex)? {
    var count = 0
    body.forEachBuffer { _, isWritten in if isWritten { count += 1 } }
    guard count == 1 else { return nil }
    var current = body
    while let last = current.last {
      if case .store(let buffer, let index, _) = last { return (buffer, index) }
      guard let (_, inner) = last.scope else { return nil }
      current = inner
    }
    return nil
  }

  private static func readIndices(_ body: [Statement], _ indices: inout [BufferID: [AffineIndex]]) {
    for statement in body {
      switch statement {
      case .loop(_, let inner), .tile(_, let inner): readIndices(inner, &indices)
      case .load(_, let buffer, let index): indices[buffer, default: []].append(index)
      // A gather reads anywhere: an index that no store has.
      case .gather(_, let buffer, _, _, _, _): indices[buffer, default: []].append(AffineIndex(offset: -1))
      default: break
      }
    }
  }
}
