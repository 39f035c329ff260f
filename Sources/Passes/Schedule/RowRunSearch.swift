import Basics
import KernelIR

/// Finds the run of steps that starts at one and gains most when it is cut into so many rows.
struct RowRunSearch {
  private var steps: [KnownStep]
  private let buffers: [Buffer]
  private let model: CostModel
  private var growing: GrowingRun

  /// Steps that one run looks at, and those of them that may go behind its loop.
  private static let window = 48
  private static let greatestAfterCount = 12

  /// - Parameter roots: By buffer, the one that it is part of.
  init(_ steps: [Step], _ buffers: [Buffer], _ roots: [BufferID], _ model: CostModel) {
    self.steps = steps.map { KnownStep($0, roots) }
    self.buffers = buffers
    self.model = model
    growing = GrowingRun(buffers, roots)
  }

  /// Puts others in the place of steps, which are not looked at again.
  mutating func replace(_ positions: ClosedRange<Int>, by others: [Step]) {
    steps.replaceSubrange(positions, with: others.map { KnownStep($0) })
  }

  /// The run of at least two steps that gains most after its costs; `nil` if none gains.
  mutating func run(from start: Int, _ count: Int) -> RowRun? {
    if steps[start].rows(count).isEmpty { return nil }
    growing.removeAll()
    var members: [(position: Int, rows: StepRows)] = []
    var (before, after): ([Int], [Int]) = ([], [])
    var gain = 0.0
    var best: (memberCount: Int, gain: Double, costs: BlockCosts) = (0, 0, BlockCosts())
    for position in start..<min(start + Self.window, steps.count) {
      var most: (rows: StepRows, gain: Double)?
      for rows in steps[position].rows(count) {
        guard let more = gainOfJoining(rows, count) else { continue }
        if more > most?.gain ?? -1 { most = (rows, more) }
      }
      let touched = steps[position].touched
      if let most, !growing.conflictsWithAfter(touched) {
        growing.join(most.rows, touched)
        members.append((position, most.rows))
        gain += most.gain
        // A step may cost more than it gains, and one behind it gain more than both cost.
        if members.count > 1, gain > best.gain,
          let costs = growing.costs.nanoseconds(count, model, most: gain - best.gain),
          gain - costs > best.gain
        {
          best = (members.count, gain - costs, growing.costs)
        }
        continue
      }
      if members.isEmpty { return nil }
      if growing.conflicts(touched) {
        after.append(position)
        growing.putAfter(touched)
        if after.count > Self.greatestAfterCount { break }
      } else {
        before.append(position)
      }
    }
    guard best.memberCount > 1 else { return nil }
    members.removeLast(members.count - best.memberCount)
    var run = RowRun(
      count: count, members: members, steps: members.map { steps[$0.position].step }, costs: best.costs)
    run.gain = best.gain
    run.before = before.filter { $0 < run.last }
    run.after = after.filter { $0 < run.last }
    return run
  }

  /// Nanoseconds won by one more step; `nil` if its rows and those of the run do not stay apart.
  private func gainOfJoining(_ rows: StepRows, _ count: Int) -> Double? {
    for (buffer, _) in rows.motions where growing.isLate(buffer) || !growing.isAlone(buffer) {
      return nil
    }
    for buffer in rows.late {
      // Sums and what follows from them are there when the loop has ended.
      if growing.isLate(buffer) || growing.motion(of: buffer) != nil || !growing.isAlone(buffer) {
        return nil
      }
    }
    var gain = 0.0
    for (buffer, motion) in rows.motions {
      guard let known = growing.motion(of: buffer) else { continue }
      let both = known.union(motion)
      guard known.step == motion.step, both.isDisjoint || !both.isWritten else { return nil }
      let bytes = abs(motion.step) * count * buffers[buffer].type.dtype.byteCount
      gain += Double(bytes) * max(model.byte(far: bytes) - model.nearByte, 0)
    }
    return gain
  }
}

/// The memory that a step touches, by root, and whether it writes it.
private typealias Touched = [(root: BufferID, isWritten: Bool)]

/// What is asked of a step again and again.
private struct KnownStep {
  let step: Step
  let touched: Touched
  /// By their number, the rows that it could have.
  private var known: [(count: Int, rows: [StepRows])] = []

  /// A step that is not looked at again.
  init(_ step: Step) {
    self.step = step
    touched = []
  }

