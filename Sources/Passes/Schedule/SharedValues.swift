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
  private let values: [ValueInfo]
  private let written: Set<BufferID>
  /// What has been computed in the open scopes: statements without their results, and these.
  private var known: [(statement: Statement, result: ValueID)] = []
  private var chains = HashChains()
  /// By value, itself or the one that is the same.
  private var replacements: [ValueID]

  init(values: [ValueInfo], written: Set<BufferID>) {
    self.values = values
    self.written = written
    replacements = values.indices.map { ValueID($0) }
  }

  mutating func visit(_ body: [Statement]) -> [Statement] {
    let count = known.count
    defer {
      known.removeSubrange(count...)
      chains.removeAll(after: count)
    }
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
        let unnamed = replaced.mapValues { $0 == value ? .none : $0 }
        let info = values[Int(value.index)]
        let hash = unnamed.hashValue
        let same = chains.position(of: hash) {
          known[$0].statement == unnamed && values[Int(known[$0].result.index)] == info
        }
        if let same {
          replacements[Int(value.index)] = known[same].result
        } else {
          known.append((unnamed, value))
          chains.append(hash)
          result.append(replaced)
        }
      }
    }
    return result
  }
}
