import KernelIR

extension Program {
  /// The program without the copies between buffers that can have the same memory: a loop's state and its next value, a
  /// state and what it starts from, a result and what it is a copy of.
  func coalescingCopies() -> Program {
    var coalescing = CopyCoalescing(self)
    guard let aliases = coalescing.run() else { return self }
    return replacingBuffers(aliases)
  }

  /// The program without kernels that copy a buffer to itself.
  func withoutSelfCopies() -> Program {
    var program = self
    program.steps = steps.filterLeaves { step in
      guard case .kernel(let kernel) = step, let copy = kernel.copiedBuffers(buffers) else { return true }
      return copy.source != copy.target
    }
    return program
  }
}

/// Finds classes of buffers that copies connect and that can have the same memory.
///
/// Two buffers interfere if one is written while the content of the other is still needed, but for a copy of one to the
/// other, or if a kernel that reads one for the last time writes the other at places that it has yet to read. A class holds
/// no two that interfere, and at most one whose place is given.
private struct CopyCoalescing {
  private struct Copy {
    var source: BufferID
    var target: BufferID
    var depth: Int
  }

  private let program: Program
  private let flow: StepFlow
  private var copies: [Copy] = []
  /// The buffers that copies read or write, and their numbers here.
  private var candidates: [BufferID] = []
  private var numberOf: [BufferID: Int] = [:]
  /// The greatest number of loops around a step.
  private var deepest = 0
  /// The analysis of a loop goes at least twice through what is in it.
  private static let greatestDepth = 12
  /// By candidate: copies lead from each to every other of its component.
  private var component: [Int] = []
  /// By candidate, the loops that all of its uses are in, outermost first; see `visit`.
  private var scopes: [[Int]?] = []

  init(_ program: Program) {
    self.program = program
    flow = StepFlow(program)
  }

  /// By buffer, the one whose memory it gets; `nil` if every buffer keeps its own.
  mutating func run() -> [BufferID]? {
    findCopies(flow.nodes, depth: 0)
    if copies.isEmpty || deepest > Self.greatestDepth { return nil }
    findComponents()
    let sharing = SharedMemory(program, candidates)
    scopes = Array(repeating: nil, count: candidates.count)
    findScopes(flow.nodes, [], sharing)
    var liveness = Liveness(program, flow, candidates, component, sharing)
    liveness.run()

    var classes = candidates.indices.map { [$0] }
    var classOf = Array(candidates.indices)
    // What is copied most often comes first.
    for copy in copies.enumerated().sorted(by: { ($1.element.depth, $0.offset) < ($0.element.depth, $1.offset) }) {
      guard let source = numberOf[copy.element.source], let target = numberOf[copy.element.target] else { continue }
      let (one, other) = (classOf[source], classOf[target])
      guard one != other, canMerge(classes[one], classes[other], liveness) else { continue }
      for member in classes[other] { classOf[member] = one }
      classes[one] += classes[other]
      classes[other] = []
    }
    var aliases = Array(program.buffers.indices)
    for members in classes where members.count > 1 {
      let buffers = members.map { candidates[$0] }
      let target = buffers.first { !isTemporary($0) } ?? buffers.min() ?? 0
      for buffer in buffers { aliases[buffer] = target }
    }
    return classes.contains { $0.count > 1 } ? aliases : nil
  }

  private func isTemporary(_ buffer: BufferID) -> Bool {
    if case .temporary = program.buffers[buffer].role { true } else { false }
  }

  // MARK: Candidates

  private mutating func findCopies(_ nodes: [StepFlow.Node], depth: Int) {
    deepest = max(deepest, depth)
    for node in nodes {
      switch node {
      case .leaf(let position):
        guard case .kernel(let kernel)? = flow.steps[position],
          let (source, target) = kernel.copiedBuffers(program.buffers), source != target,
          isTemporary(source) || isTemporary(target), hasOwnRows(source), hasOwnRows(target)
        else { continue }
        copies.append(Copy(source: source, target: target, depth: depth))
      case .loop(_, _, _, let body, _): findCopies(body, depth: depth + 1)
      case .whileLoop(_, _, _, let head, let body, _): findCopies(head + body, depth: depth + 1)
      case .branch(let lists): for list in lists { findCopies(list, depth: depth) }
      }
    }
  }

  /// Whether no two iterations share elements of a buffer that moves.
  private func hasOwnRows(_ buffer: BufferID) -> Bool {
    guard case .slice(let base, _, _, let step) = program.buffers[buffer].role else { return true }
    return step.magnitude >= program.buffers[buffer].type.elementCount && !program.buffers[base].role.isMoving
  }

  private mutating func findComponents() {
    var parents: [Int] = []
    func root(_ candidate: Int) -> Int {
      var candidate = candidate
      while parents[candidate] != candidate { candidate = parents[candidate] }
      return candidate
    }
    for copy in copies {
      for buffer in [copy.source, copy.target] where numberOf[buffer] == nil {
        numberOf[buffer] = candidates.count
        parents.append(candidates.count)
        candidates.append(buffer)
      }
      guard let source = numberOf[copy.source], let target = numberOf[copy.target] else { continue }
      parents[root(source)] = root(target)
    }
    component = candidates.indices.map(root)
  }

  /// Notes where candidates are used. A loop is two scopes: one of all that is in it, and one of its body.
  private mutating func findScopes(_ nodes: [StepFlow.Node], _ scope: [Int], _ sharing: SharedMemory) {
    for node in nodes {
      switch node {
      case .leaf(let position):
        for access in flow.accesses[position] {
          for candidate in sharing.candidates(of: access.buffer) { narrow(candidate, to: scope) }
        }
      case .loop(let id, _, _, let body, _): findScopes(body, scope + [2 * id, 2 * id + 1], sharing)
      case .whileLoop(let id, _, _, let head, let body, _):
        findScopes(head, scope + [2 * id], sharing)
        findScopes(body, scope + [2 * id, 2 * id + 1], sharing)
      case .branch(let lists): for list in lists { findScopes(list, scope, sharing) }
      }
    }
  }

  private mutating func narrow(_ candidate: Int, to scope: [Int]) {
    guard let known = scopes[candidate] else {
      scopes[candidate] = scope
      return
    }
    scopes[candidate] = Array(zip(known, scope).prefix { $0 == $1 }.map(\.0))
  }

  // MARK: Merging

  private func canMerge(_ one: [Int], _ other: [Int], _ liveness: Liveness) -> Bool {
    let members = one + other
    let fixed = members.filter { !isTemporary(candidates[$0]) }
    if fixed.count > 1 { return false }
    for first in one {
      for second in other where liveness.interferes(first, second) { return false }
    }
    guard let place = fixed.first else { return true }
    // What moves with a loop is there in an iteration only, and holds nothing of the one before.
    let (loop, scope): (LoopID, Int)
    switch program.buffers[candidates[place]].role {
    case .slice(_, let id, _, _): (loop, scope) = (id, 2 * id)
    case .row(_, let id, _): (loop, scope) = (id, 2 * id + 1)
    case .parameter, .result, .updated, .constant, .temporary: return true
    }
    return members.allSatisfy { member in
      member == place || (scopes[member]?.contains(scope) ?? true) && !liveness.isLive(member, atStartOf: loop)
    }
  }
}

extension [Step] {
  /// The steps without the kernels and calls that do not satisfy a predicate.
  fileprivate func filterLeaves(_ isKept: (Step) -> Bool) -> [Step] {
    compactMap { step in
      step.lists.isEmpty ? (isKept(step) ? step : nil) : step.mapLists { $0.filterLeaves(isKept) }
    }
  }
}
