import KernelIR

/// Steps that run one after the other: the top, a body, a branch.
struct StepList {
  var nodes: [StepFlow.Node]
  var positions: ClosedRange<Int>
  /// It runs once.
  var isTop: Bool

  init?(_ nodes: [StepFlow.Node], isTop: Bool) {
    guard let first = nodes.firstPosition, let last = nodes.lastPosition else { return nil }
    self.nodes = nodes
    self.positions = first...last
    self.isTop = isTop
  }
}

/// Where the steps of a program use memory.
struct BufferUses {
  struct Use {
    /// In order.
    var positions: [Int] = []
    var writes: [Int] = []
    /// Where loops and branches read or write it themselves, or a routine works.
    var isWholeOnly = false
  }

  let flow: StepFlow
  let roots: [BufferID]
  private let program: Program
  private let loops: LoopTable
  /// By root.
  private var uses: [Use]

  init(_ program: Program) {
    self.program = program
    roots = program.buffers.indices.map { program.root(of: $0) }
    flow = StepFlow(program)
    loops = LoopTable(program)
    uses = Array(repeating: Use(), count: program.buffers.count)
    for (position, accesses) in flow.accesses.enumerated() {
      for access in accesses {
        let root = roots[access.buffer]
        if uses[root].positions.last != position { uses[root].positions.append(position) }
        if access.writes { uses[root].writes.append(position) }
        if flow.steps[position] == nil { uses[root].isWholeOnly = true }
      }
      if case .call(let call)? = flow.steps[position], let workspace = call.workspace {
        uses[roots[workspace]].isWholeOnly = true
      }
    }
  }

  subscript(root: BufferID) -> Use { uses[root] }

  /// What steps do to the memory of a buffer.
  func accesses(to buffer: BufferID, in positions: ClosedRange<Int>) -> [(position: Int, access: BufferAccess)] {
    let root = roots[buffer]
    return uses[root].positions.filter { positions.contains($0) }.flatMap { position in
      flow.accesses[position].filter { roots[$0.buffer] == root }.map { (position, $0) }
    }
  }

  /// The most iterations of a loop.
  func bound(_ loop: LoopID) -> Int? { loops[loop]?.bound }

  /// Whether what steps do to a buffer first is to fill it, at once or row by row.
  func isFilledFirst(_ buffer: BufferID, _ nodes: [StepFlow.Node]) -> Bool {
    for node in nodes {
      guard let first = node.first, let last = node.last else { continue }
      let accesses = accesses(to: buffer, in: first...last).map(\.access)
      guard let access = accesses.first else { continue }
      switch node {
      case .leaf: return access.buffer == buffer && access.kills
      case .loop(let loop, _, _, let body, runs: true):
        guard case .slice(buffer, loop, _, let step) = program.buffers[access.buffer].role else { return false }
        let count = program.buffers[access.buffer].type.elementCount
        return step.magnitude == count && accesses.allSatisfy { $0.buffer == access.buffer }
          && loops[loop]?.bound.map { $0 * count } == program.buffers[buffer].type.elementCount
          && isFilledFirst(access.buffer, body)
      case .loop, .whileLoop, .branch: return false
      }
    }
    return false
  }

  func isUsed(_ buffer: BufferID, in positions: ClosedRange<Int>) -> Bool {
    guard let first = uses[buffer].positions.first, let last = uses[buffer].positions.last else { return false }
    return positions.contains(first) && positions.contains(last)
  }
}