  init(_ step: Step, _ roots: [BufferID]) {
    self.step = step
    var touched: Touched = []
    [step].forEachBuffer { buffer, isWritten in touched.append((roots[buffer], isWritten)) }
    self.touched = touched
  }

  mutating func rows(_ count: Int) -> [StepRows] {
    if let found = known.first(where: { $0.count == count }) { return found.rows }
    let found = step.rows(count)
    known.append((count, found))
    return found
  }
}

/// How the members of a run move through memory, in tables by buffer that every search uses again.
private struct GrowingRun {
  private let types: [TensorType]
  private let roots: [BufferID]
  private var motions: [RowMotion?]
  private var isLate: [Bool]
  /// By root, the buffer by which the members know it: none, one, or several.
  private var names: [BufferID]
  private var ofAll: [Touch]
  private var ofAfter: [Touch]
  /// What there is in the tables.
  private var buffers: [BufferID] = []
  private var rootsOfBuffers: [BufferID] = []
  private var touchedRoots: [BufferID] = []
  private(set) var costs = BlockCosts()

  private enum Touch {
    case none
    case read
    case written
  }

  private static let none = -1
  private static let several = -2

  init(_ buffers: [Buffer], _ roots: [BufferID]) {
    types = buffers.map(\.type)
    self.roots = roots
    motions = Array(repeating: nil, count: buffers.count)
    isLate = Array(repeating: false, count: buffers.count)
    names = Array(repeating: Self.none, count: buffers.count)
    ofAll = Array(repeating: .none, count: buffers.count)
    ofAfter = ofAll
  }

  mutating func removeAll() {
    for buffer in buffers { (motions[buffer], isLate[buffer]) = (nil, false) }
    for root in rootsOfBuffers { names[root] = Self.none }
    for root in touchedRoots { (ofAll[root], ofAfter[root]) = (.none, .none) }
    buffers.removeAll(keepingCapacity: true)
    rootsOfBuffers.removeAll(keepingCapacity: true)
    touchedRoots.removeAll(keepingCapacity: true)
    costs = BlockCosts()
  }

  func motion(of buffer: BufferID) -> RowMotion? { motions[buffer] }

  /// Whether it is known when the loop has ended.
  func isLate(_ buffer: BufferID) -> Bool { isLate[buffer] }

  /// Whether the members know its memory by no other name: that moves in ways that nothing here compares.
  func isAlone(_ buffer: BufferID) -> Bool {
    let name = names[roots[buffer]]
    return name == Self.none || name == buffer
  }

  /// Whether one writes what the other touches, of a step and all that have to stay in order with the run.
  func conflicts(_ touched: Touched) -> Bool { Self.conflict(touched, ofAll) }

  func conflictsWithAfter(_ touched: Touched) -> Bool { Self.conflict(touched, ofAfter) }

  private static func conflict(_ touched: Touched, _ others: [Touch]) -> Bool {
    touched.contains { root, isWritten in
      switch others[root] {
      case .none: false
      case .read: isWritten
      case .written: true
      }
    }
  }

  mutating func join(_ rows: StepRows, _ touched: Touched) {
    costs.join(rows.axis)
    for (buffer, motion) in rows.motions {
      let both = motions[buffer]?.union(motion) ?? motion
      costs.add(both, after: motions[buffer], byteCount: types[buffer].dtype.byteCount)
      motions[buffer] = both
      name(buffer)
    }
    if let sum = rows.sum { costs.add(sumOf: types[sum].byteCount) }
    for buffer in rows.late {
      isLate[buffer] = true
      name(buffer)
    }
    touch(touched)
  }

  /// Notes a step that goes behind the loop.
  mutating func putAfter(_ touched: Touched) {
    touch(touched)
    for (root, isWritten) in touched where isWritten || ofAfter[root] == .none {
      ofAfter[root] = isWritten ? .written : .read
    }
  }

  private mutating func name(_ buffer: BufferID) {
    let root = roots[buffer]
    buffers.append(buffer)
    rootsOfBuffers.append(root)
    names[root] = names[root] == Self.none || names[root] == buffer ? buffer : Self.several
  }

  private mutating func touch(_ touched: Touched) {
    for (root, isWritten) in touched where isWritten || ofAll[root] == .none {
      touchedRoots.append(root)
      ofAll[root] = isWritten ? .written : .read
    }
  }
}
