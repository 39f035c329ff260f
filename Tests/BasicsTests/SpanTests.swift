import Testing

@testable import Basics

@Suite struct SpanTests {
  @Test func partsNestAndAddUp() throws {
    let (result, parts) = Span.record { () -> Int in
      for _ in 0..<2 { Span.measure("outer") { Span.measure("inner") { spin() } } }
      Span.measure("other") {}
      return 7
    }
    #expect(result.get() == 7)
    #expect(parts.map(\.name) == ["outer", "other"])
    #expect(parts[0].parts.map(\.name) == ["inner"])
    #expect(parts[0].duration >= parts[0].parts[0].duration)
    #expect(parts[0].parts[0].duration > .microseconds(100))
  }

  @Test func errorsPass() {
    struct Failure: Error {}
    let (result, parts) = Span.record { () throws(Failure) in
      try Span.measure("a") { () throws(Failure) in throw Failure() }
    }
    #expect(throws: Failure.self) { try result.get() }
    #expect(parts.map(\.name) == ["a"])
  }

  /// What measures inside another measurement is its own.
  @Test func recordsWithinRecords() {
    let (_, parts) = Span.record {
      Span.measure("a") { #expect(Span.record { Span.measure("b") {} }.parts.map(\.name) == ["b"]) }
    }
    #expect(parts.map(\.name) == ["a"])
    #expect(parts[0].parts.isEmpty)
  }

  private func spin() {
    let end = ContinuousClock.now + .microseconds(100)
    while ContinuousClock.now < end {}
  }
}
