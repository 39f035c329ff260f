import Basics
import KernelIR

extension Kernel {
  /// The kernel with everything computed once that is computed twice in a scope and those around it.
  func sharingValues() -> Kernel {
    var written: Set<BufferID> = []
    body.forEachBuffer { buffer, isWritten in if isWritten { written.insert(buffer) } }
    var sharing = ValueSharing(values: values, written: written)
    var kernel = self
    kernel.body = sharing.visit(body)
    return kernel.compacted()
  }
}

private struct ValueSharing {
  /// A statement without its result, and what its result is.
  private struct Key: Hashable {
    var statement: Statement
    var result: ValueInfo
  }

  private let values: [ValueInfo]
  private let written: Set<BufferID>
  /// What has been computed in the open scopes.
  private var known = LinkedTable<Key, ValueID>()
  /// By value, itself or the one that is the same.
  private var replacements: [ValueID]

  init(values: [ValueInfo], written: Set<BufferID>) {
    self.values = values
    self.written = written
    replacements = values.indices.map { ValueID($0) }
  }

  mutating func visit(_ body: [Statement]) -> [Statement] {
    let count = known.count
    defer { known.removeAll(after: count) }
    var result: [Statement] = []
    result.reserveCapacity(body.count)
    for statement in body {
      switch statement {
      case .loop(let axis, let inner): result.append(.loop(axis, visit(inner)))
      case .tile(let axis, let inner): result.append(.tile(axis, visit(inner)))
      default:
        let replaced = statement.mapValues { $0 == .none ? $0 : replacements[Int($0.index)] }
        // Of what has two results, none is known by the other's name.
        if case .sineCosine = replaced {
          result.append(replaced)
          continue
        }
        guard let value = replaced.result, replaced.isPure, replaced.buffer.map({ !written.contains($0.id) }) ?? true
        else {
          result.append(replaced)
          continue
        }
        let key = Key(statement: replaced.mapValues { $0 == value ? .none : $0 }, result: values[Int(value.index)])
        let (same, isNew) = known.value(of: key, orNew: value)
        if isNew { result.append(replaced) } else { replacements[Int(value.index)] = same }
      }
    }
    return result
  }
}
