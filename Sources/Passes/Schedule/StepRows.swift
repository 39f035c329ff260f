import KernelIR

/// How a step moves through a buffer from one row to the next.
struct RowMotion: Equatable {
  /// Elements from row to row; 0 where all rows see the same elements.
  var step: Int
  /// The elements that row 0 reaches.
  var low: Int
  var high: Int
  var isRead: Bool
  var isWritten: Bool

  /// Whether rows reach elements of their own.
  var isDisjoint: Bool { step > high - low }

  /// The elements from the first to the last that so many rows reach.
  func reach(of rows: Int) -> Int { (rows - 1) * step + high - low + 1 }

  func union(_ other: RowMotion) -> RowMotion {
    RowMotion(
      step: step, low: min(low, other.low), high: max(high, other.high), isRead: isRead || other.isRead,
      isWritten: isWritten || other.isWritten)
  }
}

/// A way to cut a step into rows: along an axis of a matrix product, axes of a kernel's nests of loops, or those of all steps
/// of a loop.
struct StepRows {
  enum Axis {
    case batch
    case m
    case k
    /// Axes of a kernel, none inside another: a row has its share of the values of each.
    case kernel([AxisID])
    /// Those of a loop's steps.
    case loop(LoopRows)
  }

  var axis: Axis
  /// By buffer, ascending; buffers that rows add up in are in `sum` alone.
  var motions: [(buffer: BufferID, motion: RowMotion)]
  /// A buffer that every row adds to, for products along `k`.
  var sum: BufferID?
  /// Accumulators of a kernel that rows feed, and that are finished when all rows have been seen.
  var accumulators: Set<ValueID> = []
  /// Buffers that a kernel writes when all rows have been seen.
  var writtenAfter: [BufferID] = []

  /// Buffers that hold their results when all rows have been seen.
  var late: [BufferID] { sum.map { writtenAfter + [$0] } ?? writtenAfter }
}

extension Step {
  /// All ways to cut the step into `count` rows.
  func rows(_ count: Int) -> [StepRows] {
    switch self {
    case .gemm(let gemm): gemm.rows(count)
    case .kernel(let kernel): kernel.rows(count)
    case .call, .loop, .whileLoop, .branch: []
    }
  }

  /// How many rows it could have.
  func rowCounts(_ model: CostModel) -> [Int] {
    switch self {
    case .gemm(let gemm):
      gemm.batchCount > 1
        ? [gemm.batchCount]
        : gemm.order == .symmetry ? [gemm.k] : [gemm.m, gemm.k]
    case .kernel(let kernel): kernel.rowCounts(model)
    case .call, .loop, .whileLoop, .branch: []
    }
  }
}

extension Kernel {
  /// The extent of the outermost loop, if there are so many elements that an array of them would go through memory.
  fileprivate func rowCounts(_ model: CostModel) -> [Int] {
    for case .loop(let axis, let body) in self.body where body.contains(where: { $0.scope != nil }) {
      let count = Double(axes[axis].extent) * elementCount(of: body)
      return count >= Double(model.lastLevelBytes / 8) ? [axes[axis].extent] : []
    }
    return []
  }

  /// The elements of the largest nest of loops.
  private func elementCount(of body: [Statement]) -> Double {
    body.reduce(1) { count, statement in
      switch statement {
      case .loop(let axis, let inner), .tile(let axis, let inner):
        max(count, Double(axes[axis].extent) * elementCount(of: inner))
      default: count
      }
    }
  }
}

extension Gemm {
  fileprivate func rows(_ count: Int) -> [StepRows] {
    guard count > 1, m > 0, n > 0, k > 0 else { return [] }
    var found: [StepRows] = []
    let buffers: Set<BufferID> = [a.buffer, b.buffer, c.buffer]
    // Products that read one buffer twice have no motion of its own for each.
    guard buffers.count == 3 else { return [] }
    if batchCount > 1, batchCount % count == 0 {
      let share = batchCount / count
      found.append(
        StepRows(
          axis: .batch,
          motions: motions(
            (a.batchStride * share, share, m, k), (b.batchStride * share, share, k, n),
            (c.batchStride * share, share, m, n))))
    }
    guard batchCount == 1 else { return found }
    if m % count == 0, order != .symmetry {
      let share = m / count
      found.append(
        StepRows(
          axis: .m,
          motions: motions(
            (a.rowStep * share, 1, share, k), (0, 1, k, n), (c.leadingDimension * share, 1, share, n))))
    }
    if k % count == 0 {
      let share = k / count
      var motions = motions(
        (a.columnStep * share, 1, m, share), (b.rowStep * share, 1, share, n), (0, 1, m, n))
      motions.removeAll { $0.buffer == c.buffer }
      found.append(StepRows(axis: .k, motions: motions, sum: c.buffer))
    }
    return found
  }

  private typealias Part = (step: Int, batch: Int, rows: Int, columns: Int)

  private func motions(_ a: Part, _ b: Part, _ c: Part) -> [(buffer: BufferID, motion: RowMotion)] {
    let parts = [(self.a, a, false), (self.b, b, false), (self.c, c, true)]
    return parts.sorted { $0.0.buffer < $1.0.buffer }.map { matrix, part, isWritten in
      let high =
        matrix.offset + (part.batch - 1) * matrix.batchStride + (part.rows - 1) * matrix.rowStep
        + (part.columns - 1) * matrix.columnStep
      let motion = RowMotion(
        step: part.step, low: matrix.offset, high: high, isRead: !isWritten || accumulates, isWritten: isWritten)
      return (matrix.buffer, motion)
    }
  }

  /// The product of `count` of the rows that `axis` cuts it into.
  func taking(_ count: Int, of total: Int, _ axis: StepRows.Axis) -> Gemm {
    var part = self
    switch axis {
    case .batch: part.batchCount = batchCount / total * count
    case .m: part.m = m / total * count
    case .k:
      part.k = k / total * count
      part.accumulates = true
    case .kernel, .loop: break
    }
    return part
  }
}

extension Gemm.Matrix {
  var rowStep: Int { transposed ? 1 : leadingDimension }
  var columnStep: Int { transposed ? leadingDimension : 1 }
}
