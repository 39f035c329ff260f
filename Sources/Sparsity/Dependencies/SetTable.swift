import Basics

/// Sets of numbers of inputs, each held once under a number of its own; set 0 is the empty one.
final class SetTable {
  /// Where each set starts in `items`.
  private var offsets = [0, 0]
  private var items: [Int32] = []
  private var unions: [UInt64: Int32] = [:]
  private var manyUnions: [[Int32]: Int32] = [:]
  private(set) var isFull = false

  static let empty: Int32 = 0
  /// 2 GiB. More would take longer, and more memory, than anything gained by sparsity.
  static let maximumItemCount = 1 << 29

  /// The elements, increasing.
  subscript(set: Int32) -> ArraySlice<Int32> { items[offsets[Int(set)]..<offsets[Int(set) + 1]] }

  func count(_ set: Int32) -> Int { offsets[Int(set) + 1] - offsets[Int(set)] }

  /// Sets of one element each, for these; they have consecutive numbers, of which this is the first.
  func addSingles(_ range: Range<Int>) -> Int32 {
    let first = Int32(offsets.count - 1)
    items.reserveCapacity(items.count + range.count)
    offsets.reserveCapacity(offsets.count + range.count)
    for item in range {
      items.append(Int32(item))
      offsets.append(items.count)
    }
    return first
  }

  func union(_ a: Int32, _ b: Int32) -> Int32 {
    if a == b || b == Self.empty { return a }
    if a == Self.empty { return b }
    let key = UInt64(UInt32(min(a, b))) << 32 | UInt64(UInt32(max(a, b)))
    if let known = unions[key] { return known }
    let start = items.count
    var (i, j) = (offsets[Int(a)], offsets[Int(b)])
    let (endA, endB) = (offsets[Int(a) + 1], offsets[Int(b) + 1])
    while i < endA, j < endB {
      let (x, y) = (items[i], items[j])
      items.append(min(x, y))
      if x <= y { i += 1 }
      if y <= x { j += 1 }
    }
    while i < endA {
      items.append(items[i])
      i += 1
    }
    while j < endB {
      items.append(items[j])
      j += 1
    }
    let result = finish(from: start, ifLike: [a, b])
    unions[key] = result
    return result
  }

  /// The union of many sets.
  func union(_ sets: some Sequence<Int32>) -> Int32 {
    var distinct = Array(Set(sets))
    if let place = distinct.firstIndex(of: Self.empty) { distinct.remove(at: place) }
    if distinct.count <= 2 { return union(distinct.first ?? Self.empty, distinct.last ?? Self.empty) }
    distinct.sort()
    if let known = manyUnions[distinct] { return known }
    var all: [Int32] = []
    for set in distinct { all.append(contentsOf: self[set]) }
    all.sort()
    let start = items.count
    for (place, item) in all.enumerated() where place == 0 || item != all[place - 1] { items.append(item) }
    let result = finish(from: start, ifLike: distinct)
    manyUnions[distinct] = result
    return result
  }

  /// The set of the items from `start` on; one of its parts if it has no more elements.
  private func finish(from start: Int, ifLike parts: [Int32]) -> Int32 {
    let count = items.count - start
    if let same = parts.first(where: { self.count($0) == count }) {
      items.removeLast(count)
      return same
    }
    if items.count > Self.maximumItemCount {
      isFull = true
      items.removeLast(count)
      return parts[0]
    }
    offsets.append(items.count)
    return Int32(offsets.count - 2)
  }
}
