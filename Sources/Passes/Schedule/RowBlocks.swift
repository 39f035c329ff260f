import Basics
package import KernelIR

// Steps that follow each other row by row run on blocks of rows that stay in the cache: a loop of steps around all of them,
// each on its slice. The windows of a few images are copied, multiplied and summed before those of the next; an array is
// read once for a product and for its gradient. What lives between the steps alone shrinks to a block. A loop of steps whose
// iterations leave rows apart runs for parts of them, which threads share.

extension Program {
  /// The program with runs of steps cut into blocks of rows, where that saves more memory traffic than it costs.
  ///
  /// - Parameter parallelism: When threads share blocks; `nil` for never.
  package func blockingRows(_ model: CostModel = CostModel(), parallelism: Parallelism? = nil) -> Program {
    var blocking = RowBlocking(self, model, parallelism)
    let blocked = blocking.visit(steps, isInLoop: false)
    guard blocking.isChanged else { return self }
    blocking.program.steps = blocked
    return blocking.program
  }
}

struct RowBlocking {
  var program: Program
  let model: CostModel
  let parallelism: Parallelism?
  private(set) var isChanged = false
  /// By root, how often the program touches it.
  private var touches: [Int]
  private var roots: [BufferID]
  private var nextLoop: LoopID

  private static let greatestStepCount = 2048

  init(_ program: Program, _ model: CostModel, _ parallelism: Parallelism?) {
    self.program = program
    self.model = model
    self.parallelism = parallelism
    roots = program.buffers.indices.map { program.root(of: $0) }
    var touches = [Int](repeating: 0, count: program.buffers.count)
    let roots = roots
    program.steps.forEachBuffer { buffer, _ in touches[roots[buffer]] += 1 }
    self.touches = touches
    nextLoop = (LoopTable(program).entries.keys.max() ?? -1) + 1
  }

  mutating func visit(_ steps: [Step], isInLoop: Bool) -> [Step] {
    var steps = steps.map { step in step.lists.isEmpty ? step : step.mapLists { visit($0, isInLoop: true) } }
    guard steps.count <= Self.greatestStepCount else { return steps }
    steps = steps.flatMap { inParts($0) ?? [$0] }
    let counts = Set(steps.flatMap { $0.rowCounts(model) }).filter { $0 > 1 }.sorted(by: >).prefix(8)
    if counts.isEmpty { return steps }
    var search = RowRunSearch(steps, program.buffers, roots, model)
    var index = 0
    while index < steps.count {
      let runs = counts.compactMap { search.run(from: index, $0) }
      guard let best = best(of: runs, steps) ?? parts(of: steps[index], at: index), best.gain > 0 else {
        index += 1
        continue
      }
      let replaced = rewrite(best, steps)
      isChanged = true
      search.replace(index...best.last, by: replaced)
      steps.replaceSubrange(index...best.last, with: replaced)
      index += replaced.count
    }
    return steps
  }

  /// The run with the greatest gain; if its rows are too few for parts of the same size, the one of the same steps that has
  /// more, unless that gains much less.
  private func best(of runs: [RowRun], _ steps: [Step]) -> RowRun? {
    guard let best = runs.max(by: { $0.gain < $1.gain }) else { return nil }
    if hasEvenParts(best, steps) { return best }
    let positions = best.members.map(\.position)
    let others = runs.filter {
      $0.gain >= 0.8 * best.gain && $0.members.map(\.position) == positions && hasEvenParts($0, steps)
    }
    return others.max { $0.gain < $1.gain } ?? best
  }

  /// A product alone, in parts along its contraction.
  private func parts(of step: Step, at position: Int) -> RowRun? {
    guard case .gemm(let gemm) = step, let count = model.partsAlongContraction(gemm),
      let rows = step.rows(count).first(where: { if case .k = $0.axis { true } else { false } })
    else { return nil }
    var run = RowRun(count: count, members: [(position, rows)], steps: [step])
    run.rowsOfBlock = 1
    run.gain = 1
    return run
  }

  /// A loop alone, as one over parts of its rows that do all its iterations; `nil` if that is not worth it.
  private mutating func inParts(_ step: Step) -> [Step]? {
    guard case .loop(let loop) = step, let parallelism else { return nil }
    for count in loop.rowCounts(model, parallelism) {
      guard let rows = loop.rows(count, program) else { continue }
      let run = RowRun(count: count, members: [(0, rows)], steps: [step])
      guard partCount(run, [step]) != nil else { continue }
      isChanged = true
      return rewrite(run, [step])
    }
    return nil
  }

  /// Rows of a block, of so many.
  func blockSize(_ run: RowRun, of count: Int) -> Int { run.rowsOfBlock ?? run.costs.rowsOfBlock(of: count, model) }

  // MARK: Rewriting

  mutating func declareLoop() -> LoopID {
    nextLoop += 1
    return nextLoop - 1
  }

  mutating func declare(_ name: String, _ type: TensorType, _ role: Buffer.Role) -> BufferID {
    program.buffers.append(Buffer(name: name, type: type, role: role))
    let number = program.buffers.count - 1
    roots.append(program.root(of: number))
    touches.append(0)
    return number
  }

  /// The buffers that hold nothing that is needed outside of the run: they can be as small as a block. Of a loop there are none:
  /// iterations hand on what they hold.
  func privateBuffers(_ run: RowRun, _ steps: [Step]) -> Set<BufferID> {
    if run.members.contains(where: { !steps[$0.position].lists.isEmpty }) { return [] }
    var counts: [BufferID: Int] = [:]
    var readFirst: Set<BufferID> = []
    for (position, _) in run.members {
      for access in steps[position].footprint(program.buffers) where access.reads && counts[access.buffer] == nil {
        readFirst.insert(access.buffer)
      }
      [steps[position]].forEachBuffer { buffer, _ in counts[buffer, default: 0] += 1 }
    }
    let found = run.motions.filter { buffer, motion in
      guard case .temporary = program.buffers[buffer].role, motion.isWritten else { return false }
      return counts[buffer] == touches[buffer] && !readFirst.contains(buffer)
    }
    return Set(found.keys)
  }
}
