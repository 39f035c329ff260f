import KernelIR

extension Program {
  /// The program without temporaries that are only a run of another buffer's elements: one that is copied from a buffer which
  /// does not change, and one whose last use is to be copied into a buffer that nothing has touched.
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
private struct Window {
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

private struct CopiedWindows {
  private struct Use {
    /// In order.
    var positions: [Int] = []
    var lastWrite = -1
    var writeCount = 0
    /// Where loops and branches read or write it themselves, or a routine works.
    var isWholeOnly = false
  }

  private let program: Program
  private let roots: [BufferID]
  /// By root.
  private var uses: [Use]
  private var windows: [BufferID: Window] = [:]
  /// By position, the nests that go.
  private var removed: [Int: Set<Int>] = [:]
  private let flow: StepFlow

  init(_ program: Program) {
    self.program = program
    roots = program.buffers.indices.map { program.root(of: $0) }
    uses = Array(repeating: Use(), count: program.buffers.count)
    flow = StepFlow(program)
  }

  mutating func run() -> Program? {
    guard flow.steps.contains(where: { if case .kernel(let kernel)? = $0 { kernel.mayCopyRuns } else { false } }) else {
      return nil
    }
    findUses()
    visit(flow.nodes, isTop: true)
    if windows.isEmpty { return nil }
    return rewritten()
  }

  private mutating func findUses() {
    for (position, accesses) in flow.accesses.enumerated() {
      for access in accesses {
        let root = roots[access.buffer]
        if uses[root].positions.last != position { uses[root].positions.append(position) }
        if access.writes {
          uses[root].lastWrite = position
          uses[root].writeCount += 1
        }
        if flow.steps[position] == nil { uses[root].isWholeOnly = true }
      }
      if case .call(let call)? = flow.steps[position], let workspace = call.workspace {
        uses[roots[workspace]].isWholeOnly = true
      }
    }
  }

  // MARK: Finding

  private mutating func visit(_ nodes: [StepFlow.Node], isTop: Bool) {
    for node in nodes {
      switch node {
      case .leaf(let position):
        guard case .kernel(let kernel)? = flow.steps[position] else { continue }
        visit(kernel, position, isTop: isTop)
      case .loop(_, _, _, let body, _): visit(body, isTop: false)
      case .whileLoop(_, _, _, let head, let body, _): visit(head + body, isTop: false)
      case .branch(let lists): for list in lists { visit(list, isTop: false) }
      }
    }
  }

  private mutating func visit(_ kernel: Kernel, _ position: Int, isTop: Bool) {
    for copy in kernel.runCopies {
      if isReadWindow(copy, kernel, position, isTop: isTop) {
        take(copy, copy.target, Window(buffer: copy.source, offset: copy.sourceRun.lowerBound), position)
      } else if isTop, isWrittenWindow(copy, kernel, position) {
        take(copy, copy.source, Window(buffer: copy.target, offset: copy.targetRun.lowerBound), position)
      }
    }
  }

