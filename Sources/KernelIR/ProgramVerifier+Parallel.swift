/// Loops of steps whose iterations may be run at once.
extension ProgramVerifier {
  /// Of a loop that is valid otherwise.
  mutating func checkParallel(_ loop: StepLoop) {
    func fail(_ message: String) { self.fail(32, "the iterations of l\(loop.id) are chunks, but \(message)") }
    guard case .fixed = loop.count else { return fail("their number is not fixed") }
    if loop.index != nil { return fail("have an index") }
    let inside = loops.entries.keys.filter { loops.isInside($0, loop.id) }
    let tapes = program.tapesOfLoops()
    if inside.contains(where: { tapes[$0] != nil }) { return fail("there are tapes in them") }

    var used: [BufferID: Bool] = [:]
    loop.body.forEachBuffer { buffer, isWritten in used[buffer] = used[buffer] ?? false || isWritten }
    var windows: [BufferID: ParallelWindow] = [:]
    var fixed: [BufferID] = []
    for (buffer, isWritten) in used.sorted(by: { $0.key < $1.key }) {
      guard let slice = program.slice(of: buffer, in: loop.id), let own = ParallelWindow(slice, in: program) else {
        if isWritten { return fail("#\(buffer) does not move with them and is written") }
        fixed.append(buffer)
        continue
      }
      windows[own.base] = windows[own.base].map { $0.union(own, isWritten) } ?? own.union(own, isWritten)
    }
    for (base, window) in windows.sorted(by: { $0.key < $1.key }) where window.isWritten {
      if !window.isDisjoint && loop.bound > 1 { return fail("write to the same elements of #\(base)") }
      let span = MemorySpan(of: base, in: program, loops)
      let others = fixed + windows.keys.filter { $0 != base }.sorted()
      if let other = others.first(where: { span.overlaps(MemorySpan(of: $0, in: program, loops)) }) {
        return fail("#\(base) is written and shares memory with #\(other)")
      }
    }
  }
}

/// The elements of a buffer that slices of it reach in iteration 0 of a loop, and how they move on.
private struct ParallelWindow {
  let base: BufferID
  /// `nil` where slices move in different ways.
  private var step: Int?
  private var elements: Range<Int>
  private(set) var isWritten = false

  init?(_ slice: BufferID, in program: Program) {
    guard case .slice(let base, _, let offset, let step) = program.buffers[slice].role else { return nil }
    self.base = base
    self.step = step
    elements = offset..<offset + program.buffers[slice].type.elementCount
  }

  func union(_ other: ParallelWindow, _ isWritten: Bool) -> ParallelWindow {
    var union = self
    if step != other.step { union.step = nil }
    union.elements =
      min(elements.lowerBound, other.elements.lowerBound)..<max(elements.upperBound, other.elements.upperBound)
    union.isWritten = self.isWritten || isWritten
    return union
  }

  /// Whether no two iterations reach the same element.
  var isDisjoint: Bool { step.map { $0.magnitude >= elements.count } ?? false }
}

extension Program {
  /// The buffer itself or what it is a slice of, directly or through others, that moves with a loop.
  package func slice(of buffer: BufferID, in loop: LoopID) -> BufferID? {
    var buffer = buffer
    while case .slice(let base, let other, _, _) = buffers[buffer].role {
      if other == loop { return buffer }
      buffer = base
    }
    return nil
  }
}
