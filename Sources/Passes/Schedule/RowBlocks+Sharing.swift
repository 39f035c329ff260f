import Basics
import KernelIR

// Blocks of rows that threads share: a loop over parts of all rows, which do not depend on each other, around the loop over
// the blocks of one. Every part has blocks and sums of its own; its sums are added to those of the parts before it. There
// are as many parts as sizes say, whatever the number of threads.

extension RowBlocking {
  /// Into how many parts the rows of a run are cut; `nil` if it is not worth it.
  func partCount(_ run: RowRun, _ steps: [Step]) -> Int? {
    guard let parallelism else { return nil }
    let cost = run.members.reduce(0) { $0 + StepCost.nanoseconds(steps[$1.position]) }
    var sumBytes = 0
    for member in run.members { sumBytes += sumByteCount(steps[member.position], member.rows) }
    var most = min(parallelism.partCount(cost, sumBytes: sumBytes), run.count)
    let isOfLoops = run.members.contains { if case .loop = $0.rows.axis { true } else { false } }
    if isOfLoops { most = min(most, greatestPartCount(ofLoops: run, steps, parallelism)) }
    if most < 2 { return nil }
    // A power of two, which most numbers of threads share evenly.
    var count = 1 << (Int.bitWidth - 1 - most.leadingZeroBitCount)
    // Rows that no part has would do all iterations after the others.
    while isOfLoops, run.count % count != 0 { count /= 2 }
    return count < 2 ? nil : count
  }

  /// As many parts of loops' rows as cost little more than all rows at once: every step is launched once for each.
  private func greatestPartCount(ofLoops run: RowRun, _ steps: [Step], _ parallelism: Parallelism) -> Int {
    var (work, launches) = (0.0, 0.0)
    for (position, rows) in run.members {
      guard case .loop(let loop) = steps[position], case .loop(let inner) = rows.axis else { continue }
      var costs = BlockCosts()
      for rows in inner.steps { costs.join(rows.axis) }
      work += StepCost.nanoseconds(steps[position])
      launches += Double(loop.bound) * costs.launchNanoseconds(model)
    }
    let most = work * parallelism.greatestLaunchPart / max(launches, 1)
    return min(run.count / parallelism.leastPartRows, Int(min(most, 1000)))
  }

  /// Whether few rows or none are left when the parts have theirs.
  func hasEvenParts(_ run: RowRun, _ steps: [Step]) -> Bool {
    partCount(run, steps).map { run.count % $0 == 0 || run.count / $0 >= 32 } ?? true
  }

  private func sumByteCount(_ step: Step, _ rows: StepRows) -> Int {
    switch step {
    case .gemm(let gemm): rows.sum == nil ? 0 : gemm.m * gemm.n * gemm.dtype.byteCount
    // Those of accumulators are a row at most.
    case .loop(let loop): loop.sums(rows).reduce(0) { $0 + $1.reach * $1.dtype.byteCount }
    case .kernel, .call, .whileLoop, .branch: 0
    }
  }

  /// The loop over parts, and what adds their sums.
  mutating func shared(_ cut: CutRun, _ count: Int) -> [Step] {
    let id = declareLoop()
    let partRows = cut.run.count / count
    let rows = blockSize(cut.run, of: partRows)
    var slices: RowSlices = [:]
    for (buffer, motion) in cut.moving {
      let (type, name) = (program.buffers[buffer].type, program.buffers[buffer].name)
      if cut.isPrivate.contains(buffer) {
        slices[buffer] = (own("\(name)_block", type.dtype, motion.reach(of: rows), count, id).slice, motion.low)
      } else {
        let role = Buffer.Role.slice(of: buffer, loop: id, offset: motion.low, step: partRows * motion.step)
        let part = declare("\(name)_part", type.with(Shape([motion.reach(of: partRows)])), role)
        slices[buffer] = (part, motion.low)
      }
    }
    var body: [Step] = []
    var additions: [Step] = []
    for sum in cut.sums {
      let name = program.buffers[sum.buffer].name
      let (parts, slice, step) = own("\(name)_part", sum.dtype, sum.reach, count, id)
      slices[sum.buffer] = (slice, sum.offset)
      var part = sum
      (part.buffer, part.offset) = (slice, 0)
      body.append(.kernel(part.zero))
      additions.append(.kernel(sum.adding(parts, count: count, step: step)))
    }
    if rows == partRows {
      body += self.body(cut, rows, slices)
    } else {
      let whole = partRows / rows
      body.append(blocks(cut, from: 0, rows, times: whole, slices))
      let rest = partRows - whole * rows
      if rest > 0 { body.append(blocks(cut, from: whole * rows, rest, times: 1, slices)) }
    }
    let loop = StepLoop(
      id: id, count: .fixed(count), isParallel: true, body: body, origins: ["\(count) parts of \(partRows) rows"])
    return [.loop(loop)] + additions
  }

  /// Memory of its own for every part: all of it, and a part's in the loop over them.
  private mutating func own(
    _ name: String, _ dtype: DType, _ elements: Int, _ count: Int, _ loop: LoopID
  ) -> (whole: BufferID, slice: BufferID, step: Int) {
    // No part writes to a line of the cache that another one has.
    let line = 64 / dtype.byteCount
    let step = (elements + line - 1) / line * line
    let whole = declare("\(name)s", TensorType(dtype, [count * step]), .temporary(offset: 0))
    let role = Buffer.Role.slice(of: whole, loop: loop, offset: 0, step: step)
    return (whole, declare(name, TensorType(dtype, [elements]), role), step)
  }

  /// A loop over blocks of a part.
  private mutating func blocks(
    _ cut: CutRun, from first: Int, _ rows: Int, times: Int, _ parts: RowSlices
  ) -> Step {
    let id = declareLoop()
    var slices = parts
    for (buffer, motion) in cut.moving where !cut.isPrivate.contains(buffer) {
      guard let part = parts[buffer]?.buffer else { continue }
      let role = Buffer.Role.slice(of: part, loop: id, offset: first * motion.step, step: rows * motion.step)
      let type = program.buffers[buffer].type.with(Shape([motion.reach(of: rows)]))
      slices[buffer] = (declare("\(program.buffers[buffer].name)_rows", type, role), motion.low)
    }
    return .loop(
      StepLoop(
        id: id, count: .fixed(times), body: body(cut, rows, slices),
        origins: ["\(times) blocks of \(rows * cut.run.share) rows"]))
  }
}

extension StepCost {
  /// Of a kernel or product with all its slices, or a loop of them; nothing of others.
  static func nanoseconds(_ step: Step) -> Double {
    switch step {
    case .kernel(let kernel): nanoseconds(kernel)
    case .gemm(let gemm): nanoseconds(gemm) * Double(gemm.batchCount)
    case .loop(let loop): Double(loop.bound) * loop.body.reduce(0) { $0 + nanoseconds($1) }
    case .call, .whileLoop, .branch: 0
    }
  }
}
