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
  /// By open scope, what has been computed.
  private var known: [[Key: ValueID]] = []
  private var replacements: [ValueID: ValueID] = [:]

  init(values: [ValueInfo], written: Set<BufferID>) {
    self.values = values
    self.written = written
  }

  mutating func visit(_ body: [Statement]) -> [Statement] {
    known.append([:])
    defer { known.removeLast() }
    var result: [Statement] = []
    for statement in body {
      switch statement {
      case .loop(let axis, let inner): result.append(.loop(axis, visit(inner)))
      case .tile(let axis, let inner): result.append(.tile(axis, visit(inner)))
      default:
        let replaced = statement.mapValues { replacements[$0] ?? $0 }
        guard let value = replaced.result, replaced.isPure, replaced.buffer.map({ !written.contains($0.id) }) ?? true
        else {
          result.append(replaced)
          continue
        }
        let key = Key(statement: replaced.mapValues { $0 == value ? .none : $0 }, result: values[Int(value.index)])
        if let same = known.lazy.compactMap({ $0[key] }).first {
          replacements[value] = same
        } else {
          known[known.count - 1][key] = value
          result.append(replaced)
        }
      }
    }
    return result
  }
}
