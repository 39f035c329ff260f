import Synchronization

/// A part of the compiler's work, how long it took, and the parts of it.
package struct Span: Sendable, Hashable {
  package var name: String
  package var duration: Duration
  package var parts: [Span]

  package init(_ name: String, _ duration: Duration, parts: [Span] = []) {
    (self.name, self.duration, self.parts) = (name, duration, parts)
  }

  /// Times `body` as a part of the innermost span that is being measured, if any is; spans of one name are one.
  package static func measure<Result, Failure: Error>(
    _ name: String, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let recorder = SpanRecorder.current else { return try body() }
    let start = ContinuousClock.now
    recorder.begin()
    defer { recorder.end(name, ContinuousClock.now - start) }
    return try body()
  }

  /// What `body` gives, and the parts that it measured.
  package static func record<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) -> (result: Swift.Result<Result, Failure>, parts: [Span]) {
    let recorder = SpanRecorder()
    let result = SpanRecorder.$current.withValue(recorder) {
      Swift.Result { () throws(Failure) in try body() }
    }
    return (result, recorder.parts)
  }
}

extension [Span] {
  /// Adds a span to that of its name, or behind the others.
  package mutating func add(_ span: Span) {
    guard let place = firstIndex(where: { $0.name == span.name }) else { return append(span) }
    self[place].duration += span.duration
    for part in span.parts { self[place].parts.add(part) }
  }
}

/// The spans of the task that runs, while they are measured.
private final class SpanRecorder: Sendable {
  @TaskLocal static var current: SpanRecorder?

  /// The parts so far of every span that is open, the outermost first.
  private let open = Mutex<[[Span]]>([[]])

  var parts: [Span] { open.withLock { $0.first ?? [] } }

  func begin() { open.withLock { $0.append([]) } }

  func end(_ name: String, _ duration: Duration) {
    open.withLock { open in
      let parts = open.popLast() ?? []
      guard !open.isEmpty else { return }
      open[open.count - 1].add(Span(name, duration, parts: parts))
    }
  }
}
