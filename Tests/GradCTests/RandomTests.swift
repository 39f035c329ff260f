import GradC
import Testing

@Suite struct RandomTests {
  private func moments(_ tensor: Tensor) throws -> (mean: Double, variance: Double) {
    let x = try tensor.doubles()
    let mean = x.reduce(0, +) / Double(x.count)
    return (mean, x.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(x.count))
  }

  private let key = RandomKey(seed: 7)

  @Test func keysAreIndependentAndRepeatable() throws {
    func numbers(_ key: RandomKey) throws -> [Double] { try key.uniform([4]).doubles() }
    #expect(try numbers(key) == numbers(RandomKey(seed: 7)))
    #expect(try numbers(key) != numbers(RandomKey(seed: 7 << 32)))
    #expect(try numbers(key) != numbers(key.child(0)))
    #expect(try numbers(key.child(0)) != numbers(key.child(1)))
    #expect(try numbers(key.child(-1)) != numbers(key.child(1)))
    #expect(try key.child(5).words.doubles() == key.children(6)[5].doubles())
    #expect(try key.child(Tensor(integers: [-3])[0]).words.doubles() == key.child(-3).words.doubles())
    #expect(try key.split(3)[2].words.doubles() == key.child(2).words.doubles())
    #expect(try key.bits([3]).doubles() == Array(key.bits([5]).doubles().prefix(3)))
    #expect(try key.bits([2, 3]).flattened().doubles() == key.bits([6]).doubles())
    #expect(key.uniform([-1]).isPoisoned && key.children(-1).isPoisoned)
  }

  @Test func distributions() throws {
    let count = [20_000]
    let uniform = key.uniform(count)
    #expect(try uniform.doubles().allSatisfy { 0 <= $0 && $0 < 1 })
    let expected: [(Tensor, Double, Double)] = [
      (uniform, 0.5, 1.0 / 12), (key.uniform(count, from: -2, to: 4, .f64), 1, 3), (key.normal(count), 0, 1),
      (key.normal(count, mean: 3, deviation: 0.5, .f64), 3, 0.25), (key.exponential(count), 1, 1),
      (key.gumbel(count), 0.5772, 1.6449), (key.laplace(count), 0, 2),
      (key.truncatedNormal(count, from: -1, to: 1), 0, 0.2911), (key.integers(count, in: -3..<4), 0, 4),
      (key.bernoulli(0.3, count), 0.3, 0.21),
    ]
    for (index, (tensor, mean, variance)) in expected.enumerated() {
      let found = try moments(tensor)
      #expect(Swift.abs(found.mean - mean) < 0.05 && Swift.abs(found.variance - variance) < 0.08, "\(index): \(found)")
    }
    #expect(try key.truncatedNormal(count, from: -1, to: 1).doubles().allSatisfy { Swift.abs($0) <= 1 })
    #expect(try Set(key.integers([100], in: 5..<8, .i64).doubles()) == [5, 6, 7])
    #expect(try Set(key.permutation(100).doubles()).count == 100)
    #expect(try key.permutation(100).doubles() != (0..<100).map { Double($0) })
    #expect(try Set(key.shuffled(arange(6)).doubles()).count == 6)
    #expect(try key.permutation(0).doubles().isEmpty)
  }

  @Test func categories() throws {
    let logits = log(Tensor([0.1, 0.6, 0.3])).reshaped(to: [1, 3])
    let draws = try key.categorical(logits + zeros([20_000, 1])).doubles()
    for (category, share) in [0.1, 0.6, 0.3].enumerated() {
      let found = Double(draws.count { $0 == Double(category) }) / 20_000
      #expect(Swift.abs(found - share) < 0.02)
    }
  }

