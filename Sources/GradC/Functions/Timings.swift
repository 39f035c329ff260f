internal import Basics

/// How long every phase took on the way from a closure to machine code.
public struct Timings: Sendable, Hashable {
  /// A step on the way.
  public enum Phase: String, Sendable, Hashable, CaseIterable {
    /// Running the closure.
    case trace
    /// Transforming the graph: derivatives and vectorisation.
    case transform
    /// Simplifying the graph.
    case optimise
    /// From the graph to kernels.
    case lower
    /// From kernels to C.
    case emit
    /// From C to machine code.
    case compile
  }

  /// A part of the work of a phase, such as a pass.
  public struct Part: Sendable, Hashable {
    /// What is done.
    public let name: String
    /// How long it took, its parts included.
    public let duration: Duration
    /// What it consists of as far as that is measured, in the order in which it happened first.
    public let parts: [Part]

    fileprivate init(_ span: Span) {
      (name, duration, parts) = (span.name, span.duration, span.parts.map(Part.init))
    }
  }

  private var durations: [Phase: Duration] = [:]
  private var spans: [Phase: [Span]] = [:]

  /// No time at all.
  public init() {}

  /// The time a phase took.
  public subscript(phase: Phase) -> Duration { durations[phase] ?? .zero }

  /// What the time of a phase went into, as far as that is measured.
  public func parts(of phase: Phase) -> [Part] { (spans[phase] ?? []).map(Part.init) }

  /// The time of all phases.
  public var total: Duration { durations.values.reduce(.zero, +) }

  /// Runs `body` and adds the time it takes to a phase.
  mutating func measure<Result, Failure: Error>(
    _ phase: Phase, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let start = ContinuousClock.now
    let (result, parts) = Span.record(body)
    durations[phase, default: .zero] += ContinuousClock.now - start
    for part in parts { spans[phase, default: []].add(part) }
    return try result.get()
  }
}

extension Timings: CustomStringConvertible {
  /// `trace 0.1 ms, …`
  public var description: String {
    Phase.allCases.filter { durations[$0] != nil }.map { phase in
      let (seconds, attoseconds) = self[phase].components
      let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
      return "\(phase.rawValue) \(Double(microseconds) / 1000) ms"
    }.joined(separator: ", ")
  }
}
