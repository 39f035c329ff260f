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

/// A way to cut a step into rows: along an axis of a matrix product, or of a kernel's nest of loops.
struct StepRows {
  enum Axis: Equatable {
    case batch
    case m
    case k
    /// An axis, and how many of its values make a row.
    case kernel(AxisID, Int)
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
    case .kernel: break
    }
    return part
  }
}

extension Gemm.Matrix {
  var rowStep: Int { transposed ? 1 : leadingDimension }
  var columnStep: Int { transposed ? leadingDimension : 1 }
}

extension Kernel {
  fileprivate func rows(_ count: Int) -> [StepRows] {
    guard count > 1 else { return [] }
    return axes.indices.compactMap { axis in
      let extent = axes[axis].extent
      guard extent > 0, extent % count == 0 else { return nil }
      var search = KernelRows(self, axis, share: extent / count)
      return search.run()
    }
  }
}

/// Cuts a kernel along one of its axes: everything it stores is stored inside scopes of the axis, each row by itself, or
/// follows from sums over all rows.
private struct KernelRows {
  private let kernel: Kernel
  private let axis: AxisID
  private let share: Int
  private var motions: [BufferID: RowMotion] = [:]
  private var isPossible = true
  private var hasScope = false
  private var open: [AxisID] = []
  /// Accumulators declared outside of the axis.
  private var declaredOutside: Set<ValueID> = []
  private var accumulators: Set<ValueID> = []
  private var combiners: [ValueID: Combiner] = [:]
  /// Values that are known when all rows have been seen.
  private var late: Set<ValueID> = []
  /// Buffers that follow from sums.
  private var writtenOutside: Set<BufferID> = []

  init(_ kernel: Kernel, _ axis: AxisID, share: Int) {
    self.kernel = kernel
    self.axis = axis
    self.share = share
  }

  mutating func run() -> StepRows? {
    visit(kernel.body, isInside: false)
    guard isPossible, hasScope, kernel.values.count <= 4096 else { return nil }
    for (buffer, motion) in motions where motion.isWritten {
      // Rows that write the same elements, or read what others write, have to stay in order.
      if !motion.isDisjoint || writtenOutside.contains(buffer) { return nil }
    }
    for buffer in writtenOutside {
      if motions[buffer] != nil { return nil }
    }
    return StepRows(
      axis: .kernel(axis, share), motions: motions.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
      accumulators: accumulators, writtenAfter: writtenOutside.sorted())
  }

  private mutating func visit(_ body: [Statement], isInside: Bool) {
    for statement in body where isPossible {
      if let (scope, inner) = statement.scope {
        if scope == axis { hasScope = true }
        open.append(scope)
        visit(inner, isInside: isInside || scope == axis)
        open.removeLast()
        continue
      }
      visit(statement, isInside: isInside)
    }
  }

  private mutating func visit(_ statement: Statement, isInside: Bool) {
    var usesLate = false
    statement.forUses { if late.contains($0) { usesLate = true } }
    if usesLate {
      if isInside { isPossible = false }
      if let result = statement.result { late.insert(result) }
    }
    switch statement {
    case .accumulator(let value, let combiner):
      combiners[value] = combiner
      if !isInside { declaredOutside.insert(value) }
    case .accumulate(let value, _):
      if isInside, declaredOutside.contains(value) {
        // Only sums may be cut without a change of meaning beyond rounding.
        if combiners[value] != .add { isPossible = false }
        accumulators.insert(value)
      } else if !isInside {
        isPossible = false
      }
    case .index(_, let index): if index.coefficient(of: axis) != 0 { isPossible = false }
    case .load(_, let buffer, let index): note(buffer, index, 0, isWritten: false)
    case .gather(_, let buffer, let base, _, let stride, let limit):
      note(buffer, base, stride * (limit - 1), isWritten: false)
    case .store(let buffer, let index, _):
      if isInside { note(buffer, index, 0, isWritten: true) } else { writtenOutside.insert(buffer) }
    case .scatter(let scatter):
      if !isInside { isPossible = false }
      note(scatter.buffer, scatter.base, scatter.stride * (scatter.limit - 1), isWritten: true, isRead: true)
    case .finish(let result, let value):
      guard declaredOutside.contains(value) else { break }
      if isInside { isPossible = false }
      late.insert(result)
    case .compute, .sineCosine, .cast, .constant, .loop, .tile: break
    }
  }

  private mutating func note(
    _ buffer: BufferID, _ index: AffineIndex, _ reach: Int, isWritten: Bool, isRead: Bool = false
  ) {
    var (low, high) = (index.offset + min(reach, 0), index.offset + max(reach, 0))
    for term in index.terms {
      let last = term.coefficient * ((term.axis == axis ? share : kernel.axes[term.axis].extent) - 1)
      low += min(last, 0)
      high += max(last, 0)
    }
    let motion = RowMotion(
      step: index.coefficient(of: axis) * share, low: low, high: high, isRead: isRead || !isWritten,
      isWritten: isWritten)
    guard motion.step >= 0 else {
      isPossible = false
      return
    }
    guard let known = motions[buffer] else {
      motions[buffer] = motion
      return
    }
    if known.step != motion.step { isPossible = false }
    motions[buffer] = known.union(motion)
  }
}
