internal import GradC

/// What is kept of the results of a workload's first call on generated numbers, to tell later whether they are still the
/// same.
public struct Fingerprint: Codable, Sendable {
  /// `Σ x` of every result.
  public let sums: [Double]
  /// `Σ |x|` of every result.
  public let sizes: [Double]

  /// That of a workload which has been called once.
  ///
  /// - Throws: `Diagnostic` if there is no memory.
  public init(_ prepared: PreparedWorkload) throws {
    let results = try prepared.outputs.map { try $0.cast(to: .f64).array(of: Double.self) }
    sums = results.map { $0.reduce(0, +) }
    sizes = results.map { $0.reduce(0) { $0 + abs($1) } }
  }

  /// The largest difference of sums, relative to the sizes of results.
  public func difference(from other: Fingerprint) -> Double {
    guard sums.count == other.sums.count else { return .infinity }
    var largest = 0.0
    for index in sums.indices {
      let size = max(other.sizes[index], .leastNormalMagnitude)
      for (a, b) in [(sums[index], other.sums[index]), (sizes[index], other.sizes[index])] {
        let difference = abs(a - b) / size
        // Also if it is no number.
        if !(difference <= largest) { largest = difference }
      }
    }
    return largest
  }
}
