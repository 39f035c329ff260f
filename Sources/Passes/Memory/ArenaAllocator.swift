/// A run of the arena in use from one step to another.
struct Block {
  var byteCount: Int
  var life: MemoryPlan.Life
  var offset = 0
}

/// Places for blocks, so that those that live at once do not overlap.
///
/// Which order leaves the smallest arena is not known beforehand (the best plan is NP-hard to find): blocks are placed in
/// order of first use, which takes n log n time, and unless that is already as small as what lives at once, by size and by size
/// times life, too, the smallest arena winning.
enum ArenaAllocator {
  /// More blocks than this are placed in order of first use only: the other orders take quadratic time.
  private static let greatestSearchCount = 1000

  /// Sets the offsets and returns the bytes of the arena.
  static func place(_ blocks: inout [Block]) -> Int {
    var best = placeByFirstUse(&blocks)
    let present = blocks.indices.filter { blocks[$0].byteCount > 0 }
    guard present.count <= greatestSearchCount, best > mostAtOnce(blocks) else { return best }
    let orders: [(Block) -> Double] = [
      { Double($0.byteCount) },
      { Double($0.byteCount) * Double($0.life.last - $0.life.first + 1) },
      { Double($0.life.last - $0.life.first + 1) },
    ]
    for weight in orders {
      var candidate = blocks
      let order = present.sorted {
        let (a, b) = (weight(blocks[$0]), weight(blocks[$1]))
        return a == b ? blocks[$0].life.first < blocks[$1].life.first : a > b
      }
      let size = place(&candidate, in: order)
      if size < best { (best, blocks) = (size, candidate) }
    }
    return best
  }

  /// The bytes that live at once at most: no arena is smaller.
  static func mostAtOnce(_ blocks: [Block]) -> Int {
    var changes: [(position: Int, bytes: Int)] = []
    for block in blocks where block.byteCount > 0 {
      changes.append((block.life.first, block.byteCount))
      changes.append((block.life.last + 1, -block.byteCount))
    }
    changes.sort { ($0.position, $0.bytes) < ($1.position, $1.bytes) }
    var (live, most) = (0, 0)
    for change in changes {
      live += change.bytes
      most = max(most, live)
    }
    return most
  }

  /// Each block in the smallest gap between those placed before it that live at the same time.
  private static func place(_ blocks: inout [Block], in order: [Int]) -> Int {
    var end = 0
    // By offset.
    var placed: [Int] = []
    for index in order {
      let block = blocks[index]
      var best: (offset: Int, room: Int)?
      var free = 0
      for other in placed where blocks[other].life.overlaps(block.life) {
        let room = blocks[other].offset - free
        if room >= block.byteCount, room < best?.room ?? .max { best = (free, room) }
        free = max(free, blocks[other].offset + blocks[other].byteCount)
      }
      let offset = best?.offset ?? free
      blocks[index].offset = offset
      end = max(end, offset + block.byteCount)
      let position = placed.partitioningIndex { blocks[$0].offset > offset }
      placed.insert(index, at: position)
    }
    return end
  }

  /// Best fit in order of first use: free runs are kept by address, the smallest that holds a block takes it.
  private static func placeByFirstUse(_ blocks: inout [Block]) -> Int {
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

extension MemoryPlan.Life {
  func overlaps(_ other: MemoryPlan.Life) -> Bool { first <= other.last && other.first <= last }
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
