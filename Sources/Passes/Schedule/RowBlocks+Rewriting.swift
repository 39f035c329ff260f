import Basics
import KernelIR

extension RowBlocking {
  /// The steps that a run becomes: what goes before, sums set to zero, loops over blocks, what follows from sums, what goes
  /// behind.
  mutating func rewrite(_ run: RowRun, _ steps: [Step]) -> [Step] {
    let rows = blockSize(run)
    var result = run.before.map { steps[$0] }
    var endings: [Step] = []
    var bodies: [(step: Step, rows: StepRows)] = []
    for (position, member) in run.members {
      switch steps[position] {
      case .kernel(let kernel):
        let parts = split(kernel, member)
        result += parts.start
        endings += parts.end
        if let body = parts.body { bodies.append((.kernel(body), parts.rows)) }
      case .gemm(let gemm):
        if let sum = member.sum, !gemm.accumulates { result.append(.kernel(zero(gemm, sum))) }
        bodies.append((steps[position], member))
      default: bodies.append((steps[position], member))
      }
    }
    let isPrivate = Set(run.motions.keys.filter { self.isPrivate($0, run, steps) })
    let whole = run.count / rows
    result.append(loop(bodies, run, from: 0, rows, times: whole, isPrivate))
    let rest = run.count - whole * rows
    if rest > 0 { result.append(loop(bodies, run, from: whole * rows, rest, times: 1, isPrivate)) }
    return result + endings + run.after.map { steps[$0] }
  }

  private mutating func loop(
    _ bodies: [(step: Step, rows: StepRows)], _ run: RowRun, from first: Int, _ rows: Int, times: Int,
    _ isPrivate: Set<BufferID>
  ) -> Step {
    let id = declareLoop()
    var slices: [BufferID: (buffer: BufferID, low: Int)] = [:]
    for (buffer, motion) in run.motions.sorted(by: { $0.key < $1.key }) where motion.step > 0 {
      let count = (rows - 1) * motion.step + motion.high - motion.low + 1
      let type = program.buffers[buffer].type.with(Shape([count]))
      let name = program.buffers[buffer].name
      if isPrivate.contains(buffer) {
        slices[buffer] = (declare("\(name)_block", type, .temporary(offset: 0)), motion.low)
      } else {
        let role = Buffer.Role.slice(
          of: buffer, loop: id, offset: motion.low + first * motion.step, step: rows * motion.step)
        slices[buffer] = (declare("\(name)_rows", type, role), motion.low)
      }
    }
    var origins: [String] = []
    let body = bodies.map { step, member -> Step in
      switch step {
      case .gemm(var gemm):
        gemm = gemm.taking(rows, of: run.count, member.axis)
        gemm.a = moved(gemm.a, slices)
        gemm.b = moved(gemm.b, slices)
        gemm.c = moved(gemm.c, slices)
        return .gemm(gemm)
      case .kernel(var kernel):
        guard case .kernel(let axis, let share) = member.axis else { return step }
        kernel.axes[axis].extent = share * rows
        kernel.body = kernel.body.map { moved($0, slices) }
        return .kernel(kernel)
      default: return step
      }
    }
    origins.append("\(times) blocks of \(rows) rows")
    return .loop(StepLoop(id: id, count: .fixed(times), body: body, origins: origins))
  }

  private func moved(_ matrix: Gemm.Matrix, _ slices: [BufferID: (buffer: BufferID, low: Int)]) -> Gemm.Matrix {
    guard let slice = slices[matrix.buffer] else { return matrix }
    var matrix = matrix
    matrix.buffer = slice.buffer
    matrix.offset -= slice.low
    return matrix
  }