  /// Every number below the count once, whatever the count and the key, evaluated and compiled.
  @Test func permutations() throws {
    func isPermutation(_ order: [Double], _ count: Int) -> Bool { order.sorted() == (0..<count).map { Double($0) } }
    for count in Array(0...70) + [127, 128, 255, 256, 257, 1000, 1437, 1797, 4096] {
      for seed in 0..<(count < 100 ? 3 : 1) {
        let order = try RandomKey(seed: UInt64(seed)).permutation(count).doubles()
        #expect(isPermutation(order, count), "\(count), seed \(seed)")
      }
    }
    for count in [1, 2, 63, 64, 65, 1437, 1797, 70_000] {
      let order = try trace("order", RandomKey.input("key"), .input("epoch", .i32, [])) { key, epoch in
        key.child(epoch).permutation(count).cast(to: .i32)
      }.compile()
      for epoch in 0..<(count < 2000 ? 40 : 2) {
        let found = try order(key, Tensor(integers: [epoch])[0]).doubles()
        #expect(isPermutation(found, count), "\(count), epoch \(epoch)")
        if count == 1437, epoch < 3 { #expect(try found == key.child(epoch).permutation(count).doubles()) }
      }
    }
    // By another implementation of the cipher, sorted by its 64 bits as signed integers.
    #expect(try RandomKey(seed: 1797).permutation(1797).doubles().prefix(8) == [178, 35, 308, 65, 161, 85, 600, 1279])
  }

  /// χ² of 24 permutations of four, and of where each of 16 goes, over 12,000 keys: 1 in 10⁴ is above what is allowed.
  @Test func permutationsAreUniform() throws {
    let keys = key.children(12_000)
    func orders(_ count: Int) throws -> [[Int]] {
      let rows = try trace("rows", .input("keys", .i32, [12_000, 2])) { words in
        vmap(words) { RandomKey($0).permutation(count) }
      }
      let places = try rows.compile()(keys).doubles().map { Int($0) }
      return (0..<12_000).map { Array(places[($0 * count)..<(($0 + 1) * count)]) }
    }
    func statistic(_ counts: [Int], due: Double) -> Double {
      counts.reduce(0) { $0 + (Double($1) - due) * (Double($1) - due) / due }
    }
    var counts: [[Int]: Int] = [:]
    for order in try orders(4) { counts[order, default: 0] += 1 }
    #expect(counts.count == 24)
    // 23 degrees of freedom.
    #expect(statistic(Array(counts.values), due: 500) < 56)
    var places = [Int](repeating: 0, count: 256)
    for order in try orders(16) { for (place, number) in order.enumerated() { places[number * 16 + place] += 1 } }
    // 225 degrees of freedom.
    #expect(statistic(places, due: 750) < 312)
  }

  /// Inside a compiled function, by a key that is an input, and over a stack of keys: the same numbers. They are made in
  /// the kernel that uses them.
  @Test func compiled() throws {
    let f = try trace("noise", RandomKey.input("key"), .input("x", .f32, [50])) { key, x in
      let (first, second) = (key.child(0), key.child(1))
      return [x + first.normal([50]) * 0.1, key.bits([50]).cast(to: .f32), second.uniform([50], .f64).cast(to: .f32)]
    }
    let x = arange(50, .f32)
    let found = try f.compile()(key, x)
    let due = [x + key.child(0).normal([50]) * 0.1, key.bits([50]).cast(to: .f32), key.child(1).uniform([50])]
    for (a, b) in zip(try found[0].doubles(), try due[0].doubles()) { #expect(Swift.abs(a - b) < 1e-4) }
    #expect(try found[1].doubles() == due[1].doubles())
    let rows = try trace("rows", .input("keys", .i32, [3, 2])) { words in
      vmap(words) { RandomKey($0).uniform([4]) }
    }
    let stacked = try rows.compile()(key.children(3))
    let looped = try key.split(3).flatMap { try $0.uniform([4]).doubles() }
    #expect(try stacked.doubles() == looped)
    let one = try trace("one", RandomKey.input("key")) { key in key.uniform([1000]).sum() }
    #expect(try one.compile().arenaByteCount < 4000 * 8)
  }

  @Test func faults() {
    expectFault("uniform: numbers are of a floating dtype, not i32") { _, _ in key.uniform([2], .i32) }
    expectFault("bits: bits are of dtype i32 or i64, not f32") { _, _ in key.bits([2], .f32) }
    expectFault("integers: range 3..<3 is empty or does not fit i32") { _, _ in key.integers([2], in: 3..<3) }
    expectFault("normal: a key has two words, i32[2], not f32[4,3]; vmap goes over a stack of keys") { x, _ in
      RandomKey(x).normal([2])
    }
    expectFault("bernoulli: probabilities of f32[4,3] do not broadcast to shape [3]") { x, _ in
      key.bernoulli(x, [3])
    }
    expectFault("child: the number of a child must be a scalar, not i32[4]") { _, i in key.child(i).words }
  }
}
