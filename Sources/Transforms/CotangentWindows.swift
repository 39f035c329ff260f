import Basics
import TensorIR
import TensorOps

/// Cotangents of slices of a value, kept until all are known: side by side they make one tensor, where padding and
/// adding each would cost a pass over the whole value for every slice.
struct CotangentWindows {
  /// The cotangent of what lies in `range` along `axis`, all other axes being whole.
  private struct Window {
    let axis: Int
    let range: Range<Int>
    let cotangent: Value
  }

  private var windows: [Value: [Window]] = [:]

  /// Keeps the cotangent of a view of `source`; `false` if the view is not such a window.
  mutating func add(
    _ cotangent: Value, seenThrough view: [ViewAxis], type: TensorType, to source: Value, sourceType: TensorType
  ) -> Bool {
    guard type.rank == sourceType.rank, !type.shape.isEmpty else { return false }
    var narrow: Int?
    for (axis, seen) in view.enumerated() {
      guard seen.terms == [.init(axis: axis, coefficient: 1)] else { return false }
      if type.shape[axis] == sourceType.shape[axis] { continue }
      guard narrow == nil, type.shape[axis] < sourceType.shape[axis] else { return false }
      narrow = axis
    }
    guard let axis = narrow else { return false }
    let start = view[axis].offset
    windows[source, default: []].append(
      Window(axis: axis, range: start..<start + type.shape[axis], cotangent: cotangent))
    return true
  }

  /// Terms of the type of `value` whose sum is what its windows add to its cotangent.
  mutating func takeParts(of value: Value, _ type: TensorType, _ builder: FunctionBuilder) -> [Term] {
    guard let found = windows.removeValue(forKey: value) else { return [] }
    return type.shape.extents.indices.flatMap { axis in
      Self.rows(found.filter { $0.axis == axis }).map { Self.joined($0, type, axis, builder) }
    }
  }

  /// Rows of windows that do not overlap, each in order.
  private static func rows(_ windows: [Window]) -> [[Window]] {
    var rows: [[Window]] = []
    for window in windows.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      let row = rows.firstIndex { ($0.last?.range.upperBound ?? 0) <= window.range.lowerBound }
      if let row { rows[row].append(window) } else { rows.append([window]) }
    }
    return rows
  }

  private static func joined(_ row: [Window], _ type: TensorType, _ axis: Int, _ builder: FunctionBuilder) -> Term {
    if row.count == 1 {
      var (low, high) = (type.shape.extents.map { _ in 0 }, type.shape.extents.map { _ in 0 })
      low[axis] = row[0].range.lowerBound
      high[axis] = type.shape[axis] - row[0].range.upperBound
      return Term(builder, row[0].cotangent).padded(low: low, high: high, interior: low.map { _ in 0 })
    }
    var pieces: [Term] = []
    var end = 0
    func fill(to start: Int) {
      if start == end { return }
      var extents = type.shape.extents
      extents[axis] = start - end
      pieces.append(builder.zeros(type.with(Shape(extents))))
    }
    for window in row {
      fill(to: window.range.lowerBound)
      pieces.append(Term(builder, window.cotangent))
      end = window.range.upperBound
    }
    fill(to: type.shape[axis])
    return builder.concat(pieces, axis: axis)
  }
}
