import KernelIR

extension Kernel {
  /// All ways to cut the kernel into `count` rows.
  func rows(_ count: Int) -> [StepRows] {
    guard count > 1 else { return [] }
    let found: [StepRows] = axes.indices.compactMap { axis in
      let extent = axes[axis].extent
      guard extent > 0, extent % count == 0 else { return nil }
      var search = KernelRows(self, [axis], count)
      return search.run()
    }
    return found + rowsOfScopes(count)
  }

  /// The way to cut every scope of the root along the outermost axis that can be, if these are several axes.
  private func rowsOfScopes(_ count: Int) -> [StepRows] {
    var found: [AxisID] = []
    func visit(_ body: [Statement]) {
      for statement in body {
        guard let (axis, inner) = statement.scope else { continue }
        if axes[axis].extent > 0, axes[axis].extent % count == 0 {
          if !found.contains(axis) { found.append(axis) }
        } else {
          visit(inner)
        }
      }
    }
    visit(body)
    guard 2...Self.greatestScopeCount ~= found.count else { return [] }
    var search = KernelRows(self, found, count)
    return search.run().map { [$0] } ?? []
  }

  private static let greatestScopeCount = 64
}

/// Cuts a kernel along an axis, or several in scopes side by side: everything it stores is stored inside scopes of these, each
/// row by itself, or follows from sums over all rows.
private struct KernelRows {
  private let kernel: Kernel
  private let axes: [AxisID]
  private let count: Int
  private var motions: [BufferID: RowMotion] = [:]
  private var isPossible = true
  private var hasScope = false
  /// Accumulators declared outside of the axes.
  private var declaredOutside: Set<ValueID> = []
  private var accumulators: Set<ValueID> = []
  private var combiners: [ValueID: Combiner] = [:]
  /// Values that are known when all rows have been seen.
  private var late: Set<ValueID> = []
  /// Buffers that follow from sums.
  private var writtenOutside: Set<BufferID> = []

  init(_ kernel: Kernel, _ axes: [AxisID], _ count: Int) {
    self.kernel = kernel
    self.axes = axes
    self.count = count
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
      axis: .kernel(axes), motions: motions.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
      accumulators: accumulators, writtenAfter: writtenOutside.sorted())
  }

  private mutating func visit(_ body: [Statement], isInside: Bool) {
    for statement in body where isPossible {
      if let (scope, inner) = statement.scope {
        let isAxis = axes.contains(scope)
        // An axis of rows inside another one would be cut twice.
        if isAxis, isInside { isPossible = false }
        if isAxis { hasScope = true }
        visit(inner, isInside: isInside || isAxis)
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
    case .index(_, let index): if step(of: index) != 0 { isPossible = false }
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

  /// Elements from row to row.
  private func step(of index: AffineIndex) -> Int {
    index.terms.reduce(0) { $0 + (axes.contains($1.axis) ? $1.coefficient * (kernel.axes[$1.axis].extent / count) : 0) }
  }

  private mutating func note(
    _ buffer: BufferID, _ index: AffineIndex, _ reach: Int, isWritten: Bool, isRead: Bool = false
  ) {
    var (low, high) = (index.offset + min(reach, 0), index.offset + max(reach, 0))
    for term in index.terms {
      let extent = kernel.axes[term.axis].extent
      let last = term.coefficient * ((axes.contains(term.axis) ? extent / count : extent) - 1)
      low += min(last, 0)
      high += max(last, 0)
    }
    let motion = RowMotion(
      step: step(of: index), low: low, high: high, isRead: isRead || !isWritten,
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
