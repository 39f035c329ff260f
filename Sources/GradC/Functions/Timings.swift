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

  private var durations: [Phase: Duration] = [:]

  /// No time at all.
  public init() {}

  /// The time a phase took.
  public subscript(phase: Phase) -> Duration { durations[phase] ?? .zero }

  /// The time of all phases.
  public var total: Duration { durations.values.reduce(.zero, +) }

  /// Runs `body` and adds the time it takes to a phase.
  mutating func measure<Result, Failure: Error>(
    _ phase: Phase, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let start = ContinuousClock.now
    defer { durations[phase, default: .zero] += ContinuousClock.now - start }
    return try body()
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
