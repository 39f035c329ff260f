package import Basics
package import KernelIR

/// Gives every temporary a place in one arena; those whose lives do not overlap share memory. Before that, copies go
/// between buffers that can be one, and temporaries that die in a kernel become one with what it writes, where it touches of
/// them exactly the element it writes.
package enum MemoryPlan {
  /// Throws if the temporaries need more memory than there are addresses.
  package static func apply(to program: Program) throws(Diagnostics) -> Program {
    var planned = program.removingDeadStores().aliasingCopiedWindows().coalescingCopies().computingInPlace()
      .withoutSelfCopies()
      .addingProductsInPlace().startingSumsInPlace().removingUnusedBuffers()
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

  private static func tooLarge(_ program: Program) -> Diagnostics {
    Diagnostics([
      Diagnostic("'\(program.name)' needs more than 2^48 bytes for intermediate values", kind: .unsupported)
    ])
  }

  static func roundUp(_ bytes: Int) -> Int { (bytes + 63) / 64 * 64 }
}

/// A run of the arena in use from one step to another.
struct Block {
  var byteCount: Int
  var life: MemoryPlan.Life
  var offset = 0
}

/// Best fit in order of first use: free runs are kept by address, the smallest that holds a block takes it.
enum ArenaAllocator {
  static func place(_ blocks: inout [Block]) -> Int {
    let order = blocks.indices.sorted { blocks[$0].life.first < blocks[$1].life.first }
    var ending: [Int: [Int]] = [:]
    for index in blocks.indices { ending[blocks[index].life.last, default: []].append(index) }
    let ends = ending.keys.sorted()
    var nextEnd = 0
    var free = FreeList()
    for index in order where blocks[index].byteCount > 0 {
      while nextEnd < ends.count, ends[nextEnd] < blocks[index].life.first {
        for ended in ending[ends[nextEnd]] ?? [] where blocks[ended].byteCount > 0 {
          free.release(blocks[ended].offset, blocks[ended].byteCount)
        }
        nextEnd += 1
      }
      blocks[index].offset = free.take(blocks[index].byteCount)
    }
    return free.end
  }
}

private struct FreeList {
  private(set) var end = 0
  private var runs: [(offset: Int, byteCount: Int)] = []

  mutating func take(_ byteCount: Int) -> Int {
    var best: Int?
    for (index, run) in runs.enumerated() where run.byteCount >= byteCount {
      if best.map({ run.byteCount < runs[$0].byteCount }) ?? true { best = index }
    }
    if let best {
      let offset = runs[best].offset
      if runs[best].byteCount == byteCount {
        runs.remove(at: best)
      } else {
        runs[best] = (offset + byteCount, runs[best].byteCount - byteCount)
      }
      return offset
    }
    // The last free run grows if it touches the end.
    if let last = runs.last, last.offset + last.byteCount == end {
      runs.removeLast()
      end = last.offset + byteCount
      return last.offset
    }
    end += byteCount
    return end - byteCount
  }

  mutating func release(_ offset: Int, _ byteCount: Int) {
    var index = runs.partitioningIndex { $0.offset > offset }
    runs.insert((offset, byteCount), at: index)
    if index + 1 < runs.count, offset + byteCount == runs[index + 1].offset {
      runs[index].byteCount += runs[index + 1].byteCount
      runs.remove(at: index + 1)
    }
    if index > 0, runs[index - 1].offset + runs[index - 1].byteCount == runs[index].offset {
      runs[index - 1].byteCount += runs[index].byteCount
      runs.remove(at: index)
      index -= 1
    }
  }
}

extension Array {
  /// The first index whose element satisfies a predicate that is false for a prefix and true for the rest.
  fileprivate func partitioningIndex(where predicate: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if predicate(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
