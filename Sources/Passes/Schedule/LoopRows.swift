import Basics
import KernelIR

// A loop of steps whose iterations hand on to the next what belongs to a row, as a scan over time does with the states of a
// batch, has rows itself: all iterations of some rows can be done before, or beside, those of others.

/// How the steps of a loop move through memory from one row to the next.
struct LoopRows {
  /// By position in the loop's body.
  var steps: [StepRows]
  /// Those of the buffers that move with the loop, inside of the part that an iteration has.
  var slices: [(buffer: BufferID, motion: RowMotion)]
}

extension StepLoop {
  /// A way to cut all iterations into `count` rows, none of which touches what another one writes in any iteration; `nil` if
  /// there is none.
  ///
  /// Products that add up rows in a matrix may do so in every iteration, if nothing else touches it.
  func rows(_ count: Int, _ program: Program) -> StepRows? {
    guard case .fixed(let times) = self.count, times > 0, index == nil, records.isEmpty, !isParallel else { return nil }
    var choices: [[StepRows]] = []
    for step in body {
      guard step.lists.isEmpty else { return nil }
      let rows = step.rows(count).filter { $0.writtenAfter.isEmpty && $0.accumulators.isEmpty }
      if rows.isEmpty { return nil }
      choices.append(rows)
    }
    guard let first = choices.first else { return nil }
    // What the first step does decides of the others: a square matrix has two ways.
    for start in first {
      var search = LoopRowSearch(self, program)
      if let found = search.run([[start]] + choices.dropFirst()) { return found }
    }
    return nil
  }

  /// How many rows threads could share; none if it takes too little time, or most of that in steps that they share anyway.
  func rowCounts(_ model: CostModel, _ parallelism: Parallelism) -> [Int] {
    guard !isParallel, StepCost.nanoseconds(.loop(self)) >= 2 * parallelism.partNanoseconds else { return [] }
    let costs = body.map { StepCost.nanoseconds($0) }
    let shared = costs.filter { $0 >= parallelism.leastNanoseconds }
    if shared.reduce(0, +) > parallelism.greatestSharedPart * costs.reduce(0, +) { return [] }
    let extents = body.map { $0.extentsOfRows(model) }
    let counts = Set(extents.joined()).filter { $0 >= 2 * parallelism.leastPartRows }
    // Those that cut every step; few are left after the first one.
    return extents.reduce(counts.sorted(by: >)) { counts, extents in
      counts.filter { count in extents.contains { $0 % count == 0 } }
    }
  }
}

extension Step {
  /// Numbers of which the rows of a step in a loop divide one.
  fileprivate func extentsOfRows(_ model: CostModel) -> Set<Int> {
    switch self {
    case .kernel(let kernel): Set(kernel.axes.map(\.extent))
    case .gemm, .call, .loop, .whileLoop, .branch: Set(rowCounts(model))
    }
  }
}

/// Finds rows of a loop's steps that agree.
private struct LoopRowSearch {
  private let loop: StepLoop
  private let program: Program
  private var motions: [BufferID: RowMotion] = [:]
  private var sums: Set<BufferID> = []

  init(_ loop: StepLoop, _ program: Program) {
    self.loop = loop
    self.program = program
  }

