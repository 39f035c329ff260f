import Basics
package import KernelIR

// Steps that follow each other row by row run on blocks of rows that stay in the cache: a loop of steps around all of them,
// each on its slice. The windows of a few images are copied, multiplied and summed before those of the next; an array is
// read once for a product and for its gradient. What lives between the steps alone shrinks to a block.

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

/// Steps to be cut, and those between them that go before or behind the loop.
struct RowRun {
  var count: Int
  var members: [(position: Int, rows: StepRows)] = []
  var before: [Int] = []
  var after: [Int] = []
  /// By buffer; those in `sums` and `writtenAfter` apart.
  var motions: [BufferID: RowMotion] = [:]
  var sums: Set<BufferID> = []
  var writtenAfter: Set<BufferID> = []
  /// Nanoseconds won by what is found in the cache, and lost by launches and repeated reads.
  var gain = 0.0
  /// Rows of matrices and arrays that make one of the run's rows.
  var share = 1
  /// Rows of a block, if that is not left to the size of the cache.
  var rowsOfBlock: Int?

  var last: Int { members.last?.position ?? 0 }
}

struct RowBlocking {
  var program: Program
  let model: CostModel
  let parallelism: Parallelism?
  private(set) var isChanged = false
  /// By root, how often the program touches it.
  private let touches: [Int]
  private let roots: [BufferID]
  private var nextLoop: LoopID

  /// Steps that one run looks at.
  private static let window = 48
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
    let counts = Set(steps.flatMap { $0.rowCounts(model) }).filter { $0 > 1 }.sorted(by: >).prefix(8)
    if counts.isEmpty { return steps }
    var known = steps.map { KnownStep($0, touched: touched(by: $0)) }
    var index = 0
    while index < steps.count {
      let runs = counts.compactMap { grow(from: index, in: &known, $0) }
      guard let best = best(of: runs, steps) ?? parts(of: steps[index], at: index), best.gain > 0 else {
        index += 1
        continue
      }
      let replaced = rewrite(best, steps)
      isChanged = true
      // These are not looked at again.
      known.replaceSubrange(index...best.last, with: replaced.map { KnownStep($0, touched: [:]) })
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
      let rows = step.rows(count).first(where: { $0.axis == .k }),
      var run = joining(RowRun(count: count), position, rows, step)
    else { return nil }
    run.rowsOfBlock = 1
    run.gain = 1
    return run
  }

  // MARK: Search

  /// What is asked of a step again and again.
  private struct KnownStep {
    let step: Step
    /// By root, whether it is written.
    let touched: [BufferID: Bool]
    /// By their number, the rows that it could have.
    private var rows: [Int: [StepRows]] = [:]

    init(_ step: Step, touched: [BufferID: Bool]) {
      self.step = step
      self.touched = touched
    }

    mutating func rows(_ count: Int) -> [StepRows] {
      if let found = rows[count] { return found }
      let found = step.rows(count)
      rows[count] = found
      return found
    }
  }

  private func touched(by step: Step) -> [BufferID: Bool] {
    var touched: [BufferID: Bool] = [:]
    [step].forEachBuffer { buffer, isWritten in
      touched[roots[buffer], default: false] = touched[roots[buffer]] ?? false || isWritten
    }
    return touched
  }

  /// The run that starts at a step and has the greatest gain.
  private func grow(from start: Int, in steps: inout [KnownStep], _ count: Int) -> RowRun? {
    var run = RowRun(count: count)
    var best: RowRun?
    for position in start..<min(start + Self.window, steps.count) {
      let ways = steps[position].rows(count)
      let joined = ways.compactMap { joining(run, position, $0, steps[position].step) }.max { $0.gain < $1.gain }
      if let joined, !conflicts(steps[position], run.after, steps) {
        run = joined
        // A step may cost more than it gains, and one behind it gain more than both cost.
        if run.members.count > 1, run.gain > (best?.gain ?? 0), let gain = gain(of: run), gain > (best?.gain ?? 0) {
          best = run
          best?.gain = gain
        }
        continue
      }
      if run.members.isEmpty { return nil }
      let isFree = !conflicts(steps[position], run.members.map(\.position) + run.after, steps)
      if isFree { run.before.append(position) } else { run.after.append(position) }
      if run.after.count > 12 { break }
    }
    guard var found = best else { return nil }
    let last = found.last
    found.before.removeAll { $0 > last }
    found.after.removeAll { $0 > last }
    return found
  }

  /// Whether steps touch memory that one of them writes.
  private func conflicts(_ step: KnownStep, _ others: [Int], _ steps: [KnownStep]) -> Bool {
    others.contains { other in
      let (few, many) =
        steps[other].touched.count < step.touched.count
        ? (steps[other].touched, step.touched) : (step.touched, steps[other].touched)
      return few.contains { root, isWritten in many[root].map { $0 || isWritten } ?? false }
    }
  }

