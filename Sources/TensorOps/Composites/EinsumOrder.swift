import Basics

/// In which order the factors of an Einstein sum are multiplied, two at a time: the one with the fewest multiplications,
/// and of those the one whose largest intermediate product is the smallest.
///
/// Up to ten factors by dynamic programming over their subsets, which is exact; of more, those with the smallest product
/// first, until ten are left. No order costs more than that from left to right.
package struct EinsumOrder: Hashable, Sendable {
  /// One product. Factors are numbered: first the operands, then the products in order.
  package struct Step: Hashable, Sendable {
    package var left: Int
    package var right: Int
    /// The indices that other factors, or the result, still need, in the order of the factors.
    package var indices: [Character]
    /// The product of the extents of all indices of both.
    package var multiplications: Double
  }

  package private(set) var steps: [Step] = []
  package let cost: Cost
  /// What the order from left to right costs.
  package let leftToRight: Cost

  /// What an order costs. Numbers of elements are exact up to 2⁵³.
  package struct Cost: Hashable, Sendable, Comparable {
    package var multiplications = 0.0
    /// The elements of the largest product but the last.
    package var largestIntermediate = 0.0

    package init(multiplications: Double = 0, largestIntermediate: Double = 0) {
      (self.multiplications, self.largestIntermediate) = (multiplications, largestIntermediate)
    }

    package static func < (a: Cost, b: Cost) -> Bool {
      (a.multiplications, a.largestIntermediate) < (b.multiplications, b.largestIntermediate)
    }
  }

  /// The number of factors up to which the order is the best there is.
  package static let exactCount = 10

  /// - Parameters:
  ///   - operands: The indices of every operand, each once; what only one operand has and the result has not is summed
  ///     before anything is multiplied, and does not count.
  ///   - result: The indices of the result.
  ///   - extents: Those of all indices.
  package init(_ operands: [[Character]], result: [Character], extents: [Character: Int]) {
    let space = IndexSpace(operands, result, extents)
    let leftToRight = space.leftToRight()
    var pairs = leftToRight
    if operands.count > 2 {
      let found = operands.count <= Self.exactCount ? space.best() : space.greedy()
      if space.cost(found) < space.cost(leftToRight) { pairs = found }
    }
    self.leftToRight = space.cost(leftToRight)
    cost = space.cost(pairs)
    var indices = operands
    space.replay(pairs) { left, right, kept, multiplications in
      let all = indices[left] + indices[right].filter { !indices[left].contains($0) }
      indices.append(all.filter { space.contains(kept, $0) })
      steps.append(
        Step(left: left, right: right, indices: indices[indices.count - 1], multiplications: multiplications))
    }
  }
}

/// Sets of indices as bits, and the extents.
private struct IndexSpace {
  private let letters: [Character]
  private let extents: [Double]
  private let result: UInt64
  /// Of the operands, without what only one of them has.
  private let operands: [UInt64]

  init(_ operands: [[Character]], _ result: [Character], _ extents: [Character: Int]) {
    let letters = extents.keys.sorted()
    let places = Dictionary(uniqueKeysWithValues: letters.enumerated().map { ($1, $0) })
    func set(_ indices: [Character]) -> UInt64 {
      indices.reduce(0) { set, index in places[index].map { set | 1 << UInt64($0) } ?? set }
    }
    let sets = operands.map(set)
    let due = set(result)
    var (once, twice): (UInt64, UInt64) = (0, 0)
    for own in sets {
      twice |= once & own
      once |= own
    }
    self.letters = letters
    self.extents = letters.map { Double(extents[$0] ?? 1) }
    self.result = due
    self.operands = sets.map { $0 & (twice | due) }
  }

  func contains(_ set: UInt64, _ letter: Character) -> Bool {
    letters.firstIndex(of: letter).map { set & 1 << UInt64($0) != 0 } ?? false
  }

  private func size(_ set: UInt64) -> Double {
    var (size, rest) = (1.0, set)
    while rest != 0 {
      size *= extents[rest.trailingZeroBitCount]
      rest &= rest - 1
    }
    return size
  }

  // MARK: Orders, as pairs of numbers of factors

  func leftToRight() -> [(Int, Int)] {
    guard operands.count > 1 else { return [] }
    return [(0, 1)] + (2..<operands.count).map { (operands.count + $0 - 2, $0) }
  }

