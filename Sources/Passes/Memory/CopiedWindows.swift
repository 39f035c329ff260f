import KernelIR

extension Program {
  /// The program without temporaries that are only a run of another buffer's elements: one that is copied from a buffer which
  /// does not change as long as it is read, and one whose last use is to be copied into a buffer that nothing has touched.
  ///
  /// So loops read rows of a part of an array where it is, and write the parts of what is put together where they go.
  func aliasingCopiedWindows() -> Program {
    var program = self
    // A window of a window.
    for _ in 0..<8 {
      var windows = CopiedWindows(program)
      guard let next = windows.run() else { break }
      program = next
    }
    return program
  }
}

/// A temporary's place in another buffer.
struct Window {
  var buffer: BufferID
  var offset: Int
}

/// A nest of a kernel that copies consecutive elements.
private struct RunCopy {
  /// The place of the nest in the kernel's body.
  var statement: Int
  var source: BufferID
  var target: BufferID
  var sourceRun: Range<Int>
  var targetRun: Range<Int>
}

struct CopiedWindows {
  let program: Program
  private let uses: BufferUses
  private(set) var windows: [BufferID: Window] = [:]
  /// By position, the nests that go.
  private(set) var removed: [Int: Set<Int>] = [:]

  private var flow: StepFlow { uses.flow }
  private var roots: [BufferID] { uses.roots }

  init(_ program: Program) {
    self.program = program
    uses = BufferUses(program)
  }

  mutating func run() -> Program? {
    guard flow.steps.contains(where: { if case .kernel(let kernel)? = $0 { kernel.mayCopyRuns } else { false } }) else {
      return nil
    }
    visit(flow.nodes, isTop: true)
    if windows.isEmpty { return nil }
    return rewritten()
  }

  // MARK: Finding

  private mutating func visit(_ nodes: [StepFlow.Node], isTop: Bool = false) {
    guard let list = StepList(nodes, isTop: isTop) else { return }
    for node in nodes {
      switch node {
      case .leaf(let position):
        guard case .kernel(let kernel)? = flow.steps[position] else { continue }
        visit(kernel, position, in: list)
      case .loop(_, _, _, let body, _): visit(body)
      case .whileLoop(_, _, _, let head, let body, _):
        // The head runs once more than the body.
        visit(head)
        visit(body)
      case .branch(let lists): for list in lists { visit(list) }
      }
    }
  }

  private mutating func visit(_ kernel: Kernel, _ position: Int, in list: StepList) {
    for copy in kernel.runCopies {
      if isReadWindow(copy, kernel, position, in: list) {
        take(copy, copy.target, Window(buffer: copy.source, offset: copy.sourceRun.lowerBound), position)
      } else if isWrittenWindow(copy, kernel, position, in: list) {
        take(copy, copy.source, Window(buffer: copy.target, offset: copy.targetRun.lowerBound), position)
      }
    }
  }

  private mutating func take(_ copy: RunCopy, _ buffer: BufferID, _ window: Window, _ position: Int) {
    // One step of a chain at a time.
    if windows[buffer] != nil || windows[roots[window.buffer]] != nil
      || windows.values.contains(where: { roots[$0.buffer] == buffer })
    {
      return
    }
    windows[buffer] = window
    removed[position, default: []].insert(copy.statement)
  }

  private func isFreeTemporary(_ buffer: BufferID, filling run: Range<Int>) -> Bool {
    guard case .temporary = program.buffers[buffer].role, !uses[buffer].isWholeOnly else { return false }
    return run == 0..<program.buffers[buffer].type.elementCount
  }

  /// Whether the target is a temporary that is written here only, and the source does not change while it is read.
  private func isReadWindow(_ copy: RunCopy, _ kernel: Kernel, _ position: Int, in list: StepList) -> Bool {
    let after = position...list.positions.upperBound
    guard isFreeTemporary(copy.target, filling: copy.targetRun), uses[copy.target].writes == [position],
      kernel.accesses(to: copy.target).count == 1, uses.isUsed(copy.target, in: after)
    else { return false }
    let source = roots[copy.source]
    switch program.buffers[source].role {
    case .parameter, .constant: return true
    case .temporary, .result: return !uses[source].writes.contains { after.contains($0) }
    case .updated, .slice, .row: return false
    }
  }

  /// Whether the source is a temporary that nothing needs any more, and nothing has touched its place in the target.
  private func isWrittenWindow(_ copy: RunCopy, _ kernel: Kernel, _ position: Int, in list: StepList) -> Bool {
    guard isFreeTemporary(copy.source, filling: copy.sourceRun),
      uses.isUsed(copy.source, in: list.positions.lowerBound...position), kernel.accesses(to: copy.source).count == 1,
      list.isTop || uses.isFilledFirst(copy.source, list.nodes)
    else { return false }
    let target = roots[copy.target]
    switch program.buffers[target].role {
    case .result, .temporary: break
    case .parameter, .updated, .constant, .slice, .row: return false
    }
    let earlier = uses[target].positions.prefix { $0 < position }
    return earlier.count <= Self.greatestPartCount
      && earlier.allSatisfy { avoids(copy.targetRun, of: copy.target, flow.accesses[$0], flow.steps[$0]) }
      && avoids(copy.targetRun, of: copy.target, flow.accesses[position], .kernel(kernel), but: copy.statement)
  }

  /// Parts that are put together by kernels of their own, at most.
  private static let greatestPartCount = 64

  /// Whether a step touches only other elements of a buffer.
  ///
  /// - Parameter nest: The place in a kernel's body of a nest that does not count.
  private func avoids(
    _ run: Range<Int>, of buffer: BufferID, _ accesses: [BufferAccess], _ step: Step?, but nest: Int? = nil
  ) -> Bool {
    guard case .kernel(let kernel)? = step,
      accesses.allSatisfy({ roots[$0.buffer] != roots[buffer] || $0.buffer == buffer })
    else { return false }
    return kernel.accesses(to: buffer).allSatisfy { access in
      guard access.path[0] != nest else { return true }
      return access.index.flatMap { kernel.axes.run(of: $0, in: access.axes) }.map { !$0.overlaps(run) } ?? false
    }
  }
}

extension Kernel {
  /// Whether some nest may copy a run, at a glance.
  fileprivate var mayCopyRuns: Bool { values.count <= 64 && body.count <= 64 && !runCopies.isEmpty }

  /// The nests that do nothing but copy consecutive elements to consecutive elements, in order.
  fileprivate var runCopies: [RunCopy] {
    guard body.count <= 64 else { return [] }
    return body.indices.compactMap { statement in
      guard body[statement].scope != nil else { return nil }
      var list = [body[statement]]
      var scopes: [AxisID] = []
      while list.count == 1, let (axis, inner) = list[0].scope {
        scopes.append(axis)
        list = inner
      }
      guard list.count == 2, case .load(let value, let source, let from) = list[0],
        case .store(let target, let to, value) = list[1], from.terms == to.terms, source != target,
        let sourceRun = axes.run(of: from, in: scopes), let targetRun = axes.run(of: to, in: scopes)
      else { return nil }
      return RunCopy(
        statement: statement, source: source, target: target, sourceRun: sourceRun, targetRun: targetRun)
    }
  }
}
