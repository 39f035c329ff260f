import Synchronization
import Testing

@testable import JIT

/// What a process has made is not undone by its children.
@Suite struct ProcessSetTests {
  private final class Identity: Sendable {
    let number = Atomic<Int32>(1)
  }

  @Test func childrenHaveNothing() {
    let identity = Identity()
    let set = ProcessSet<String> { identity.number.load(ordering: .relaxed) }
    set.insert("a")
    set.insert("b")
    #expect(set.elements == ["a", "b"])
    identity.number.store(2, ordering: .relaxed)
    #expect(set.elements.isEmpty)
    #expect(!set.remove("a"))
    set.insert("c")
    #expect(set.elements == ["c"])
    #expect(set.remove("c"))
    #expect(set.elements.isEmpty)
  }
}