  mutating func run(_ choices: [[StepRows]]) -> StepRows? {
    var steps: [StepRows] = []
    for (step, rows) in zip(loop.body, choices) {
      guard let fitting = rows.first(where: { fits($0, step) }) else { return nil }
      for (buffer, motion) in fitting.motions { motions[buffer] = motions[buffer]?.union(motion) ?? motion }
      if let sum = fitting.sum { sums.insert(sum) }
      steps.append(fitting)
    }
    guard let windows = windows() else { return nil }
    let slices = motions.filter { isSlice($0.key) }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    return StepRows(
      axis: .loop(LoopRows(steps: steps, slices: slices)),
      motions: windows.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
  }

  /// Whether the rows of a step and those of the steps before it stay apart in an iteration.
  private func fits(_ rows: StepRows, _ step: Step) -> Bool {
    if let sum = rows.sum {
      guard case .gemm(let gemm) = step, gemm.accumulates, motions[sum] == nil, !sums.contains(sum), !isMoving(sum)
      else { return false }
    }
    return rows.motions.allSatisfy { buffer, motion in
      if sums.contains(buffer) { return false }
      let both = motions[buffer]?.union(motion) ?? motion
      return both.step == motion.step && (both.isDisjoint || !both.isWritten)
    }
  }

  private func isSlice(_ buffer: BufferID) -> Bool {
    if case .slice(_, loop.id, _, _) = program.buffers[buffer].role { true } else { false }
  }

  /// Whether it has another place in every iteration, or is a row of a tape.
  private func isMoving(_ buffer: BufferID) -> Bool {
    var buffer = buffer
    while true {
      switch program.buffers[buffer].role {
      case .slice(let base, let other, _, _):
        if other == loop.id { return true }
        buffer = base
      case .row: return true
      case .parameter, .result, .updated, .constant, .temporary: return false
      }
    }
  }

  /// By buffer that does not move with the loop, how rows move in all iterations; `nil` if they do not stay apart.
  private func windows() -> [BufferID: RowMotion]? {
    var windows: [BufferID: RowMotion] = [:]
    /// By root, the buffer that the loop knows it by, and how slices of that move.
    var names: [BufferID: (buffer: BufferID, slice: SliceMotion?)] = [:]
    var written: Set<BufferID> = []
    for (buffer, motion) in motions where motion.isWritten { written.insert(program.root(of: buffer)) }
    let roots = Set(sums.map { program.root(of: $0) })
    guard roots.count == sums.count else { return nil }
    for (buffer, motion) in motions {
      let root = program.root(of: buffer)
      if roots.contains(root) { return nil }
      var (base, window, slice) = (buffer, motion, SliceMotion?.none)
      if isSlice(buffer) {
        guard case .slice(let whole, _, let offset, let step) = program.buffers[buffer].role, !isMoving(whole)
        else { return nil }
        let last = (loop.bound - 1) * step
        (base, slice) = (whole, SliceMotion(offset, step))
        window.low += offset + min(last, 0)
        window.high += offset + max(last, 0)
        if written.contains(root), program.buffers[buffer].type.elementCount > abs(step) { return nil }
      } else if isMoving(buffer) {
        return nil
      }
      if written.contains(root) {
        if let name = names[root], name.buffer != base || name.slice != slice { return nil }
        names[root] = (base, slice)
      }
      let both = windows[base]?.union(window) ?? window
      guard both.step == window.step else { return nil }
      windows[base] = both
    }
    return areApart(written) ? windows : nil
  }

  /// Whether all slices of what is written together leave rows apart: they lie at the same place but for whole steps.
  private func areApart(_ written: Set<BufferID>) -> Bool {
    var joined: [BufferID: RowMotion] = [:]
    for (buffer, motion) in motions where isSlice(buffer) {
      let root = program.root(of: buffer)
      guard written.contains(root) else { continue }
      let both = joined[root]?.union(motion) ?? motion
      if let known = joined[root], known.step != motion.step { return false }
      joined[root] = both
    }
    return joined.values.allSatisfy(\.isDisjoint)
  }
}

/// How slices of a buffer move: those of equal motions touch at the same place of a step only.
private struct SliceMotion: Equatable {
  private let step: Int
  private let rest: Int

  init(_ offset: Int, _ step: Int) {
    self.step = abs(step)
    rest = step == 0 ? offset : (offset % abs(step) + abs(step)) % abs(step)
  }
}

extension StepLoop {
  /// The sums over rows of its steps.
  func sums(_ rows: StepRows) -> [BlockSum] {
    guard case .loop(let inner) = rows.axis else { return [] }
    return zip(body, inner.steps).compactMap { step, rows in
      guard case .gemm(let gemm) = step, let sum = rows.sum else { return nil }
      return BlockSum(gemm, sum)
    }
  }
}
