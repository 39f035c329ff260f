import KernelIR

/// Which candidates have elements in common with a buffer at some time: itself, slices of it, what it is a slice of, rows of
/// the same tape.
struct SharedMemory {
  private enum Memory: Hashable {
    case buffer(BufferID)
    case tape(TapeID)
  }

  private let program: Program
  private var candidatesOf: [Memory: [Int]] = [:]

  init(_ program: Program, _ candidates: [BufferID]) {
    self.program = program
    for (number, buffer) in candidates.enumerated() { candidatesOf[memory(buffer), default: []].append(number) }
  }

  private func memory(_ buffer: BufferID) -> Memory {
    let root = program.root(of: buffer)
    if case .row(let tape, _, _) = program.buffers[root].role { return .tape(tape) }
    return .buffer(root)
  }

  func candidates(of buffer: BufferID) -> [Int] { candidatesOf[memory(buffer)] ?? [] }
}

/// A set of candidates.
private struct CandidateSet: Equatable {
  private var words: [UInt64]

  init(count: Int) { words = Array(repeating: 0, count: (count + 63) / 64) }

  func contains(_ number: Int) -> Bool { words[number / 64] >> UInt64(number % 64) & 1 == 1 }
  mutating func insert(_ number: Int) { words[number / 64] |= 1 << UInt64(number % 64) }
  mutating func remove(_ number: Int) { words[number / 64] &= ~(1 << UInt64(number % 64)) }
  mutating func formUnion(_ other: CandidateSet) { for word in words.indices { words[word] |= other.words[word] } }
}

/// Walks a program backwards and finds which candidates of one component interfere.
struct Liveness {
  private let program: Program
  private let flow: StepFlow
  private let candidates: [BufferID]
  private let numberOf: [BufferID: Int]
  /// By component, its candidates.
  private var members: [Int: [Int]] = [:]
  private let component: [Int]
  private let sharing: SharedMemory
  /// By loop, the candidates that move with it.
  private var moving: [LoopID: [Int]] = [:]
  private var interferences: [CandidateSet]
  private var liveAtStart: [LoopID: CandidateSet] = [:]

  init(
    _ program: Program, _ flow: StepFlow, _ candidates: [BufferID], _ component: [Int], _ sharing: SharedMemory
  ) {
    self.program = program
    self.flow = flow
    self.candidates = candidates
    self.component = component
    self.sharing = sharing
    numberOf = Dictionary(uniqueKeysWithValues: candidates.enumerated().map { ($1, $0) })
    interferences = Array(repeating: CandidateSet(count: candidates.count), count: candidates.count)
    for number in candidates.indices {
      members[component[number], default: []].append(number)
      switch program.buffers[candidates[number]].role {
      case .slice(_, let loop, _, _), .row(_, let loop, _): moving[loop, default: []].append(number)
      case .parameter, .result, .updated, .constant, .temporary: break
      }
    }
  }

  func interferes(_ one: Int, _ other: Int) -> Bool { interferences[one].contains(other) }

  func isLive(_ candidate: Int, atStartOf loop: LoopID) -> Bool { liveAtStart[loop]?.contains(candidate) ?? false }

  mutating func run() {
    var live = CandidateSet(count: candidates.count)
    for (number, buffer) in candidates.enumerated() {
      switch program.buffers[buffer].role {
      case .parameter, .result, .updated, .constant: live.insert(number)
      case .temporary, .slice, .row: break
      }
    }
    visit(flow.nodes, &live)
  }

  /// Turns what is needed after the nodes into what is needed before.
  private mutating func visit(_ nodes: [StepFlow.Node], _ live: inout CandidateSet) {
    for node in nodes.reversed() {
      switch node {
      case .leaf(let position): visit(position, &live)
      case .loop(let id, _, _, let body, let runs):
        var start = CandidateSet(count: candidates.count)
        while true {
          var inside = live
          inside.formUnion(start)
          for number in moving[id] ?? [] { inside.insert(number) }
          visit(body, &inside)
          if inside == start { break }
          start.formUnion(inside)
        }
        finish(id, start, runs, &live)
      case .whileLoop(let id, _, _, let head, let body, let runs):
        var start = CandidateSet(count: candidates.count)
        while true {
          var inside = start
          for number in moving[id] ?? [] { inside.insert(number) }
          visit(body, &inside)
          inside.formUnion(live)
          for number in moving[id] ?? [] { inside.insert(number) }
          visit(head, &inside)
          if inside == start { break }
          start.formUnion(inside)
        }
        finish(id, start, runs, &live)
      case .branch(let lists):
        var before = CandidateSet(count: candidates.count)
        for list in lists {
          var inside = live
          visit(list, &inside)
          before.formUnion(inside)
        }
        live = before
      }
    }
  }

  private mutating func finish(_ loop: LoopID, _ start: CandidateSet, _ runs: Bool, _ live: inout CandidateSet) {
    liveAtStart[loop] = start
    if runs { live = start } else { live.formUnion(start) }
    for number in moving[loop] ?? [] { live.remove(number) }
  }

  // MARK: Steps

  private mutating func visit(_ position: Int, _ live: inout CandidateSet) {
    let accesses = flow.accesses[position]
    for access in accesses where access.writes { interfere(access, position, live) }
    for access in accesses where access.kills {
      if let number = numberOf[access.buffer] { live.remove(number) }
    }
    for access in accesses where access.reads {
      for number in sharing.candidates(of: access.buffer) { live.insert(number) }
    }
  }

  /// Notes what a written candidate interferes with.
  private mutating func interfere(_ access: BufferAccess, _ position: Int, _ live: CandidateSet) {
    let shared = sharing.candidates(of: access.buffer)
    if shared.isEmpty { return }
    var copied: BufferID?
    if case .kernel(let kernel)? = flow.steps[position], let copy = kernel.copiedBuffers(program.buffers),
      copy.target == access.buffer
    {
      copied = copy.source
    }
    for target in shared {
      for other in members[component[target]] ?? [] where other != target && !shared.contains(other) {
        if interferes(target, other) || candidates[other] == copied { continue }
        if live.contains(other) || collide(access.buffer, target, other, position) { note(target, other) }
      }
    }
  }

  /// Whether a step that reads or writes a candidate besides what it writes could go wrong in the same memory.
  private func collide(_ written: BufferID, _ target: Int, _ other: Int, _ position: Int) -> Bool {
    for access in flow.accesses[position] where sharing.candidates(of: access.buffer).contains(other) {
      if access.writes { return true }
      guard candidates[target] == written, candidates[other] == access.buffer,
        case .kernel(let kernel)? = flow.steps[position]
      else { return true }
      let count = program.buffers[written].type.elementCount
      if !kernel.canWrite(written, over: access.buffer, elementCount: count) { return true }
    }
    return false
  }

  private mutating func note(_ one: Int, _ other: Int) {
    interferences[one].insert(other)
    interferences[other].insert(one)
  }
}
