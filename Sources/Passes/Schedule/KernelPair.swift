import KernelIR

/// Two kernels that do not touch what the other writes, as one: their longest nests of loops become one where both have
/// points, and what one has beyond is done behind it.
struct KernelPair {
  private let first: Kernel
  private let second: Kernel
  private var axes: [Axis]
  private var values: [ValueInfo]
  /// How often statements are done beside the nest that both share, once for each run of an innermost loop.
  private var restCount = 0

  /// At most so many points of an axis lie between those that belong together.
  private static let greatestShift = 8
  /// Of the ways to let points lie together, so many are tried.
  private static let greatestWayCount = 2

  init?(_ first: Kernel, _ second: Kernel) {
    guard first.partition == nil, second.partition == nil else { return nil }
    self.first = first
    var moved = second
    moved.body = second.body.map { statement in
      statement.shiftingValues(by: first.values.count).renumbering(second.axes.indices.map { $0 + first.axes.count })
    }
    self.second = moved
    axes = first.axes + second.axes
    values = first.values + second.values
  }

  /// The kernel that takes least of those that let points lie together where both read the same elements, and how often
  /// statements are done beside the shared nest; `nil` if the nests differ.
  func merged(sharing shared: [BufferID]) -> (Kernel, restCount: Int)? {
    guard let nests = nests(first.body, second.body) else { return nil }
    var best: (kernel: Kernel, restCount: Int, cost: Double)?
    for shifts in ways(nests, shared) {
      var trial = self
      guard let body = trial.merge(first.body, second.body, shifts[...]) else { continue }
      let kernel = Kernel(
        name: first.name + "_" + second.opName, origins: first.origins + second.newOrigins(beside: first),
        axes: trial.axes, values: trial.values, body: body
      ).sharingValues().removingDeadValues().removingUnusedAxes()
      let cost = StepCost.nanoseconds(kernel)
      if cost < best?.cost ?? .infinity { best = (kernel, trial.restCount, cost) }
    }
    return best.map { ($0.kernel, $0.restCount) }
  }

  // MARK: Nests

  /// Axes that become one.
  private typealias Nest = (first: AxisID, second: AxisID)

  /// The scope that a list is done for: the only one, or at the root the one with most points.
  private func mainScope(_ body: [Statement], isRoot: Bool) -> Int? {
    let scopes = body.indices.filter { body[$0].scope != nil }
    guard isRoot else { return scopes.count == 1 ? scopes[0] : nil }
    return scopes.max { pointCount(body[$0]) < pointCount(body[$1]) }
  }

  private func pointCount(_ statement: Statement) -> Int {
    guard let (axis, body) = statement.scope else { return 1 }
    return axes[axis].extent.multipliedReportingOverflow(by: body.reduce(1) { max($0, pointCount($1)) }).partialValue
  }

  /// The pairs of axes from the outside in.
  private func nests(_ one: [Statement], _ other: [Statement], isRoot: Bool = true) -> [Nest]? {
    guard let a = mainScope(one, isRoot: isRoot), let b = mainScope(other, isRoot: isRoot) else {
      let isLeaf = !isRoot && !(one + other).contains { $0.scope != nil }
      return isLeaf ? [] : nil
    }
    guard let (axis, body) = one[a].scope, let (otherAxis, otherBody) = other[b].scope, one[a].isTile == other[b].isTile
    else { return nil }
    let extents = (axes[axis].extent, axes[otherAxis].extent)
    // Of nests that differ by much little is shared.
    guard min(extents.0, extents.1) * 4 >= max(extents.0, extents.1) * 3,
      let inner = nests(body, otherBody, isRoot: false)
    else { return nil }
    return [(axis, otherAxis)] + inner
  }

  /// How far the second kernel's points are ahead, by axis: what lets most loads be the same first.
  private func ways(_ nests: [Nest], _ shared: [BufferID]) -> [[Int]] {
    var counts: [(way: [Int], count: Int)] = []
    var loads: [BufferID: [AffineIndex]] = [:]
    first.body.forEachStatement {
      if case .load(_, let buffer, let index) = $0, shared.contains(buffer) { loads[buffer, default: []].append(index) }
    }
    var pairCount = 0
    second.body.forEachStatement {
      guard case .load(_, let buffer, let index) = $0, pairCount < 256 else { return }
      for other in loads[buffer] ?? [] {
        pairCount += 1
        guard let way = way(nests, other, index) else { continue }
        if let known = counts.firstIndex(where: { $0.way == way }) {
          counts[known].count += 1
        } else {
          counts.append((way, 1))
        }
      }
    }
    let none = nests.map { _ in 0 }
    if !counts.contains(where: { $0.way == none }) { counts.append((none, 0)) }
    counts.sort { $0.count == $1.count ? $0.way.lexicographicallyPrecedes($1.way) : $0.count > $1.count }
    return counts.prefix(Self.greatestWayCount).map(\.way)
  }

