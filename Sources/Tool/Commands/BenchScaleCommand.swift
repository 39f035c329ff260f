import ArgumentParser
import Foundation
import GradC

struct BenchScaleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scale", abstract: "Measures value and gradient of long chains of scalar operations.",
    discussion: "Sizes should grow: the peak of memory is that of the process so far.")

  @OptionGroup var tier: TierOptions

  @Argument(help: "Numbers of operations as written.")
  var sizes = [10_000, 100_000, 1_000_000]

  @Flag(help: "Print JSON, times in seconds.")
  var json = false

  func validate() throws {
    if let size = sizes.first(where: { !(ScalarChain.operationsPerLink...100_000_000 ~= $0) }) {
      throw ValidationError("a size must be from \(ScalarChain.operationsPerLink) to 100000000, not \(size)")
    }
  }

  private struct Report: Codable {
    let written: Int
    let traced: Int
    let compiled: Int
    let phases: [String: Double]
    let total: Double
    let firstCall: Double
    let call: Double
    let codeBytes: Int
    let peakBytes: Int
  }

  func run() throws {
    let reports = try sizes.map { try measure($0) }
    if json {
      try printJSON(reports)
      return
    }
    var table = Table([""] + reports.map { "\($0.written) ops" })
    table.add(["operations traced"] + reports.map { "\($0.traced)" })
    table.add(["with gradient, simplified"] + reports.map { "\($0.compiled)" })
    for phase in Timings.Phase.allCases {
      table.add([phase.rawValue] + reports.map { Measurement.text($0.phases[phase.rawValue] ?? 0) })
    }
    table.add(["all of these"] + reports.map { Measurement.text($0.total) })
    table.add(["  per operation written"] + reports.map { Measurement.text($0.total / Double($0.written)) })
    table.add(["first call"] + reports.map { Measurement.text($0.firstCall) })
    table.add(["per call"] + reports.map { Measurement.text($0.call) })
    table.add(["  per operation compiled"] + reports.map { Measurement.text($0.call / Double($0.compiled)) })
    table.add(["code"] + reports.map { "\(Measurement.digits(Double($0.codeBytes) / 1e6)) MB" })
    table.add(["peak memory so far"] + reports.map { "\(Measurement.digits(Double($0.peakBytes) / 1e6)) MB" })
    print(table.text)
  }

  private func measure(_ size: Int) throws -> Report {
    let traced = try ScalarChain.graph(operations: size)
    let compiled = try traced.transformed(.valueAndGrad).compile()
    let inputs = [try NDArray((0..<8).map { 0.1 + 0.1 * Double($0) }, shape: [8])]
    var results = try compiled.makeResults()
    let first = try Stopwatch.seconds { try compiled.call(inputs: inputs, into: &results) }
    let calls = try (0..<9).map { _ in try Stopwatch.seconds { try compiled.call(inputs: inputs, into: &results) } }
    let phases = Timings.Phase.allCases.map { ($0.rawValue, compiled.timings[$0].seconds) }
    return Report(
      written: size, traced: traced.operationCount, compiled: compiled.simplified.operationCount,
      phases: Dictionary(phases) { first, _ in first }, total: compiled.timings.total.seconds, firstCall: first,
      call: Measurement(calls).median, codeBytes: compiled.codeByteCount, peakBytes: peakMemory())
  }

  private func peakMemory() -> Int {
    var usage = rusage()
    #if canImport(Darwin)
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #else
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return usage.ru_maxrss * 1024
    #endif
  }
}
