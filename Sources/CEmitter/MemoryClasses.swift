import Basics
import KernelIR

/// Which buffers of a kernel share memory, and when each piece of memory is read and written.
struct MemoryClasses {
  /// By buffer; -1 for buffers that the kernel does not touch.
  private var classes: [Int32] = []
  private var programBuffers: [Buffer] = []
  /// By class, sorted positions of everything that reads or writes.
  private var accesses: [[Int32]] = []
  private var writes: [[Int32]] = []
  /// Buffers that the kernel touches, ascending.
  private(set) var buffers: [Int32] = []
  private var writtenBuffers: Set<Int32> = []
  /// By class: how many buffers.
  private var memberCount: [Int] = []
  /// Known where buffers move.
  private var spans: [Int32: MemorySpan] = [:]

  /// No buffers.
  init() {}

  init(_ flat: FlatKernel, isLive: [Bool], program: Program, loops: LoopTable) {
    classes = [Int32](repeating: -1, count: program.buffers.count)
    programBuffers = program.buffers
    var isTouched = [Bool](repeating: false, count: program.buffers.count)
    for position in flat.code.indices where isLive[position] && flat.code[position].buffer >= 0 {
      isTouched[Int(flat.code[position].buffer)] = true
    }
    for buffer in isTouched.indices where isTouched[buffer] { buffers.append(Int32(buffer)) }
    let isMoving = buffers.contains { program.buffers[Int($0)].role.isMoving }
    if isMoving { classifySpans(program, loops) } else { classify(program) }
    accesses = [[Int32]](repeating: [], count: memberCount.count)
    writes = accesses
    for position in flat.code.indices where isLive[position] && flat.code[position].buffer >= 0 {
      let kind = Int(classes[Int(flat.code[position].buffer)])
      accesses[kind].append(Int32(position))
      if flat.code[position].kind == .store || flat.code[position].kind == .scatter {
        writes[kind].append(Int32(position))
        writtenBuffers.insert(flat.code[position].buffer)
      }
    }
  }

  /// Classes by the places of temporaries.
  private mutating func classify(_ program: Program) {
    var temporaries: [(start: Int, end: Int, buffer: Int)] = []
    for buffer in buffers.map(Int.init) {
      if case .temporary(let offset) = program.buffers[buffer].role {
        temporaries.append((offset, offset + program.buffers[buffer].type.byteCount, buffer))
      } else {
        classes[buffer] = Int32(memberCount.count)
        memberCount.append(1)
      }
    }
    temporaries.sort { ($0.start, $0.buffer) < ($1.start, $1.buffer) }
    var end = Int.min
    for temporary in temporaries {
      if temporary.start >= end { memberCount.append(0) }
      classes[temporary.buffer] = Int32(memberCount.count - 1)
      memberCount[memberCount.count - 1] += 1
      end = max(end, temporary.end)
    }
  }

  /// Classes by the bytes that buffers have at once, where some move with loops.
  private mutating func classifySpans(_ program: Program, _ loops: LoopTable) {
    for buffer in buffers { spans[buffer] = MemorySpan(of: Int(buffer), in: program, loops) }
    var groups: [MemorySpan.Memory: [Int32]] = [:]
    for buffer in buffers { if let span = spans[buffer] { groups[span.memory, default: []].append(buffer) } }
    for (_, group) in groups.sorted(by: { $0.value[0] < $1.value[0] }) {
      // By position in the group, one with which it shares memory, or itself.
      var parents = Array(group.indices)
      func root(_ position: Int) -> Int {
        var position = position
        while parents[position] != position { position = parents[position] }
        return position
      }
      for one in group.indices {
        for other in 0..<one where overlap(group[one], group[other]) || group.count > Self.greatestGroup {
          parents[root(one)] = root(other)
        }
      }
      for position in group.indices {
        let first = Int(group[root(position)])
        if classes[first] < 0 {
          classes[first] = Int32(memberCount.count)
          memberCount.append(0)
        }
        classes[Int(group[position])] = classes[first]
        memberCount[Int(classes[first])] += 1
      }
    }
  }

  /// More buffers than this in one piece of memory are not told apart where some move.
  private static let greatestGroup = 256

  private func overlap(_ one: Int32, _ other: Int32) -> Bool {
    guard let first = spans[one], let second = spans[other] else { return true }
    return first.overlaps(second)
  }

  var emptyTimelines: [[(time: Int32, position: Int32)]] { Array(repeating: [], count: memberCount.count) }

  func classOf(_ buffer: Int32) -> Int { Int(classes[Int(buffer)]) }

  /// Whether the kernel writes to the memory of a buffer.
  func isWritten(_ buffer: Int32) -> Bool { !writes[classOf(buffer)].isEmpty }

  /// Whether the kernel writes to the buffer by this number.
  func isWrittenItself(_ buffer: Int32) -> Bool { writtenBuffers.contains(buffer) }

  /// Whether no other buffer of the kernel shares the memory.
  func isUnshared(_ buffer: Int32) -> Bool { memberCount[classOf(buffer)] == 1 }

  func isAccessed(_ kind: Int, after low: Int32, before high: Int32) -> Bool {
    let index = MemoryClasses.firstIndex(accesses[kind], above: low)
    return index < accesses[kind].count && accesses[kind][index] < high
  }

  func isWritten(_ kind: Int, after low: Int32, through high: Int32) -> Bool {
    let index = MemoryClasses.firstIndex(writes[kind], above: low)
    return index < writes[kind].count && writes[kind][index] <= high
  }

  private static func firstIndex(_ sorted: [Int32], above position: Int32) -> Int {
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] > position { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Whether two accesses are to the same elements at the same addresses.
  func isSame(_ first: FlatKernel.Instruction, _ second: FlatKernel.Instruction, _ flat: FlatKernel) -> Bool {
    guard flat.affines[Int(first.index)] == flat.affines[Int(second.index)] else { return false }
    if first.buffer == second.buffer { return true }
    let (one, other) = (programBuffers[Int(first.buffer)], programBuffers[Int(second.buffer)])
    if let span = spans[first.buffer], let other = spans[second.buffer] {
      return span.isSame(as: other) && one.type.dtype == programBuffers[Int(second.buffer)].type.dtype
    }
    guard case .temporary(let start) = one.role, case .temporary(let otherStart) = other.role else { return false }
    return start == otherStart && one.type.dtype == other.type.dtype
  }
}
