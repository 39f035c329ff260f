import KernelIR

extension MemoryPlan {
  /// The first and last position of a program's flow at which a buffer's memory is needed.
  struct Life: Equatable {
    var first: Int
    var last: Int

    func union(_ other: Life) -> Life { Life(first: min(first, other.first), last: max(last, other.last)) }
  }

  /// By buffer; `nil` for buffers that nothing touches, and for those that are part of others.
  ///
  /// A temporary that a loop's body overwrites before it reads it, and that nothing outside touches, lives within the body;
  /// otherwise as long as the loop. Buffers of the caller live as long as the loops that touch them.
  static func lives(_ program: Program, _ flow: StepFlow) -> [Life?] {
    var finder = LifeFinder(program, flow)
    let summary = finder.summary(flow.nodes)
    var lives = [Life?](repeating: nil, count: program.buffers.count)
    for (buffer, entry) in summary {
      switch program.buffers[buffer].role {
      case .temporary: lives[buffer] = entry.contained ?? entry.hull
      case .parameter, .result, .updated, .constant: lives[buffer] = entry.hull
      case .slice, .row: break
      }
    }
    return lives
  }
}

/// What a list of steps, or one step, does to a buffer.
private struct BufferSummary {
  /// From the first to the last touch, with all of the loops around these inside the list.
  var hull: MemoryPlan.Life
  /// When its memory is needed, if nothing else touches it; `nil` if a value of an earlier time may be read.
  var contained: MemoryPlan.Life?
  /// Whether it is always overwritten, and before it is read.
  var kills: Bool
  var touchCount: Int
}

private struct LifeFinder {
  let program: Program
  let flow: StepFlow
  private let roots: [BufferID]
  /// By loop, slices of whole buffers that move with it and whose rows make up all of these.
  private let tilings: [LoopID: [BufferID]]

  init(_ program: Program, _ flow: StepFlow) {
    self.program = program
    self.flow = flow
    roots = program.buffers.indices.map { program.root(of: $0) }
    var tilings: [LoopID: [BufferID]] = [:]
    let isMoving = program.buffers.contains { $0.role.isMoving }
    let loops = isMoving ? LoopTable(program) : nil
    for (number, buffer) in program.buffers.enumerated() {
      guard case .slice(let base, let loop, let offset, let step) = buffer.role, let bound = loops?[loop]?.bound else {
        continue
      }
      let (count, whole) = (buffer.type.elementCount, program.buffers[base].type.elementCount)
      let start = step < 0 ? whole - count : 0
      if step.magnitude == count, offset == start, count.multipliedReportingOverflow(by: bound) == (whole, false) {
        tilings[loop, default: []].append(number)
      }
    }
    self.tilings = tilings
  }

  typealias Summary = [BufferID: BufferSummary]

  mutating func summary(_ nodes: [StepFlow.Node]) -> Summary {
    // Most steps of a large program are no loops, and most buffers are touched a few times.
    var whole: Summary = [:]
    for node in nodes { append(summary(node), to: &whole) }
    return whole
  }

  private mutating func append(_ next: Summary, to whole: inout Summary) {
    for (buffer, entry) in next {
      guard let known = whole[buffer] else {
        whole[buffer] = entry
        continue
      }
      let hull = known.hull.union(entry.hull)
      let isContained = known.kills || (known.contained != nil && entry.contained != nil)
      whole[buffer] = BufferSummary(
        hull: hull, contained: isContained ? hull : nil,
        kills: known.kills || (known.contained != nil && entry.kills),
        touchCount: known.touchCount + entry.touchCount)
    }
  }

  private mutating func summary(_ node: StepFlow.Node) -> Summary {
    switch node {
    case .leaf(let position): return leaf(position)
    case .loop(let id, let begin, let end, let body, let runs):
      return loop(id, begin, end, summary(body), runs)
    case .whileLoop(let id, let begin, let end, let head, let body, let runs):
      let headSummary = summary(head)
      var all = headSummary
      append(summary(body), to: &all)
      return loop(id, begin, end, all, false).mapEntries { buffer, entry in
        entry.kills = runs && headSummary[buffer]?.kills ?? false
      }
    case .branch(let lists):
      let summaries = lists.map { summary($0) }
      var whole: Summary = [:]
      for (buffer, entry) in summaries.joined() {
        guard let known = whole[buffer] else {
          whole[buffer] = entry
          continue
        }
        var contained = known.contained
        if let one = contained { contained = entry.contained.map(one.union) }
        whole[buffer] = BufferSummary(
          hull: known.hull.union(entry.hull), contained: contained, kills: false,
          touchCount: known.touchCount + entry.touchCount)
      }
      return whole.mapEntries { buffer, entry in
        entry.kills = summaries.allSatisfy { $0[buffer]?.kills ?? false }
      }
    }
  }

  private func leaf(_ position: Int) -> Summary {
    let life = MemoryPlan.Life(first: position, last: position)
    var summary: Summary = [:]
    for access in flow.accesses[position] {
      summary[access.buffer] = BufferSummary(
        hull: life, contained: access.kills ? life : nil, kills: access.kills, touchCount: 1)
    }
    for access in flow.accesses[position] where roots[access.buffer] != access.buffer {
      // A part of the buffer, which the step may touch as a whole as well.
      let count = (summary[roots[access.buffer]]?.touchCount ?? 0) + 1
      summary[roots[access.buffer]] = BufferSummary(hull: life, contained: nil, kills: false, touchCount: count)
    }
    return summary
  }

  private func loop(_ id: LoopID, _ begin: Int, _ end: Int, _ body: Summary, _ runs: Bool) -> Summary {
    let life = MemoryPlan.Life(first: begin, last: end)
    var whole = body.mapEntries { _, entry in
      entry.hull = life
      entry.kills = entry.kills && runs
    }
    for slice in tilings[id] ?? [] {
      guard case .slice(let base, _, _, _) = program.buffers[slice].role, roots[slice] == base,
        let part = body[slice], part.kills, part.touchCount == body[base]?.touchCount
      else { continue }
      // Row by row it is overwritten, each before it is read.
      whole[base]?.kills = runs
      whole[base]?.contained = life
    }
    return whole
  }
}

extension Dictionary {
  fileprivate func mapEntries(_ change: (Key, inout Value) -> Void) -> Self {
    var result = self
    for index in result.values.indices {
      let key = result[index].key
      change(key, &result.values[index])
    }
    return result
  }
}