  private mutating func take(_ copy: RunCopy, _ buffer: BufferID, _ window: Window, _ position: Int) {
    // One step of a chain at a time.
    if windows[buffer] != nil || windows[window.buffer] != nil
      || windows.values.contains(where: { $0.buffer == buffer })
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
  private func isReadWindow(_ copy: RunCopy, _ kernel: Kernel, _ position: Int, isTop: Bool) -> Bool {
    guard isFreeTemporary(copy.target, filling: copy.targetRun), uses[copy.target].writeCount == 1,
      kernel.accesses(to: copy.target).count == 1
    else { return false }
    switch program.buffers[copy.source].role {
    case .parameter, .constant: return true
    case .temporary, .result: return isTop && uses[copy.source].lastWrite < position
    case .updated, .slice, .row: return false
    }
  }

  /// Whether the source is a temporary that nothing needs any more, and nothing has touched its place in the target.
  private func isWrittenWindow(_ copy: RunCopy, _ kernel: Kernel, _ position: Int) -> Bool {
    guard isFreeTemporary(copy.source, filling: copy.sourceRun), uses[copy.source].positions.last == position,
      kernel.accesses(to: copy.source).count == 1
    else { return false }
    switch program.buffers[copy.target].role {
    case .result, .temporary: break
    case .parameter, .updated, .constant, .slice, .row: return false
    }
    let earlier = uses[copy.target].positions.prefix { $0 < position }
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
      accesses.allSatisfy({ roots[$0.buffer] != buffer || $0.buffer == buffer })
    else { return false }
    return kernel.accesses(to: buffer).allSatisfy { access in
      guard access.path[0] != nest else { return true }
      return access.index.flatMap { kernel.axes.run(of: $0, in: access.axes) }.map { !$0.overlaps(run) } ?? false
    }
  }

  // MARK: Rewriting

  private func rewritten() -> Program {
    var result = program
    var position = 0
    // Positions count as in the flow.
    result.steps = rewrite(program.steps, &position)
    for (number, buffer) in program.buffers.enumerated() {
      guard case .slice(let base, let loop, let offset, let step) = buffer.role, let window = windows[base] else {
        continue
      }
      result.buffers[number].role = .slice(of: window.buffer, loop: loop, offset: offset + window.offset, step: step)
    }
    // What nothing names any more goes; slices move behind what they are now slices of.
    return result.removingUnusedBuffers()
  }

  private func rewrite(_ steps: [Step], _ position: inout Int) -> [Step] {
    var result: [Step] = []
    for step in steps {
      switch step {
      case .kernel(var kernel):
        if let statements = removed[position] {
          kernel.body = kernel.body.indices.filter { !statements.contains($0) }.map { kernel.body[$0] }
          kernel = kernel.compacted()
        }
        if !kernel.body.isEmpty {
          kernel.body = kernel.body.map { $0.shifted(windows) }
          result.append(.kernel(kernel))
        }
        position += 1
      case .gemm(var gemm):
        for path in [\Gemm.a, \Gemm.b, \Gemm.c] {
          guard let window = windows[gemm[keyPath: path].buffer] else { continue }
          gemm[keyPath: path].buffer = window.buffer
          gemm[keyPath: path].offset += window.offset
        }
        result.append(.gemm(gemm))
        position += 1
      case .call(var call):
        call.inputs = call.inputs.map { shifted($0) }
        call.outputs = call.outputs.map { shifted($0) }
        result.append(.call(call))
        position += 1
      case .loop(var loop):
        if case .buffer = loop.count { position += 1 }
        position += loop.index == nil ? 1 : 2
        loop.body = rewrite(loop.body, &position)
        position += 1
        result.append(.loop(loop))
      case .whileLoop(var loop):
        position += loop.index == nil ? 1 : 2
        loop.condition = rewrite(loop.condition, &position)
        position += 1
        loop.body = rewrite(loop.body, &position)
        position += loop.tripCount == nil ? 1 : 2
        result.append(.whileLoop(loop))
      case .branch(var branch):
        position += 1
        branch.branches = branch.branches.map { rewrite($0, &position) }
        result.append(.branch(branch))
      }
    }
    return result
  }

  private func shifted(_ argument: LibraryCall.Argument) -> LibraryCall.Argument {
    guard let window = windows[argument.buffer] else { return argument }
    return LibraryCall.Argument(
      buffer: window.buffer, offset: argument.offset + window.offset, batchStride: argument.batchStride)
  }
}

extension Statement {
  /// The statement with windows in the place of buffers.
  fileprivate func shifted(_ windows: [BufferID: Window]) -> Statement {
    switch self {
    case .loop(let axis, let body): return .loop(axis, body.map { $0.shifted(windows) })
    case .tile(let axis, let body): return .tile(axis, body.map { $0.shifted(windows) })
    default:
      guard let (buffer, _) = buffer, let window = windows[buffer] else { return self }
      let moved = mapIndex { AffineIndex(offset: $0.offset + window.offset, terms: $0.terms) }
      return [moved].replacingBuffers { $0 == buffer ? window.buffer : $0 }[0]
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