  /// How far ahead the second kernel's point is that reads what the first one reads.
  private func way(_ nests: [Nest], _ one: AffineIndex, _ other: AffineIndex) -> [Int]? {
    var distance = one.offset - other.offset
    var way: [Int] = []
    for (a, b) in nests {
      let coefficient = one.coefficient(of: a)
      guard coefficient == other.coefficient(of: b) else { return nil }
      // To the nearest, since what is left is for the axes inside.
      let size = coefficient.magnitude
      let steps = size == 0 ? 0 : Int((distance.magnitude + size / 2) / size) * distance.signum() * coefficient.signum()
      guard abs(steps) <= Self.greatestShift else { return nil }
      way.append(steps)
      distance -= steps * coefficient
    }
    return distance == 0 ? way : nil
  }

  // MARK: Merging

  /// Two lists of statements as one, with the nests in them made one.
  private mutating func merge(
    _ one: [Statement], _ other: [Statement], _ shifts: ArraySlice<Int>, isRoot: Bool = true, times: Int = 1
  ) -> [Statement]? {
    guard let shift = shifts.first else { return one + other }
    guard let a = mainScope(one, isRoot: isRoot), let b = mainScope(other, isRoot: isRoot),
      let (axis, body) = one[a].scope, let (otherAxis, otherBody) = other[b].scope
    else { return nil }
    let (extent, otherExtent) = (axes[axis].extent, axes[otherAxis].extent)
    let (start, otherStart) = (max(-shift, 0), max(shift, 0))
    let count = min(extent - start, otherExtent - otherStart)
    guard count > 0, let inside = merge(body, otherBody, shifts.dropFirst(), isRoot: false, times: times * count) else {
      return nil
    }
    let main = declare(count)
    let nest = (one[a].isTile ? Statement.tile(axis, inside) : .loop(axis, inside))
      .moved(axis, to: main, by: start).moved(otherAxis, to: main, by: otherStart)
    var merged = Array(one[..<a]) + other[..<b]
    merged.append(nest)
    for (scope, axis, extent, start) in [(one[a], axis, extent, start), (other[b], otherAxis, otherExtent, otherStart)]
    {
      let rests = [0..<start, start + count..<extent].filter { !$0.isEmpty }
      for rest in rests {
        let copy = copy(scope.moved(axis, to: declare(rest.count), by: rest.lowerBound))
        [copy].forEachStatement { _ in restCount += times }
        merged.append(copy)
      }
    }
    return merged + one[(a + 1)...] + other[(b + 1)...]
  }

  private mutating func declare(_ extent: Int) -> AxisID {
    axes.append(Axis(extent: extent))
    return axes.count - 1
  }

  /// The statement with numbers of its own for what it defines.
  private mutating func copy(_ statement: Statement) -> Statement {
    var numbers = values.indices.map { ValueID($0) }
    [statement].forEachStatement { inner in
      inner.forResults { result in
        numbers[Int(result.index)] = ValueID(values.count)
        values.append(values[Int(result.index)])
      }
    }
    return statement.mapValues { $0 == .none ? $0 : numbers[Int($0.index)] }
  }
}

extension Statement {
  /// With the scope of another axis in place of an axis's, whose values count from `start`.
  fileprivate func moved(_ axis: AxisID, to other: AxisID, by start: Int) -> Statement {
    replacing(axis, by: other) { index, coefficient in
      index.add(other, times: coefficient)
      index.offset += coefficient * start
    }
  }
}

extension Kernel {
  /// The name without its number.
  fileprivate var opName: String {
    guard name.first == "k", let end = name.firstIndex(of: "_"),
      name[name.index(after: name.startIndex)..<end].allSatisfy(\.isNumber)
    else { return name }
    return String(name[name.index(after: end)...])
  }

  fileprivate func newOrigins(beside other: Kernel) -> [String] { origins.filter { !other.origins.contains($0) } }
}
