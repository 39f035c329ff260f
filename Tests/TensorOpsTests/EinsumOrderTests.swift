import Basics
import TensorIR
import TensorOps
import TestSupport
import Testing

@Suite struct EinsumOrderTests {
  private func order(_ formula: String, _ shapes: [Shape]) throws -> EinsumOrder {
    try EinsumFormula(formula).order(shapes)
  }

  private func chain(_ extents: [Int]) -> (formula: String, shapes: [Shape]) {
    let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    let count = extents.count - 1
    let formula = (0..<count).map { String(letters[$0...$0 + 1]) }.joined(separator: ",")
    return ("\(formula)->\(letters[0])\(letters[count])", (0..<count).map { [extents[$0], extents[$0 + 1]] })
  }

  /// The chain of six matrices that textbooks show (Cormen, Leiserson, Rivest and Stein, section 15.2): 15,125
  /// multiplications for ((A₀ (A₁ A₂)) ((A₃ A₄) A₅)).
  @Test func theTextbookChain() throws {
    let (formula, shapes) = chain([30, 35, 15, 5, 10, 20, 25])
    let order = try order(formula, shapes)
    #expect(order.cost.multiplications == 15_125)
    #expect(order.leftToRight.multiplications == 40_500)
    let pairs = order.steps.map { Set([$0.left, $0.right]) }
    #expect(Set(pairs) == [[1, 2], [0, 6], [3, 4], [8, 5], [7, 9]])
  }

  /// Chains of up to ten matrices against the recurrence for chains, whose optimum is one of neighbours only.
  @Test func randomChains() throws {
    for seed in fuzzSeeds(30) {
      var random = SplitMix(seed: seed)
      let extents = (0...(2 + random.below(9))).map { _ in 1 + random.below(40) }
      let (formula, shapes) = chain(extents)
      let count = shapes.count
      var least = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
      for length in 1..<count {
        for first in 0..<count - length {
          let last = first + length
          var best = Double.infinity
          for middle in first..<last {
            let product = Double(extents[first] * extents[middle + 1] * extents[last + 1])
            best = min(best, least[first][middle] + least[middle + 1][last] + product)
          }
          least[first][last] = best
        }
      }
      #expect(try order(formula, shapes).cost.multiplications <= least[0][count - 1], "\(extents)")
    }
  }

  /// Nothing is cheaper, of all orders there are.
  @Test func smallSumsAgainstAllOrders() throws {
    for seed in fuzzSeeds(60) {
      let sum = RandomEinsum(seed: seed, operandCount: 2...5)
      let order = try order(sum.formula, sum.shapes)
      #expect(order.cost == cheapest(sum, Factors(sum)), "\(sum)")
      #expect(order.cost <= order.leftToRight)
    }
  }

  /// The indices of factors that are left.
  private struct Factors {
    var sets: [Set<Character>]

    init(_ sum: RandomEinsum) {
      sets = sum.operands.enumerated().map { place, own in
        let others = sum.operands.enumerated().filter { $0.offset != place }.flatMap(\.element) + sum.result
        return Set(own).intersection(others)
      }
    }
  }

  /// Over all pairs, again and again.
  private func cheapest(_ sum: RandomEinsum, _ factors: Factors) -> EinsumOrder.Cost {
    func size(_ set: Set<Character>) -> Double { set.reduce(1) { $0 * Double(sum.extents[$1] ?? 1) } }
    guard factors.sets.count > 1 else { return .init() }
    var best: EinsumOrder.Cost?
    for a in factors.sets.indices {
      for b in factors.sets.indices where b > a {
        let both = factors.sets[a].union(factors.sets[b])
        var rest = factors
        rest.sets.remove(at: b)
        rest.sets.remove(at: a)
        let kept = both.intersection(rest.sets.reduce(Set(sum.result)) { $0.union($1) })
        rest.sets.append(kept)
        var cost = cheapest(sum, rest)
        cost.multiplications += size(both)
        if rest.sets.count > 1 { cost.largestIntermediate = max(cost.largestIntermediate, size(kept)) }
        if best.map({ cost < $0 }) ?? true { best = cost }
      }
    }
    return best ?? .init()
  }

  /// Of many operands the order need not be the best, but is never worse than from left to right.
  @Test func manyOperandsCostNoMoreThanFromLeftToRight() throws {
    var cheaper = 0
    for seed in fuzzSeeds(40) {
      let sum = RandomEinsum(seed: seed, operandCount: 8...30, letterCount: 12)
      let order = try order(sum.formula, sum.shapes)
      #expect(order.cost <= order.leftToRight, "\(sum)")
      #expect(order.steps.count == sum.operands.count - 1)
      // Every factor but the last product is used once.
      let used = order.steps.flatMap { [$0.left, $0.right] }.sorted()
      #expect(used == Array(0..<2 * sum.operands.count - 2), "\(sum)")
      if order.cost < order.leftToRight { cheaper += 1 }
    }
    #expect(cheaper > 0)
  }

  /// Two vectors and a big matrix between: the matrix is never multiplied by a matrix.
  @Test func ofEqualCostTheSmallerIntermediateWins() throws {
    #expect(try order("ij,jk,k->i", [[50, 60], [60, 70], [70]]).steps.map(\.left) == [1, 0])
    // An outer product first would make 6 elements.
    let order = try order("a,b,ab->", [[2], [3], [2, 3]])
    #expect(order.cost.largestIntermediate <= 3)
  }

  @Test func emptyAndSingle() throws {
    #expect(try order("ij->j", [[2, 3]]).steps.isEmpty)
    #expect(try order("ij,jk->ik", [[2, 0], [0, 3]]).cost.multiplications == 0)
    #expect(try order(",,->", [[], [], []]).cost.multiplications == 2)
  }
}
