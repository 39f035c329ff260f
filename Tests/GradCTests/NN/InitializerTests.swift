import GradC
import GradCNN
import Testing

@Suite struct InitializerTests {
  @Test func initialisersScaleWithFans() throws {
    let key = RandomKey(seed: 3)
    let weights = try Initializer.heNormal.tensor([200, 50], key: key).doubles()
    #expect(abs(weights.map { $0 * $0 }.reduce(0, +) / 10_000 - 0.01) < 0.001)
    let bound = (6.0 / 250).squareRoot()
    #expect(try Initializer.glorotUniform.tensor([200, 50], key: key).doubles().allSatisfy { abs($0) <= bound })
    #expect(Initializer.normal(1).tensor([-1], key: key).isPoisoned)
  }
}
