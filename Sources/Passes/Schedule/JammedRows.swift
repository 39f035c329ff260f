package import KernelIR

// Rows of which each reads one array that does not fit into the first-level cache, as distances of points to many others do,
// are computed a few side by side: what is read of the array serves all of them.

extension Program {
  /// The planned program with rows of such kernels side by side.
  package func jammingRows(_ model: CostModel) -> Program {
    var program = self
    program.steps = steps.jammed(model)
    return program
  }
}

extension [Step] {
  fileprivate func jammed(_ model: CostModel) -> [Step] {
    flatMap { step -> [Step] in
      if !step.lists.isEmpty { return [step.mapLists { $0.jammed(model) }] }
      guard case .kernel(let kernel) = step, var jam = RowJam(kernel, model) else { return [step] }
      return jam.run().map { .kernel($0) }
    }
  }
}

private struct RowJam {
  private var kernel: Kernel
  private let row: AxisID
  private let tile: AxisID
  private let body: [Statement]
  /// Values of every row, or the one of all.
  private var numbers: [[ValueID: ValueID]]

  /// A kernel of rows of one tile scope each, with nothing but loads, arithmetic and stores of elements of their own.
  init?(_ kernel: Kernel, _ model: CostModel) {
    guard kernel.partition == nil, case .loop(let row, let body)? = kernel.body.last,
      case .tile(let tile, let inner)? = body.last,
      kernel.body.dropLast().allSatisfy({ if case .constant = $0 { true } else { false } }),
      kernel.axes[row].extent >= CostModel.greatestJam,
      (body.count + inner.count) * CostModel.greatestJam <= CostModel.greatestUnrolledKernel
    else { return nil }
    var read: Set<BufferID> = []
    var written: [BufferID] = []
    var shared = 0
    var sharedBytes = 0
    for statement in body.dropLast() + inner {
      switch statement {
      case .constant, .compute, .sineCosine, .cast: break
      case .load(let value, let buffer, let index):
        read.insert(buffer)
        if index.coefficient(of: tile) != 0, index.coefficient(of: row) == 0 {
          shared += 1
          sharedBytes += kernel.axes[tile].extent * kernel.values[Int(value.index)].dtype.byteCount
        }
      case .store(let buffer, let index, _):
        written.append(buffer)
        let reach = index.coefficient(of: tile).magnitude * UInt(max(kernel.axes[tile].extent - 1, 0))
        guard index.coefficient(of: row).magnitude > reach else { return nil }
      default: return nil
      }
    }
    guard shared >= CostModel.leastJammedLoads, sharedBytes > model.nearestBytes, written.count == 1,
      !read.contains(written[0])
    else { return nil }
    self.kernel = kernel
    self.row = row
    self.tile = tile
    self.body = body
    numbers = Array(repeating: [:], count: CostModel.greatestJam)
  }

  /// The kernel of rows side by side, and that of those that are left.
  mutating func run() -> [Kernel] {
    let count = numbers.count
    let extent = kernel.axes[row].extent
    let rest = extent % count
    var left = kernel
    left.axes[row].extent = rest
    left.body = left.body.map {
      $0.replacing(row, by: row) {
        $0.add(row, times: $1); $0.offset += $1 * (extent - rest)
      }
    }
    guard case .tile(_, let inner)? = body.last else { return [kernel] }
    let outside = jammed(Array(body.dropLast()))
    let inside = jammed(inner)
    kernel.body[kernel.body.count - 1] = .loop(row, outside + [.tile(tile, inside)])
    kernel.axes[row].extent = extent / count
    return rest == 0 ? [kernel] : [kernel, left]
  }

  private mutating func jammed(_ statements: [Statement]) -> [Statement] {
    var result: [Statement] = []
    var index = 0
    while index < statements.count {
      var group = statements[index...index]
      index += 1
      if isShared(group[group.startIndex]) {
        result.append(renamed(group[group.startIndex], 0))
        continue
      }
      // A value beside its store is computed where it is stored.
      if index < statements.count, case .store(_, _, let value) = statements[index],
        group[group.startIndex].result == value
      {
        group = statements[index - 1...index]
        index += 1
      }
      for number in numbers.indices {
        for statement in group {
          if number > 0 {
            statement.forResults { value in
              numbers[number][value] = ValueID(kernel.values.count)
              kernel.values.append(kernel.values[Int(value.index)])
            }
          }
          result.append(renamed(statement, number))
        }
      }
    }
    return result
  }

  /// Whether a load reads the same elements for all rows.
  private func isShared(_ statement: Statement) -> Bool {
    switch statement {
    case .constant: true
    case .load(_, _, let index): index.coefficient(of: row) == 0
    default: false
    }
  }

  private func renamed(_ statement: Statement, _ number: Int) -> Statement {
    statement.mapValues { numbers[number][$0] ?? $0 }.mapIndex { index in
      let coefficient = index.coefficient(of: row)
      var index = index
      index.add(row, times: coefficient * (numbers.count - 1))
      index.offset += coefficient * number
      return index
    }
  }
}
