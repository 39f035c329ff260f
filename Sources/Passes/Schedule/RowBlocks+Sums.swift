import Basics
import KernelIR

extension RowBlocking {
  /// A kernel whose rows add up in accumulators, as these sums, one that adds every block's part to them, and one that does
  /// with them what the kernel did.
  mutating func split(_ kernel: Kernel, _ rows: StepRows) -> (sums: [BlockSum], body: Kernel?, end: [Step]) {
    guard case .kernel(let axes) = rows.axis, !rows.accumulators.isEmpty || !rows.writtenAfter.isEmpty else {
      return ([], kernel, [])
    }
    var sums: [ValueID: (buffer: BufferID, index: AffineIndex)] = [:]
    declareSums(kernel.body, kernel, rows, open: [], &sums)
    let found = sums.values.map(\.buffer).sorted().map { BlockSum($0, program.buffers[$0].type) }
    var body = kernel
    body.body = parts(kernel.body, &body, axes, sums, isInside: false)
    var end = kernel
    end.body = ending(kernel.body, axes, rows, sums)
    let (shown, last) = (body.removingDeadValues(), end.removingDeadValues())
    return (found, shown.body.isEmpty ? nil : shown, last.body.isEmpty ? [] : [.kernel(last)])
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

  /// What is done in every block: nothing is stored outside of the axes but sums.
  private func parts(
    _ statements: [Statement], _ kernel: inout Kernel, _ axes: [AxisID],
    _ sums: [ValueID: (buffer: BufferID, index: AffineIndex)], isInside: Bool
  ) -> [Statement] {
    var result: [Statement] = []
    for statement in statements {
      switch statement {
      case .loop(let scope, let inner):
        result.append(.loop(scope, parts(inner, &kernel, axes, sums, isInside: isInside || axes.contains(scope))))
      case .tile(let scope, let inner):
        result.append(.tile(scope, parts(inner, &kernel, axes, sums, isInside: isInside || axes.contains(scope))))
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
    _ statements: [Statement], _ axes: [AxisID], _ rows: StepRows,
    _ sums: [ValueID: (buffer: BufferID, index: AffineIndex)]
  ) -> [Statement] {
    var result: [Statement] = []
    for statement in statements {
      switch statement {
      case .loop(let scope, let inner):
        if !axes.contains(scope) { result.append(.loop(scope, ending(inner, axes, rows, sums))) }
      case .tile(let scope, let inner):
        if !axes.contains(scope) { result.append(.tile(scope, ending(inner, axes, rows, sums))) }
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
}

/// A matrix that all rows add to.
struct BlockSum {
  var dtype: DType
  var buffer: BufferID
  var offset: Int
  var rows: Int
  var columns: Int
  /// Elements from row to row.
  var step: Int
  /// Whether rows add to what is there before.
  var accumulates: Bool

  init(_ buffer: BufferID, _ type: TensorType) {
    (dtype, self.buffer, offset) = (type.dtype, buffer, 0)
    (rows, columns, step) = (1, type.elementCount, type.elementCount)
    accumulates = false
  }

  init(_ gemm: Gemm, _ buffer: BufferID) {
    (dtype, self.buffer, offset) = (gemm.dtype, buffer, gemm.c.offset)
    (rows, columns, step) = (gemm.m, gemm.n, gemm.c.leadingDimension)
    if step == columns { (rows, columns) = (1, rows * columns) }
    accumulates = gemm.accumulates
  }

  /// Elements from the first to the last.
  var reach: Int { (rows - 1) * step + columns }

  var zero: Kernel {
    kernel("k_zero") { kernel, index in
      kernel.store(kernel.constant(Scalar(Int64(0), as: dtype)), buffer, index)
    }
  }

  /// Adds sums of the same form that lie one after the other, from first to last.
  func adding(_ parts: BufferID, count: Int, step partStep: Int) -> Kernel {
    kernel("k_sum") { kernel, index in
      var total = accumulates ? kernel.load(buffer, index, dtype) : nil
      for part in 0..<count {
        var place = index
        place.offset += part * partStep - offset
        let value = kernel.load(parts, place, dtype)
        total = total.map { kernel.compute(.add, $0, value) } ?? value
      }
      if let total { kernel.store(total, buffer, index) }
    }
  }

  /// A kernel that does something with every element.
  private func kernel(_ name: String, _ write: (inout KernelBuilder, AffineIndex) -> Void) -> Kernel {
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
    write(&kernel, index)
    if columns > 1 { kernel.close() }
    if rows > 1 { kernel.close() }
    return kernel.finished(name: name, origins: ["a sum over blocks of rows"])
  }
}
