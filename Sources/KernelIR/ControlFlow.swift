package import Basics

/// The number of a loop of steps in its program.
package typealias LoopID = Int

/// Steps that are run for t = 0, 1, … count - 1.
package struct StepLoop: Hashable, Sendable {
  /// How often the body runs.
  package enum Count: Hashable, Sendable {
    case fixed(Int)
    /// The element of an i64 scalar when the loop is reached, clamped to 0 … limit.
    case buffer(BufferID, limit: Int)
  }

  package var id: LoopID
  package var count: Count
  /// An i64 scalar that holds t at the start of every iteration.
  package var index: BufferID?
  /// Tapes whose rows the body writes; there is room for all of them before the first iteration.
  package var records: [TapeID]
  /// Whether iterations do not depend on each other, so that threads may share them.
  package var isParallel: Bool
  package var body: [Step]
  /// The tensor ops this loop came from, for comments.
  package var origins: [String]

  package init(
    id: LoopID, count: Count, index: BufferID? = nil, records: [TapeID] = [], isParallel: Bool = false, body: [Step],
    origins: [String]
  ) {
    self.id = id
    self.count = count
    self.index = index
    self.records = records
    self.isParallel = isParallel
    self.body = body
    self.origins = origins
  }

  /// The greatest number of iterations that there can be.
  package var bound: Int {
    switch count {
    case .fixed(let count): count
    case .buffer(_, let limit): limit
    }
  }
}

/// Steps that are run while a condition holds: t = 0; run the condition, stop unless the predicate is true, run the body,
/// t + 1, again.
package struct StepWhile: Hashable, Sendable {
  package var id: LoopID
  /// An i64 scalar that holds t when the condition starts.
  package var index: BufferID?
  /// The loop ends after as many iterations, without asking the condition again.
  package var limit: Int?
  package var condition: [Step]
  /// A bool scalar, read when the condition has run.
  package var predicate: BufferID
  /// Tapes whose rows the body writes; there is room for row t when the body starts.
  package var records: [TapeID]
  package var body: [Step]
  /// An i64 scalar that is set to the number of iterations at the end.
  package var tripCount: BufferID?
  package var origins: [String]

  package init(
    id: LoopID, index: BufferID? = nil, limit: Int? = nil, condition: [Step], predicate: BufferID,
    records: [TapeID] = [], body: [Step], tripCount: BufferID? = nil, origins: [String]
  ) {
    self.id = id
    self.index = index
    self.limit = limit
    self.condition = condition
    self.predicate = predicate
    self.records = records
    self.body = body
    self.tripCount = tripCount
    self.origins = origins
  }
}

/// Steps of which one list is run.
package struct StepBranch: Hashable, Sendable {
  /// A bool or integer scalar, clamped to the numbers of branches; `false` is 0.
  package var selector: BufferID
  package var branches: [[Step]]
  package var origins: [String]

  package init(selector: BufferID, branches: [[Step]], origins: [String]) {
    self.selector = selector
    self.branches = branches
    self.origins = origins
  }
}

/// The number of a tape in its program.
package typealias TapeID = Int

/// Rows of one type, as many as the loops that record them have iterations. Its memory grows while a program runs, and is
/// kept for the next call; what was recorded is overwritten by the next loop that records.
package struct Tape: Hashable, Sendable {
  package var name: String
  package var rowType: TensorType

  package init(name: String, rowType: TensorType) {
    self.name = name
    self.rowType = rowType
  }
}

extension [Step] {
  /// Calls `visit` for every kernel and library call, in order of the text.
  package func forEachLeaf(_ visit: (Step) -> Void) {
    for step in self {
      if step.lists.isEmpty { visit(step) } else { for list in step.lists { list.forEachLeaf(visit) } }
    }
  }

