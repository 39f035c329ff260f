import GradC
import GradCNN
import Testing

@Suite struct RandomTests {
  /// The known answers published with the generator.
  @Test func philoxKnownAnswers() {
    #expect(
      Philox.block(counter: .zero, key: .zero) == SIMD4(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8))
    #expect(
      Philox.block(counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max))
        == SIMD4(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD))
    #expect(
      Philox.block(
        counter: SIMD4(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344), key: SIMD2(0xA409_3822, 0x299F_31D0))
        == SIMD4(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1))
  }

  @Test func keysAreIndependentAndRepeatable() {
    let key = RandomKey(seed: 7)
    #expect(key.uniform(4) == RandomKey(seed: 7).uniform(4))
    #expect(key.uniform(4) != key.child(0).uniform(4))
    #expect(key.child(0) != key.child(1))
    #expect(key.uniform(3) == Array(key.uniform(5).prefix(3)))
    #expect(key.uniform(-1).isEmpty && key.normal(-1).isEmpty && key.permutation(-1).isEmpty)
  }

  @Test func momentsAreThoseOfTheDistributions() {
    let key = RandomKey(seed: 1)
    let uniform = key.uniform(20_000)
    #expect(uniform.allSatisfy { 0 <= $0 && $0 < 1 })
    #expect(abs(uniform.reduce(0, +) / 20_000 - 0.5) < 0.01)
    let normal = key.normal(20_001)
    let mean = normal.reduce(0, +) / 20_001
    let variance = normal.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 20_001
    #expect(normal.count == 20_001 && abs(mean) < 0.03 && abs(variance - 1) < 0.05)
    #expect(key.permutation(100).sorted() == Array(0..<100))
    #expect(key.permutation(100) != Array(0..<100))
  }

  @Test func initialisersScaleWithFans() throws {
    let key = RandomKey(seed: 3)
    let weights = try Initializer.heNormal.tensor([200, 50], key: key).doubles()
    #expect(abs(weights.map { $0 * $0 }.reduce(0, +) / 10_000 - 0.01) < 0.001)
    let bound = (6.0 / 250).squareRoot()
    #expect(try Initializer.glorotUniform.tensor([200, 50], key: key).doubles().allSatisfy { abs($0) <= bound })
    #expect(Initializer.normal(1).tensor([-1], key: key).isPoisoned)
  }
}