  /// The run with one more step, if the rows of all stay apart.
  private func joining(_ run: RowRun, _ position: Int, _ rows: StepRows, _ step: Step) -> RowRun? {
    var run = run
    let own = Set(rows.motions.keys).union(rows.writtenAfter).union(rows.sum.map { [$0] } ?? [])
    // Sums and what follows from them are there when the loop has ended.
    let late = run.sums.union(run.writtenAfter)
    guard late.isDisjoint(with: own) else { return nil }
    let newLate = rows.writtenAfter.union(rows.sum.map { [$0] } ?? [])
    guard newLate.isDisjoint(with: run.motions.keys) else { return nil }
    var known: [BufferID: BufferID] = [:]
    for buffer in Set(run.motions.keys).union(late) { known[roots[buffer]] = buffer }
    for buffer in own {
      // The same memory under two names moves in ways that nothing here compares.
      if let other = known[roots[buffer]], other != buffer { return nil }
    }
    for (buffer, motion) in rows.motions {
      guard let known = run.motions[buffer] else {
        run.motions[buffer] = motion
        continue
      }
      let both = known.union(motion)
      if both.isWritten || known.step != motion.step {
        guard known.step == motion.step, both.isDisjoint || !both.isWritten else { return nil }
      }
      run.motions[buffer] = both
      let bytes = abs(motion.step) * run.count * program.buffers[buffer].type.dtype.byteCount
      run.gain += Double(bytes) * max(model.byte(far: bytes) - model.nearByte, 0)
    }
    switch (rows.axis, step) {
    case (.kernel(_, let share), _): run.share = max(run.share, share)
    case (.m, .gemm(let gemm)): run.share = max(run.share, gemm.m / run.count)
    case (.k, .gemm(let gemm)): run.share = max(run.share, gemm.k / run.count)
    default: break
    }
    if let sum = rows.sum { run.sums.insert(sum) }
    run.writtenAfter.formUnion(rows.writtenAfter)
    run.members.append((position, rows))
    return run
  }

  // MARK: Cost

  private func byteCount(_ buffer: BufferID) -> Int { program.buffers[buffer].type.dtype.byteCount }

  /// Rows of a block: as many of so many as stay near.
  func blockSize(_ run: RowRun, of count: Int) -> Int {
    if let rows = run.rowsOfBlock { return rows }
    var rowBytes = 0
    for (buffer, motion) in run.motions where motion.step > 0 { rowBytes += motion.step * byteCount(buffer) }
    let fixed = min(fixedBytes(run), model.nearBytes / 2)
    let most = max((model.nearBytes - fixed) / 2 / max(rowBytes, 1), 1)
    if most >= count { return count }
    // A divisor leaves no rest behind the loop.
    let divisor = stride(from: most, to: most / 2, by: -1).first { count % $0 == 0 }
    return divisor ?? most
  }

  private func fixedBytes(_ run: RowRun) -> Int {
    var bytes = 0
    for (buffer, motion) in run.motions where motion.step == 0 {
      bytes += (motion.high - motion.low + 1) * byteCount(buffer)
    }
    for buffer in run.sums { bytes += program.buffers[buffer].type.byteCount }
    return bytes
  }

  /// The gain without what the loop costs; `nil` if it does not pay, or is none.
  private func gain(of run: RowRun) -> Double? {
    let rows = blockSize(run, of: run.count)
    guard rows < run.count else { return nil }
    let rounds = Double((run.count + rows - 1) / rows)
    var cost = model.iteration * Double(run.members.count)
    // Weights are read, and sums are read and written, once more in every round.
    cost += Double(fixedBytes(run)) * model.nearByte * 2
    for (_, step) in run.members {
      if step.axis == .m || step.axis == .k { cost += model.product }
      if case .kernel = step.axis { cost += model.launch * 4 }
    }
    let gain = run.gain - cost * rounds * model.caution
    return gain > 0 ? gain : nil
  }

  // MARK: Rewriting

  mutating func declareLoop() -> LoopID {
    nextLoop += 1
    return nextLoop - 1
  }

  mutating func declare(_ name: String, _ type: TensorType, _ role: Buffer.Role) -> BufferID {
    program.buffers.append(Buffer(name: name, type: type, role: role))
    return program.buffers.count - 1
  }

  /// Whether a buffer holds nothing that is needed outside of the run: it can be as small as a block.
  func isPrivate(_ buffer: BufferID, _ run: RowRun, _ steps: [Step]) -> Bool {
    guard case .temporary = program.buffers[buffer].role, let motion = run.motions[buffer], motion.isWritten else {
      return false
    }
    var count = 0
    for (position, _) in run.members {
      [steps[position]].forEachBuffer { touched, _ in if touched == buffer { count += 1 } }
    }
    guard count == touches[buffer] else { return false }
    for (position, _) in run.members {
      if let access = steps[position].footprint(program.buffers).first(where: { $0.buffer == buffer }) {
        return !access.reads
      }
    }
    return false
  }
}
