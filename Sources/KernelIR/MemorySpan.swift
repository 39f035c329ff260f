/// The bytes that a buffer or a part of it has in one iteration of the loops around, and how they move with these.
package struct MemorySpan: Sendable {
  package enum Memory: Hashable, Sendable {
    /// Of a caller's buffer or a constant.
    case buffer(BufferID)
    case arena
    case tape(TapeID)
  }

  /// By how many bytes it moves with an iteration of a loop; for a row of a tape, by 1 or -1 rows.
  private struct Motion: Hashable, Sendable {
    var loop: LoopID
    var step: Int
  }

  package private(set) var memory: Memory
  /// In iteration 0.
  private var bytes: Range<Int>
  private var motions: [Motion] = []
  /// The bytes of all iterations.
  private var reach: Range<Int>

  /// The span of bytes that are relative to a buffer's. The buffer's declaration must be verified.
  package init(_ bytes: Range<Int>, of buffer: BufferID, in program: Program, _ loops: LoopTable) {
    (self.bytes, reach) = (bytes, bytes)
    memory = .arena
    var buffer = buffer
    while true {
      switch program.buffers[buffer].role {
      case .slice(let base, let loop, let offset, let step):
        let size = program.buffers[buffer].type.dtype.byteCount
        shift(by: offset * size)
        motions.append(Motion(loop: loop, step: step * size))
        let last = max((loops[loop]?.bound ?? 1) - 1, 0) * step * size
        reach = reach.lowerBound + min(last, 0)..<reach.upperBound + max(last, 0)
        buffer = base
        continue
      case .temporary(let offset): shift(by: offset)
      case .row(let tape, let loop, let reversed):
        memory = .tape(tape)
        motions.append(Motion(loop: loop, step: reversed ? -1 : 1))
      case .parameter, .result, .updated, .constant: memory = .buffer(buffer)
      }
      return
    }
  }

  /// The span of a whole buffer.
  package init(of buffer: BufferID, in program: Program, _ loops: LoopTable) {
    self.init(0..<program.buffers[buffer].type.byteCount, of: buffer, in: program, loops)
  }

  private mutating func shift(by offset: Int) {
    bytes = bytes.lowerBound + offset..<bytes.upperBound + offset
    reach = reach.lowerBound + offset..<reach.upperBound + offset
  }

  /// Whether some byte may be in both at once.
  package func overlaps(_ other: MemorySpan) -> Bool {
    guard memory == other.memory else { return false }
    if motions == other.motions { return bytes.overlaps(other.bytes) }
    // Rows of different loops, or counted from different ends, may be the same.
    if case .tape = memory { return true }
    return reach.overlaps(other.reach)
  }

  /// Whether both are the same bytes at any time.
  package func isSame(as other: MemorySpan) -> Bool {
    memory == other.memory && motions == other.motions && bytes == other.bytes
  }
}
