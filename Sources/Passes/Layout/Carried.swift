import Basics
import KernelIR
import TensorIR
import TensorOps

/// A value as a term whose axes have another order: axis i of the value is axis `permutation[i]` of the term.
struct Carried {
  var term: Term
  var permutation: [Int]

  var value: Term { term.reordered(permutation) }
  var isPlain: Bool { permutation == Array(permutation.indices) }
}

extension Term {
  /// The transposition, as a reshape where it moves axes of one element alone.
  func reordered(_ permutation: [Int]) -> Term {
    let wide = permutation.filter { shape[$0] != 1 }
    if zip(wide, wide.dropFirst()).allSatisfy({ $0 < $1 }) { return reshaped(to: Shape(permutation.map { shape[$0] })) }
    return transposed(permutation)
  }
}

/// Ops on the term that mean an op on the value.
extension Carried {
  func reduced(_ combiner: Combiner, _ axes: [Int]) -> Carried {
    let reduced = axes.map { permutation[$0] }.sorted()
    let kept = permutation.indices.filter { !axes.contains($0) }.map { permutation[$0] }
    let order = kept.sorted()
    return Carried(
      term: term.applying(Reduce(combiner, axes: reduced)),
      permutation: kept.map { order.firstIndex(of: $0) ?? 0 })
  }

  func windows(_ geometry: WindowGeometry) -> Carried {
    let targets = geometry.axes.map { permutation[$0] }
    let order = targets.indices.sorted { targets[$0] < targets[$1] }
    var places = [Int](repeating: 0, count: order.count)
    for (place, axis) in order.enumerated() { places[axis] = place }
    return Carried(
      term: term.applying(Windows(geometry.ordered(order, axes: targets))),
      permutation: places + permutation.map { $0 + order.count })
  }

  func folded(_ fold: FoldWindows) -> Carried? {
    let count = fold.geometry.axes.count
    let own = permutation[count...].map { $0 - count }
    guard permutation[..<count].allSatisfy({ $0 < count }) else { return nil }
    let targets = fold.geometry.axes.map { own[$0] }
    let order = targets.indices.sorted { targets[$0] < targets[$1] }
    // The places in a window stand in the order of the axes.
    guard order.enumerated().allSatisfy({ permutation[$0.element] == $0.offset }) else { return nil }
    return Carried(
      term: term.applying(
        FoldWindows(fold.geometry.ordered(order, axes: targets), extents: order.map { fold.extents[$0] })),
      permutation: own)
  }

  /// A reshape that merges and splits axes that are neighbours in the term, too.
  func reshaped(to shape: Shape) -> Carried? {
    let old = permutation.map { term.shape[$0] }
    guard !shape.isEmpty, let groups = axisGroups(old, shape.extents) else { return nil }
    for (range, _) in groups {
      for axis in range.dropFirst() where permutation[axis] != permutation[axis - 1] + 1 { return nil }
    }
    let order = groups.indices.sorted {
      permutation[groups[$0].old.lowerBound] < permutation[groups[$1].old.lowerBound]
    }
    let axes = order.flatMap { groups[$0].new }
    var moved = [Int](repeating: 0, count: axes.count)
    for (position, axis) in axes.enumerated() { moved[axis] = position }
    return Carried(term: term.reshaped(to: Shape(axes.map { shape[$0] })), permutation: moved)
  }

  /// Runs of axes with the same number of elements on both sides, each with an axis of both; `nil` if there are none.
  private func axisGroups(_ old: [Int], _ new: [Int]) -> [(old: Range<Int>, new: Range<Int>)]? {
    var groups: [(old: Range<Int>, new: Range<Int>)] = []
    var (i, j) = (0, 0)
    while i < old.count && j < new.count {
      let (start, first) = (i, j)
      var (left, right) = (old[i], new[j])
      (i, j) = (i + 1, j + 1)
      while left != right {
        if left < right {
          guard i < old.count else { return nil }
          left *= old[i]
          i += 1
        } else {
          guard j < new.count else { return nil }
          right *= new[j]
          j += 1
        }
      }
      groups.append((start..<i, first..<j))
    }
    guard !groups.isEmpty else { return nil }
    // Axes of one element that are left over go with the last run.
    let last = groups.count - 1
    groups[last] = (groups[last].old.lowerBound..<old.count, groups[last].new.lowerBound..<new.count)
    return groups
  }
}

extension Carried {
  /// Amounts for every axis of the value as those for every axis of the term.
  func inTermOrder(_ amounts: [Int]) -> [Int] {
    var result = amounts
    for (axis, target) in permutation.enumerated() { result[target] = amounts[axis] }
    return result
  }
}

extension WindowGeometry {
  func ordered(_ order: [Int], axes: [Int]) -> WindowGeometry {
    WindowGeometry(
      rank: rank, axes: order.map { axes[$0] }, sizes: order.map { sizes[$0] }, strides: order.map { strides[$0] },
      dilations: order.map { dilations[$0] })
  }
}