  /// Goes through an order and tells of each product which indices are kept.
  func replay(_ pairs: [(Int, Int)], _ body: (Int, Int, UInt64, Double) -> Void) {
    var sets: [UInt64?] = operands
    // How many factors that are left have each index.
    var uses = [Int](repeating: 0, count: letters.count)
    func count(_ set: UInt64, _ change: Int) {
      var rest = set
      while rest != 0 {
        uses[rest.trailingZeroBitCount] += change
        rest &= rest - 1
      }
    }
    for set in operands { count(set, 1) }
    for (left, right) in pairs {
      guard let a = sets[left], let b = sets[right] else { continue }
      count(a, -1)
      count(b, -1)
      var kept: UInt64 = (a | b) & result
      var rest = (a | b) & ~result
      while rest != 0 {
        let place = rest.trailingZeroBitCount
        if uses[place] > 0 { kept |= 1 << UInt64(place) }
        rest &= rest - 1
      }
      (sets[left], sets[right]) = (nil, nil)
      sets.append(kept)
      count(kept, 1)
      body(left, right, kept, size(a | b))
    }
  }

  func cost(_ pairs: [(Int, Int)]) -> EinsumOrder.Cost {
    var cost = EinsumOrder.Cost()
    var number = 0
    replay(pairs) { _, _, kept, multiplications in
      number += 1
      cost.multiplications += multiplications
      if number < pairs.count { cost.largestIntermediate = max(cost.largestIntermediate, size(kept)) }
    }
    return cost
  }

  /// The best order of the operands.
  func best() -> [(Int, Int)] { best(of: Array(operands.indices), operands, next: operands.count) }

  /// The best order of some factors, the products of which are numbered from `next` on.
  private func best(of numbers: [Int], _ sets: [UInt64], next: Int) -> [(Int, Int)] {
    let (count, full) = (numbers.count, (1 << numbers.count) - 1)
    guard count > 1 else { return [] }
    var unions = [UInt64](repeating: 0, count: full + 1)
    for subset in 1...full {
      let lowest = subset.trailingZeroBitCount
      unions[subset] = unions[subset & (subset - 1)] | sets[lowest]
    }
    // What is kept of a product is what the result or other factors need.
    let kept = (0...full).map { unions[$0] & (result | unions[full ^ $0]) }
    var costs = [EinsumOrder.Cost](repeating: .init(), count: full + 1)
    var halves = [Int](repeating: 0, count: full + 1)
    for subset in 1...full where subset & (subset - 1) != 0 {
      var best: EinsumOrder.Cost?
      // Every way to cut in two; the half with the lowest factor is `part`.
      let lowest = subset & -subset
      var rest = subset ^ lowest
      while rest != 0 {
        let part = subset ^ rest
        var cost = EinsumOrder.Cost(
          multiplications: costs[part].multiplications + costs[rest].multiplications + size(kept[part] | kept[rest]),
          largestIntermediate: max(costs[part].largestIntermediate, costs[rest].largestIntermediate))
        for half in [part, rest] where half & (half - 1) != 0 {
          cost.largestIntermediate = max(cost.largestIntermediate, size(kept[half]))
        }
        if best.map({ cost < $0 }) ?? true { (best, halves[subset]) = (cost, part) }
        rest = (rest - 1) & (subset ^ lowest)
      }
      costs[subset] = best ?? .init()
    }
    var pairs: [(Int, Int)] = []
    func order(_ subset: Int) -> Int {
      if subset & (subset - 1) == 0 { return numbers[subset.trailingZeroBitCount] }
      let (left, right) = (order(halves[subset]), order(subset ^ halves[subset]))
      pairs.append((left, right))
      return next + pairs.count - 1
    }
    _ = order(full)
    return pairs
  }

  /// Of the first so many factors, the two whose product is the smallest beyond what it replaces, again and again, and the
  /// best order of the last ten. To look at all pairs of a thousand at every step would take longer than any order saves.
  func greedy() -> [(Int, Int)] {
    var factors = operands.enumerated().map { (number: $0, set: $1, size: size($1)) }
    var pairs: [(Int, Int)] = []
    while factors.count > EinsumOrder.exactCount {
      // By index: whether no, one or more factors have it, and whether three or more do.
      var (one, two, many): (UInt64, UInt64, UInt64) = (0, 0, 0)
      for factor in factors {
        many |= two & factor.set
        two |= one & factor.set
        one |= factor.set
      }
      let candidates = factors.prefix(32)
      var (best, least) = ((0, 1), Double.infinity)
      for (a, left) in candidates.enumerated() {
        for (b, right) in candidates.enumerated().dropFirst(a + 1) {
          let (common, union) = (left.set & right.set, left.set | right.set)
          let kept = union & result | common & many | (union & ~common) & two
          let growth = size(kept) - left.size - right.size
          if growth < least { (best, least) = ((a, b), growth) }
        }
      }
      let (left, right) = (factors[best.0], factors[best.1])
      let (common, union) = (left.set & right.set, left.set | right.set)
      let kept = union & result | common & many | (union & ~common) & two
      factors.remove(at: best.1)
      factors[best.0] = (operands.count + pairs.count, kept, size(kept))
      pairs.append((left.number, right.number))
    }
    return pairs + best(of: factors.map(\.number), factors.map(\.set), next: operands.count + pairs.count)
  }
}
