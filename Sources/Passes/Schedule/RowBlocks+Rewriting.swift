import Basics
import KernelIR

/// By buffer, what is there in its place, and the element of the buffer that this starts with.
typealias RowSlices = [BufferID: (buffer: BufferID, low: Int)]

/// A run whose kernels are taken apart.
struct CutRun {
  let run: RowRun
  /// Buffers of which a block is all that there need be.
  let isPrivate: Set<BufferID>
  /// What is done with every block.
  var bodies: [(step: Step, rows: StepRows)] = []
  var sums: [BlockSum] = []
  /// What follows from sums.
  var endings: [Step] = []

  init(_ run: RowRun, isPrivate: Set<BufferID>) {
    self.run = run
    self.isPrivate = isPrivate
  }

  var moving: [(buffer: BufferID, motion: RowMotion)] {
    run.motions.sorted { $0.key < $1.key }.filter { $0.value.step > 0 }.map { ($0.key, $0.value) }
  }
}

extension RowBlocking {
  /// The steps that a run becomes: what goes before, sums set to zero, loops over blocks, what follows from sums, what goes
  /// behind.
  mutating func rewrite(_ run: RowRun, _ steps: [Step]) -> [Step] {
    var cut = CutRun(run, isPrivate: privateBuffers(run, steps))
    for (position, member) in run.members {
      switch steps[position] {
      case .kernel(let kernel):
        let parts = split(kernel, member)
        cut.sums += parts.sums
        cut.endings += parts.end
        if let body = parts.body { cut.bodies.append((.kernel(body), member)) }
      case .gemm(let gemm):
        if let sum = member.sum { cut.sums.append(BlockSum(gemm, sum)) }
        cut.bodies.append((steps[position], member))
      case .loop(let loop):
        cut.sums += loop.sums(member)
        cut.bodies.append((steps[position], member))
      default: cut.bodies.append((steps[position], member))
      }
    }
    var result = run.before.map { steps[$0] }
    var first = 0
    if let count = partCount(run, steps) {
      result += shared(cut, count)
      first = run.count / count * count
    } else {
      result += cut.sums.filter { !$0.accumulates }.map { .kernel($0.zero) }
    }
    if first < run.count {
      let rows = blockSize(run, of: run.count - first)
      let whole = (run.count - first) / rows
      result.append(loop(cut, from: first, rows, times: whole))
      let rest = run.count - first - whole * rows
      if rest > 0 { result.append(loop(cut, from: first + whole * rows, rest, times: 1)) }
    }
    return result + cut.endings + run.after.map { steps[$0] }
  }

  private mutating func loop(_ cut: CutRun, from first: Int, _ rows: Int, times: Int) -> Step {
    let id = declareLoop()
    var slices: RowSlices = [:]
    for (buffer, motion) in cut.moving {
      let type = program.buffers[buffer].type.with(Shape([motion.reach(of: rows)]))
      let name = program.buffers[buffer].name
      if cut.isPrivate.contains(buffer) {
        slices[buffer] = (declare("\(name)_block", type, .temporary(offset: 0)), motion.low)
      } else {
        let role = Buffer.Role.slice(
          of: buffer, loop: id, offset: motion.low + first * motion.step, step: rows * motion.step)
        slices[buffer] = (declare("\(name)_rows", type, role), motion.low)
      }
    }
    return .loop(
      StepLoop(
        id: id, count: .fixed(times), body: body(cut, rows, slices),
        origins: ["\(times) blocks of \(rows * cut.run.share) rows"]))
  }

  /// What a run does for a block of rows, whose buffers are there in place of the whole ones.
  mutating func body(_ cut: CutRun, _ rows: Int, _ slices: RowSlices) -> [Step] {
    cut.bodies.map { taking(rows, of: cut.run.count, $0, $1, slices) }
  }

  private mutating func taking(_ rows: Int, of total: Int, _ step: Step, _ member: StepRows, _ slices: RowSlices)
    -> Step
  {
    switch step {
    case .gemm(var gemm):
      gemm = gemm.taking(rows, of: total, member.axis)
      gemm.a = moved(gemm.a, slices)
      gemm.b = moved(gemm.b, slices)
      gemm.c = moved(gemm.c, slices)
      return .gemm(gemm)
    case .kernel(var kernel):
      guard case .kernel(let axes) = member.axis else { return step }
      for axis in axes { kernel.axes[axis].extent = kernel.axes[axis].extent / total * rows }
      kernel.body = kernel.body.map { moved($0, slices) }
      return .kernel(kernel)
    case .loop(var loop):
      guard case .loop(let inner) = member.axis else { return step }
      var slices = slices
      let id = declareLoop()
      for (buffer, motion) in inner.slices {
        guard case .slice(let base, _, let offset, let step) = program.buffers[buffer].role else { continue }
        let whole = slices[base] ?? (base, 0)
        let type = program.buffers[buffer].type.with(Shape([motion.reach(of: rows)]))
        let role = Buffer.Role.slice(of: whole.buffer, loop: id, offset: offset + motion.low - whole.low, step: step)
        slices[buffer] = (declare(program.buffers[buffer].name, type, role), motion.low)
      }
      loop.id = id
      loop.body = zip(loop.body, inner.steps).map { taking(rows, of: total, $0, $1, slices) }
      return .loop(loop)
    case .call, .whileLoop, .branch: return step
    }
  }

  private func moved(_ matrix: Gemm.Matrix, _ slices: RowSlices) -> Gemm.Matrix {
    guard let slice = slices[matrix.buffer] else { return matrix }
    var matrix = matrix
    matrix.buffer = slice.buffer
    matrix.offset -= slice.low
    return matrix
  }

  private func moved(_ statement: Statement, _ slices: RowSlices) -> Statement {
    func place(_ buffer: BufferID, _ index: AffineIndex) -> (BufferID, AffineIndex) {
      guard let slice = slices[buffer] else { return (buffer, index) }
      var index = index
      index.offset -= slice.low
      return (slice.buffer, index)
    }
    switch statement {
    case .loop(let axis, let body): return .loop(axis, body.map { moved($0, slices) })
    case .tile(let axis, let body): return .tile(axis, body.map { moved($0, slices) })
    case .load(let result, let buffer, let index):
      let (buffer, index) = place(buffer, index)
      return .load(result, buffer, index)
    case .store(let buffer, let index, let value):
      let (buffer, index) = place(buffer, index)
      return .store(buffer, index, value)
    case .gather(let result, let buffer, let base, let selector, let stride, let limit):
      let (buffer, base) = place(buffer, base)
      return .gather(result, buffer, base: base, selector: selector, stride: stride, limit: limit)
    case .scatter(let scatter):
      let (buffer, base) = place(scatter.buffer, scatter.base)
      return .scatter(scatter.replacing(buffer: buffer, base: base))
    default: return statement
    }
  }
}