  /// Calls `visit` for every buffer that the steps read or write, in order of the text.
  package func forEachBuffer(_ visit: (_ buffer: BufferID, _ isWritten: Bool) -> Void) {
    for step in self {
      switch step {
      case .kernel(let kernel): kernel.body.forEachBuffer(visit)
      case .gemm(let gemm):
        visit(gemm.a.buffer, false)
        visit(gemm.b.buffer, false)
        if gemm.accumulates { visit(gemm.c.buffer, false) }
        visit(gemm.c.buffer, true)
      case .call(let call): for (buffer, isWritten) in call.buffers { visit(buffer, isWritten) }
      case .loop(let loop):
        if case .buffer(let buffer, _) = loop.count { visit(buffer, false) }
        if let index = loop.index { visit(index, true) }
        loop.body.forEachBuffer(visit)
      case .whileLoop(let loop):
        if let index = loop.index { visit(index, true) }
        loop.condition.forEachBuffer(visit)
        visit(loop.predicate, false)
        loop.body.forEachBuffer(visit)
        if let count = loop.tripCount { visit(count, true) }
      case .branch(let branch):
        visit(branch.selector, false)
        for list in branch.branches { list.forEachBuffer(visit) }
      }
    }
  }

  /// The steps with every kernel and library call replaced.
  package func mapLeaves(_ change: (Step) -> Step) -> [Step] {
    map { step in step.lists.isEmpty ? change(step) : step.mapLists { $0.mapLeaves(change) } }
  }
}

extension [Statement] {
  /// Calls `visit` for every access to memory, in order of the text.
  package func forEachBuffer(_ visit: (_ buffer: BufferID, _ isWritten: Bool) -> Void) {
    for statement in self {
      switch statement {
      case .loop(_, let body), .tile(_, let body): body.forEachBuffer(visit)
      case .load(_, let buffer, _), .gather(_, let buffer, _, _, _, _): visit(buffer, false)
      case .store(let buffer, _, _): visit(buffer, true)
      case .scatter(let scatter): visit(scatter.buffer, true)
      case .compute, .sineCosine, .cast, .constant, .index, .accumulator, .accumulate, .finish: break
      }
    }
  }
}

extension Step {
  /// The lists of steps inside, in order of the text; none in a kernel or library call.
  package var lists: [[Step]] {
    switch self {
    case .kernel, .gemm, .call: []
    case .loop(let loop): [loop.body]
    case .whileLoop(let loop): [loop.condition, loop.body]
    case .branch(let branch): branch.branches
    }
  }

  /// The step with other lists of steps inside.
  package func mapLists(_ change: ([Step]) -> [Step]) -> Step {
    switch self {
    case .kernel, .gemm, .call: return self
    case .loop(var loop):
      loop.body = change(loop.body)
      return .loop(loop)
    case .whileLoop(var loop):
      loop.condition = change(loop.condition)
      loop.body = change(loop.body)
      return .whileLoop(loop)
    case .branch(var branch):
      branch.branches = branch.branches.map(change)
      return .branch(branch)
    }
  }
}

extension Program {
  /// What a buffer's memory is part of: the buffer that it is a slice of, directly or through other slices, or else itself.
  package func root(of buffer: BufferID) -> BufferID {
    var root = buffer
    while case .slice(let base, _, _, _) = buffers[root].role { root = base }
    return root
  }

  /// By loop, the tapes that it records or that have rows in it, ascending: there must be room before a loop runs.
  package func tapesOfLoops() -> [LoopID: [TapeID]] {
    if tapes.isEmpty { return [:] }
    var tapes: [LoopID: Set<TapeID>] = [:]
    for (id, loop) in LoopTable(self).entries where !loop.records.isEmpty { tapes[id] = Set(loop.records) }
    for buffer in buffers {
      if case .row(let tape, let loop, _) = buffer.role { tapes[loop, default: []].insert(tape) }
    }
    return tapes.mapValues { $0.sorted() }
  }

  /// Whether steps may write to a buffer, rows of tapes that are not recorded aside.
  package func isWritable(_ buffer: BufferID) -> Bool {
    switch buffers[root(of: buffer)].role {
    case .parameter, .constant: false
    case .result, .updated, .temporary, .slice, .row: true
    }
  }
}
