internal import KernelIR
internal import Passes

/// The memory that a call of compiled code needs besides the arrays it is given, known before it runs.
///
/// Intermediate values lie in one arena; those that are never needed at once share their place.
public struct MemoryReport: Sendable, Hashable {
  /// An intermediate value in the arena.
  public struct Buffer: Sendable, Hashable {
    /// The name of the operation that it is the value of, or another that tells what it is for.
    public let name: String
    /// The dtype and shape of what it holds.
    public let type: TensorType
    /// Where it starts in the arena, in bytes.
    public let offset: Int
    /// The first step that needs it, as ``KernelProgram/steps`` counts from 1: [3, 2] is the second step in the third.
    public let firstStep: [Int]
    /// The last step that needs it.
    public let lastStep: [Int]
    /// The operations of the step that writes it first, with the lines of Swift they were written in.
    public let operations: [String]
    /// Positions in the order of all steps, those in loops once.
    let life: ClosedRange<Int>

    /// The bytes of its elements.
    public var byteCount: Int { type.elementCount * type.dtype.byteCount }
  }

  /// The intermediate values in memory, by first use.
  public let buffers: [Buffer]
  /// Bytes of the arena.
  public let arenaByteCount: Int
  /// Bytes of what kernels need while they run; 0 of a program that is not compiled.
  public let scratchByteCount: Int
  /// Bytes, in multiples of 64 for each, that are needed at once at most: no arena is smaller.
  public let liveByteCount: Int
  /// The number of positions that lives are counted in.
  let positionCount: Int

  /// Bytes of arena and scratch memory: what a call needs, but for tapes of loops that do not know how long they run; see
  /// ``KernelProgram/peakByteCount(steps:)``.
  public var peakByteCount: Int { arenaByteCount + scratchByteCount }
}

extension MemoryReport {
  init(_ program: KernelIR.Program, scratchByteCount: Int) {
    let plan = program.temporaryLives()
    buffers = plan.lives.map { life in
      let buffer = program.buffers[life.buffer]
      var offset = 0
      if case .temporary(let place) = buffer.role { offset = place }
      return Buffer(
        name: buffer.name, type: buffer.type, offset: offset, firstStep: plan.paths[life.first],
        lastStep: plan.paths[life.last], operations: life.origins, life: life.first...life.last)
    }
    arenaByteCount = program.arenaByteCount
    self.scratchByteCount = scratchByteCount
    liveByteCount = plan.liveByteCount
    positionCount = plan.paths.count
  }

  /// The arena over time: a row for a range of addresses, a column for one or more steps, a letter for the buffer that has
  /// most of that place, in the order of ``buffers``; empty if there are none.
  public func picture(width: Int = 72, height: Int = 12) -> String {
    guard arenaByteCount > 0, positionCount > 0, width > 0, height > 0 else { return "" }
    let columns = min(width, positionCount)
    let rows = min(height, max(arenaByteCount / 64, 1))
    var lines: [String] = []
    for row in (0..<rows).reversed() {
      let low = arenaByteCount * row / rows
      let high = arenaByteCount * (row + 1) / rows
      var line = ""
      for column in 0..<columns {
        let times = positionCount * column / columns..<positionCount * (column + 1) / columns
        line.append(letter(low..<high, times))
      }
      lines.append("\(low)".leftPadded(to: 12) + " │" + line)
    }
    return lines.joined(separator: "\n")
  }

  private func letter(_ bytes: Range<Int>, _ times: Range<Int>) -> Character {
    var best: (share: Int, index: Int)?
    for (index, buffer) in buffers.enumerated() {
      let memory = (buffer.offset..<buffer.offset + buffer.byteCount).clamped(to: bytes).count
      let life = (buffer.life.lowerBound..<buffer.life.upperBound + 1).clamped(to: times).count
      if memory * life > best?.share ?? 0 { best = (memory * life, index) }
    }
    guard let best else { return "·" }
    return Self.letter(best.index)
  }

  /// The letter of a buffer in pictures.
  public static func letter(_ index: Int) -> Character {
    let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return letters.indices.contains(index) ? letters[index] : "#"
  }
}

extension String {
  fileprivate func leftPadded(to width: Int) -> String { String(repeating: " ", count: max(width - count, 0)) + self }
}

extension KernelProgram {
  /// The memory of temporaries, and when each is needed.
  public var memory: MemoryReport { MemoryReport(program, scratchByteCount: 0) }
}

extension CompiledGraph {
  /// The memory that a call needs besides the arrays it is given, and when each intermediate value is needed. A thread that
  /// calls at the same time needs as much again.
  public var memory: MemoryReport {
    MemoryReport(kernels.program, scratchByteCount: arenaByteCount - kernels.arenaByteCount)
  }
}
