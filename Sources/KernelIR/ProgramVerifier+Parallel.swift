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
      guard let slice = program.slice(of: buffer, in: loop.id),
        let own = ParallelWindow(slice, of: buffer, in: program, loops[loop.id])
      else {
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
  private let count: Int
  /// Where slices are parts of windows, and move in these with a loop inside: by how much, and the elements without whole
  /// steps of it.
  private var inner: (step: Int, elements: Range<Int>)?
  private(set) var isWritten = false

  /// - Parameter slice: What `buffer` is, or is a slice of, that moves with the loop.
  init?(_ slice: BufferID, of buffer: BufferID, in program: Program, _ loop: LoopTable.Entry?) {
    guard case .slice(let base, _, let offset, let step) = program.buffers[slice].role else { return nil }
    self.base = base
    self.step = step
    count = loop?.bound ?? 1
    elements = offset..<offset + program.buffers[slice].type.elementCount
    var buffer = buffer
    // All further slices are inside of the outermost one in the window.
    while case .slice(let outer, _, _, _) = program.buffers[buffer].role, outer != slice, buffer != slice {
      buffer = outer
    }
    if case .slice(slice, _, let start, let move) = program.buffers[buffer].role, move != 0 {
      let whole = Int(clamping: move.magnitude)
      let first = (offset + start) % whole
      inner = (whole, first..<first + program.buffers[buffer].type.elementCount)
    }
  }

  func union(_ other: ParallelWindow, _ isWritten: Bool) -> ParallelWindow {
    var union = self
    if step != other.step { union.step = nil }
    union.elements = elements.union(other.elements)
    union.inner = nil
    if let inner, let otherInner = other.inner, inner.step == otherInner.step {
      union.inner = (inner.step, inner.elements.union(otherInner.elements))
    }
    union.isWritten = self.isWritten || isWritten
    return union
  }

  /// Whether no two iterations reach the same element.
  var isDisjoint: Bool {
    guard let step else { return false }
    if step.magnitude >= elements.count { return true }
    guard let inner, step.magnitude >= inner.elements.count else { return false }
    // Iterations lie side by side inside of a step of the loop inside.
    let (reach, overflows) = (count - 1).multipliedReportingOverflow(by: Int(clamping: step.magnitude))
    return !overflows && reach <= inner.step - inner.elements.count
  }
}

extension Range<Int> {
  /// From the first element of both to the last.
  fileprivate func union(_ other: Range<Int>) -> Range<Int> {
    Swift.min(lowerBound, other.lowerBound)..<Swift.max(upperBound, other.upperBound)
  }
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
