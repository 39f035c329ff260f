import KernelIR

/// The steps of a program as a tree of positions, in order of the text. What loops and branches read and write themselves
/// has positions of its own.
struct StepFlow {
  indirect enum Node {
    case leaf(Int)
    /// `runs`: at least once.
    case loop(LoopID, begin: Int, end: Int, body: [Node], runs: Bool)
    /// The head is the condition; it runs at least once if `runs`, and once more than the body but for a limit.
    case whileLoop(LoopID, begin: Int, end: Int, head: [Node], body: [Node], runs: Bool)
    case branch([[Node]])

    /// The position of what it does first; `nil` for a branch without steps.
    var first: Int? {
      switch self {
      case .leaf(let position): position
      case .loop(_, let begin, _, _, _), .whileLoop(_, let begin, _, _, _, _): begin
      case .branch(let lists): lists.lazy.compactMap(\.firstPosition).first
      }
    }

    var last: Int? {
      switch self {
      case .leaf(let position): position
      case .loop(_, _, let end, _, _), .whileLoop(_, _, let end, _, _, _): end
      case .branch(let lists): lists.lazy.reversed().compactMap(\.lastPosition).first
      }
    }
  }

  private(set) var nodes: [Node] = []
  /// By position.
  private(set) var accesses: [[BufferAccess]] = []
  /// By position, the kernel or call.
  private(set) var steps: [Step?] = []
  private let buffers: [Buffer]
  /// By position, if they are recorded: the numbers from 1 of the step and of those around it.
  private(set) var paths: [[Int]] = []
  private var path: [Int] = []
  private let recordsPaths: Bool

  init(_ program: Program, recordsPaths: Bool = false) {
    buffers = program.buffers
    self.recordsPaths = recordsPaths
    nodes = visit(program.steps)
  }

  private mutating func position(_ accesses: [BufferAccess] = [], _ step: Step? = nil) -> Int {
    self.accesses.append(accesses)
    steps.append(step)
    if recordsPaths { paths.append(path) }
    return steps.count - 1
  }

  private mutating func read(_ buffer: BufferID) -> Node {
    .leaf(position([BufferAccess(buffer: buffer, reads: true)]))
  }

  private mutating func write(_ buffer: BufferID) -> Node {
    .leaf(position([BufferAccess(buffer: buffer, writes: true, kills: true)]))
  }

  /// Steps of a list, whose first has this number.
  private mutating func visit(_ steps: [Step], from number: Int = 1) -> [Node] {
    var nodes: [Node] = []
    path.append(number - 1)
    defer { path.removeLast() }
    for step in steps {
      path[path.count - 1] += 1
      switch step {
      case .kernel, .gemm, .call: nodes.append(.leaf(position(step.footprint(buffers), step)))
      case .loop(let loop):
        var runs = false
        switch loop.count {
        case .fixed(let count): runs = count > 0
        case .buffer(let buffer, _): nodes.append(read(buffer))
        }
        let begin = position()
        let body = (loop.index.map { [write($0)] } ?? []) + visit(loop.body)
        nodes.append(.loop(loop.id, begin: begin, end: position(), body: body, runs: runs))
      case .whileLoop(let loop):
        let begin = position()
        path.append(1)
        var head = (loop.index.map { [write($0)] } ?? []) + visit(loop.condition)
        head.append(read(loop.predicate))
        path.removeLast()
        let body = visit(loop.body, from: 2)
        nodes.append(
          .whileLoop(loop.id, begin: begin, end: position(), head: head, body: body, runs: loop.limit != 0))
        if let count = loop.tripCount { nodes.append(write(count)) }
      case .branch(let branch):
        nodes.append(read(branch.selector))
        var lists: [[Node]] = []
        for (number, list) in branch.branches.enumerated() {
          path.append(number + 1)
          lists.append(visit(list))
          path.removeLast()
        }
        nodes.append(.branch(lists))
      }
    }
    return nodes
  }

  func positionsInBranches() -> Set<Int> {
    var found: Set<Int> = []
    func visit(_ nodes: [Node]) {
      for node in nodes {
        switch node {
        case .leaf: break
        case .loop(_, _, _, let body, _): visit(body)
        case .whileLoop(_, _, _, let head, let body, _): visit(head + body)
        case .branch:
          if let first = node.first, let last = node.last { found.formUnion(first...last) }
        }
      }
    }
    visit(nodes)
    return found
  }
}

extension [StepFlow.Node] {
  var firstPosition: Int? { lazy.compactMap(\.first).first }
  var lastPosition: Int? { lazy.reversed().compactMap(\.last).first }
}
