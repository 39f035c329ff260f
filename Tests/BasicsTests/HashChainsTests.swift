import Basics
import Testing

@Suite struct HashChainsTests {
  @Test func elementsAreFoundByHashAndPredicate() {
    var chains = HashChains()
    let list = ["a", "b", "c"]
    // All in one bucket, two of one hash.
    for hash in [7, 7, 7 + 1024] { chains.append(hash) }
    #expect(chains.position(of: 7) { list[$0] == "a" } == 0)
    #expect(chains.position(of: 7) { list[$0] == "b" } == 1)
    #expect(chains.position(of: 7) { list[$0] == "c" } == nil)
    #expect(chains.position(of: 7 + 1024) { list[$0] == "c" } == 2)
    #expect(chains.position(of: 8) { _ in true } == nil)
  }

  @Test func theLastAreForgottenAgainAlsoWhenTheTableHasGrown() {
    var chains = HashChains()
    for number in 0..<1000 { chains.append(number % 100) }
    #expect(chains.count == 1000)
    #expect(chains.position(of: 42) { _ in true } == 942)
    chains.removeAll(after: 100)
    #expect(chains.count == 100)
    #expect((0..<100).allSatisfy { hash in chains.position(of: hash) { _ in true } == hash })
    chains.append(42)
    #expect(chains.position(of: 42) { _ in true } == 100)
    chains.removeAll(after: 0)
    #expect(chains.position(of: 42) { _ in true } == nil)
  }
}