  private func moved(_ statement: Statement, _ slices: [BufferID: (buffer: BufferID, low: Int)]) -> Statement {
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

  // MARK: Sums

  /// A kernel whose rows add up in accumulators, as one that adds every block's part to a buffer, one that sets these buffers
  /// to zero, and one that does with the sums what the kernel did.
  private mutating func split(
    _ kernel: Kernel, _ rows: StepRows
  ) -> (start: [Step], body: Kernel?, rows: StepRows, end: [Step]) {
    guard case .kernel(let axis, _) = rows.axis, !rows.accumulators.isEmpty || !rows.writtenAfter.isEmpty else {
      return ([], kernel, rows, [])
    }
    var sums: [ValueID: (buffer: BufferID, index: AffineIndex)] = [:]
    declareSums(kernel.body, kernel, rows, open: [], &sums)
    var start: [Step] = []
    for (_, sum) in sums.sorted(by: { $0.value.buffer < $1.value.buffer }) { start.append(.kernel(zero(sum.buffer))) }
    var body = kernel
    body.body = parts(kernel.body, &body, axis, sums, isInside: false)
    var end = kernel
    end.body = ending(kernel.body, axis, rows, sums)
    let (shown, last) = (body.removingDeadValues(), end.removingDeadValues())
    return (start, shown.body.isEmpty ? nil : shown, rows, last.body.isEmpty ? [] : [.kernel(last)])
  }

  private mutating func declareSums(
    _ body: [Statement], _ kernel: Kernel, _ rows: StepRows, open: [AxisID],
    _ sums: inout [ValueID: (buffer: BufferID, index: AffineIndex)]
  ) {
    for statement in body {
      if let (axis, inner) = statement.scope {
        declareSums(inner, kernel, rows, open: open + [axis], &sums)
      } else if case .accumulator(let value, _) = statement, rows.accumulators.contains(value) {
        var index = AffineIndex()
        var count = 1
        for axis in open.reversed() where kernel.axes[axis].extent != 1 {
          index.add(axis, times: count)
          count *= kernel.axes[axis].extent
        }
        let dtype = kernel.values[Int(value.index)].dtype
        sums[value] = (declare("sum", TensorType(dtype, Shape([count])), .temporary(offset: 0)), index)
      }
    }
  }

  /// What is done in every block: nothing is stored outside of the axis but sums.
  private func parts(
    _ statements: [Statement], _ kernel: inout Kernel, _ axis: AxisID,
    _ sums: [ValueID: (buffer: BufferID, index: AffineIndex)], isInside: Bool
  ) -> [Statement] {
    var result: [Statement] = []
    for statement in statements {
      switch statement {
      case .loop(let scope, let inner):
        result.append(.loop(scope, parts(inner, &kernel, axis, sums, isInside: isInside || scope == axis)))
      case .tile(let scope, let inner):
        result.append(.tile(scope, parts(inner, &kernel, axis, sums, isInside: isInside || scope == axis)))
      case .store where !isInside: continue
      case .finish(let value, let accumulator):
        result.append(statement)
        guard let sum = sums[accumulator] else { continue }
        let info = kernel.values[Int(value.index)]
        let (before, total) = (ValueID(kernel.values.count), ValueID(kernel.values.count + 1))
        kernel.values += [info, info]
        result += [
          .load(before, sum.buffer, sum.index), .compute(total, .add, before, value, .none),
          .store(sum.buffer, sum.index, total),
        ]
      default: result.append(statement)
      }
    }
    return result
  }

  /// What is done when all blocks have been seen.
  private func ending(
    _ statements: [Statement], _ axis: AxisID, _ rows: StepRows,
    _ sums: [ValueID: (buffer: BufferID, index: AffineIndex)]
  ) -> [Statement] {
    var result: [Statement] = []
    for statement in statements {
      switch statement {
      case .loop(let scope, let inner):
        if scope != axis { result.append(.loop(scope, ending(inner, axis, rows, sums))) }
      case .tile(let scope, let inner):
        if scope != axis { result.append(.tile(scope, ending(inner, axis, rows, sums))) }
      case .accumulator(let value, _) where rows.accumulators.contains(value): continue
      case .accumulate(let value, _) where rows.accumulators.contains(value): continue
      case .finish(let value, let accumulator):
        if let sum = sums[accumulator] {
          result.append(.load(value, sum.buffer, sum.index))
        } else {
          result.append(statement)
        }
      default: result.append(statement)
      }
    }
    return result
  }

  // MARK: Zeros

  private func zero(_ buffer: BufferID) -> Kernel {
    let type = program.buffers[buffer].type
    return zeroKernel(type.dtype, buffer, offset: 0, rows: 1, columns: type.elementCount, step: 0)
  }

  private func zero(_ gemm: Gemm, _ buffer: BufferID) -> Kernel {
    if gemm.c.leadingDimension == gemm.n {
      return zeroKernel(gemm.dtype, buffer, offset: gemm.c.offset, rows: 1, columns: gemm.m * gemm.n, step: 0)
    }
    return zeroKernel(
      gemm.dtype, buffer, offset: gemm.c.offset, rows: gemm.m, columns: gemm.n, step: gemm.c.leadingDimension)
  }

  private func zeroKernel(
    _ dtype: DType, _ buffer: BufferID, offset: Int, rows: Int, columns: Int, step: Int
  ) -> Kernel {
    var kernel = KernelBuilder()
    var index = AffineIndex(offset: offset)
    if rows > 1 {
      let axis = kernel.addAxis(extent: rows)
      kernel.openLoop(axis)
      index.add(axis, times: step)
    }
    if columns > 1 {
      let axis = kernel.addAxis(extent: columns)
      kernel.openTile(axis)
      index.add(axis, times: 1)
    }
    kernel.store(kernel.constant(Scalar(Int64(0), as: dtype)), buffer, index)
    if columns > 1 { kernel.close() }
    if rows > 1 { kernel.close() }
    return kernel.finished(name: "k_zero", origins: ["a sum over blocks of rows"])
  }
}
