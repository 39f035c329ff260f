/// Whether the iterations of an axis can be done in any order.
extension Kernel {
  /// Why chunks of an axis depend on each other; `nil` if they do not.
  ///
  /// They do not if all that is written is written inside the axis's scopes, no accumulator runs through several
  /// iterations, and no iteration writes an element that another one reads or writes. The kernel must be verified.
  package func dependence(along axis: AxisID, in program: Program, _ loops: LoopTable) -> String? {
    var finder = DependenceFinder(axis: axis, axes: axes)
    finder.visit(body)
    if let failure = finder.failure { return failure }
    return finder.overlap(program, loops)
  }
}

private struct DependenceFinder {
  /// The elements that a statement may touch in one iteration of the axis: `step · iteration + offset + Σ 0 … span`.
  private struct Access {
    var buffer: BufferID
    var isWritten: Bool
    var step: Int
    var offset: Int
    /// Of further axes and selectors: the distance of elements and the greatest multiple of it.
    var spans: [(coefficient: Int, last: Int)]
  }

  let axis: AxisID
  let axes: [Axis]
  private(set) var failure: String?
  private var accesses: [Access] = []
  private var isInside = false
  /// Accumulators declared outside of the axis's scopes.
  private var outerAccumulators: Set<ValueID> = []

  init(axis: AxisID, axes: [Axis]) {
    self.axis = axis
    self.axes = axes
  }

  mutating func visit(_ body: [Statement]) {
    for statement in body where failure == nil {
      switch statement {
      case .loop(let other, let inner), .tile(let other, let inner):
        if other == axis { isInside = true }
        visit(inner)
        if other == axis { isInside = false }
      case .load(_, let buffer, let index): add(buffer, index, isWritten: false)
      case .gather(_, let buffer, let base, _, let stride, let limit):
        add(buffer, base, isWritten: false, selection: (stride, limit - 1))
      case .store(let buffer, let index, _): add(buffer, index, isWritten: true)
      case .scatter(let scatter):
        add(scatter.buffer, scatter.base, isWritten: true, selection: (scatter.stride, scatter.limit - 1))
      case .accumulator(let value, _): if !isInside { outerAccumulators.insert(value) }
      case .accumulate(let accumulator, _):
        if isInside && outerAccumulators.contains(accumulator) {
          failure = "%\(accumulator.index) runs through several iterations"
        }
      case .compute, .cast, .constant, .index, .finish: break
      }
    }
  }

  private mutating func add(
    _ buffer: BufferID, _ index: AffineIndex, isWritten: Bool, selection: (stride: Int, last: Int) = (0, 0)
  ) {
    if isWritten && !isInside {
      failure = "#\(buffer) is written outside of the axis"
      return
    }
    var access = Access(
      buffer: buffer, isWritten: isWritten, step: index.coefficient(of: axis), offset: index.offset, spans: [])
    for term in index.terms where term.axis != axis && axes[term.axis].extent > 1 {
      access.spans.append((term.coefficient, axes[term.axis].extent - 1))
    }
    if selection.stride != 0 && selection.last > 0 { access.spans.append((selection.stride, selection.last)) }
    accesses.append(access)
  }

  /// What two iterations both touch, if one of them writes it.
  func overlap(_ program: Program, _ loops: LoopTable) -> String? {
    let written = Set(accesses.filter(\.isWritten).map(\.buffer))
    let touched = Set(accesses.map(\.buffer)).sorted()
    let spans = Dictionary(uniqueKeysWithValues: touched.map { ($0, MemorySpan(of: $0, in: program, loops)) })
    for buffer in written.sorted() {
      guard let span = spans[buffer] else { continue }
      var same: Set<BufferID> = [buffer]
      for other in touched where other != buffer {
        guard let otherSpan = spans[other], span.overlaps(otherSpan) else { continue }
        guard span.isSame(as: otherSpan), program.buffers[buffer].type.dtype == program.buffers[other].type.dtype
        else { return "#\(buffer) is written and shares memory with #\(other)" }
        same.insert(other)
      }
      if !areDisjoint(accesses.filter { same.contains($0.buffer) }) {
        return "several iterations touch the same elements of #\(buffer)"
      }
    }
    return nil
  }

  /// Whether no two iterations touch the same element.
  ///
  /// All accesses move by the same step. What has a smaller coefficient stays within the step, together with the offsets.
  /// Greater coefficients are multiples of a number beyond all that an iteration and its number add up to, so that
  /// the rest of an element's place tells its iteration.
  private func areDisjoint(_ accesses: [Access]) -> Bool {
    guard let step = accesses.first?.step.magnitude, step > 0, let sign = accesses.first?.step.signum(),
      accesses.allSatisfy({ $0.step.magnitude == step && $0.step.signum() == sign }), step < 1 << 48
    else { return false }
    let size = Int(step)
    var (low, high) = (0, 0)
    var divisor = 0
    for access in accesses {
      var (least, greatest) = (0, 0)
      for (coefficient, last) in access.spans {
        if coefficient.magnitude < step {
          if coefficient < 0 { least += coefficient * last } else { greatest += coefficient * last }
        } else {
          divisor = greatestCommonDivisor(divisor, Int(coefficient.magnitude))
        }
      }
      (low, high) = (min(low, least), max(high, greatest))
    }
    let offsets = accesses.map(\.offset)
    guard let first = offsets.min(), let last = offsets.max() else { return false }
    let reach = size * (axes[axis].extent - 1)
    func fits(_ width: Int, _ divisor: Int) -> Bool { width < size && (divisor == 0 || divisor > reach + width) }
    if fits(high - low + last - first, divisor) { return true }
    // Offsets as multiples of the great distance.
    let withOffsets = offsets.reduce(divisor) { greatestCommonDivisor($0, $1 - first) }
    return fits(high - low, withOffsets)
  }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
  var (a, b) = (a, b)
  while b != 0 { (a, b) = (b, a % b) }
  return a
}
