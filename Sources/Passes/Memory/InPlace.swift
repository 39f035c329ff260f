import Basics
import KernelIR

/// Finds targets of kernels that may take the place of a temporary.
///
/// The temporary must be of the target's dtype and size, dead after the kernel, and touched in it only at the very index
/// at which the kernel stores the target, before it does. That store must be the kernel's only touch of the target and
/// reach no element twice; nothing may have touched the target before, and of a parameter that is updated it must
/// reach every element.
enum InPlace {
  struct Pair {
    var operand: BufferID
    var target: BufferID
  }

  /// The pairs of one kernel, no buffer in two; `accesses` is what it does, `lives` is by buffer, `aliases` says what each has
  /// become.
  static func pairs(
    _ kernel: Kernel, at step: Int, _ accesses: [BufferAccess], _ program: Program, _ lives: [MemoryPlan.Life?],
    aliases: [BufferID]
  ) -> [Pair] {
    let buffers = program.buffers
    var table = AccessTable(program, aliases)
    table.walk(kernel.body, [])
    let touched = table.byBuffer.keys.sorted()
    let operands = touched.filter { buffer in
      guard case .temporary = buffers[buffer].role, table.byBuffer[buffer]?.index != nil else { return false }
      return lives[buffer]?.last == step
    }
    var taken: Set<BufferID> = []
    var pairs: [Pair] = []
    for target in touched where lives[target]?.first == step && !taken.contains(target) {
      guard let store = table.byBuffer[target], store.isSingleStore else { continue }
      if case .updated = buffers[target].role,
        !accesses.contains(where: { aliases[$0.buffer] == target && $0.kills })
      {
        continue
      }
      let operand = operands.first { operand in
        guard operand != target, !taken.contains(operand), let access = table.byBuffer[operand] else { return false }
        let (one, other) = (buffers[operand].type, buffers[target].type)
        return access.index == store.index && access.last < store.first && one.dtype == other.dtype
          && one.byteCount == other.byteCount
      }
      guard let operand else { continue }
      taken.formUnion([operand, target])
      pairs.append(Pair(operand: operand, target: target))
    }
    return pairs
  }
}

/// Where in its text a kernel touches each buffer.
private struct AccessTable {
  struct Access {
    var first: Int
    var last: Int
    /// The index of all accesses; `nil` if they differ or one is no plain load or store.
    var index: AffineIndex?
    /// The only access is a store that reaches no element twice: its index moves with every scope around it.
    var isSingleStore: Bool
  }

  private let program: Program
  private let aliases: [BufferID]
  private(set) var byBuffer: [BufferID: Access] = [:]
  private var position = 0

  init(_ program: Program, _ aliases: [BufferID]) {
    self.program = program
    self.aliases = aliases
  }

  mutating func walk(_ body: [Statement], _ axes: [AxisID]) {
    for statement in body {
      if let (axis, inner) = statement.scope {
        walk(inner, axes + [axis])
      } else if let (buffer, _) = statement.buffer {
        note(aliases[buffer], statement, axes)
        // Parts of a buffer are touches of it at places that are not followed.
        let root = aliases[program.root(of: buffer)]
        if root != aliases[buffer] { byBuffer[root] = Access(first: 0, last: .max, index: nil, isSingleStore: false) }
      }
      position += 1
    }
  }

  private mutating func note(_ buffer: BufferID, _ statement: Statement, _ axes: [AxisID]) {
    var index: AffineIndex?
    var isStore = false
    switch statement {
    case .load(_, _, let place): index = place
    case .store(_, let place, _):
      index = place
      isStore = axes.allSatisfy { place.coefficient(of: $0) != 0 }
    default: break
    }
    if var access = byBuffer[buffer] {
      access.last = position
      if access.index != index { access.index = nil }
      access.isSingleStore = false
      byBuffer[buffer] = access
    } else {
      byBuffer[buffer] = Access(first: position, last: position, index: index, isSingleStore: isStore)
    }
  }
}
