import Foundation
import GradC
import GradCBenchmarks

/// What was measured of a workload, in seconds and bytes.
struct WorkloadReport: Codable {
  let workload: String
  /// From its closures to the first result.
  let first: Double
  /// The part of it that ends with machine code, and the phases of that.
  let compile: Double
  let phases: [String: Double]
  let call: CallTime
  let arenaBytes: Int
  let codeBytes: Int
  let memory: ResidentMemory?
  /// The largest error against the references, and where it is.
  let error: Double?
  let errorIn: String?
}

/// The time of a call, in seconds.
struct CallTime: Codable {
  let median: Double
  let lowestTenth: Double
  let highestTenth: Double
  /// How many calls were timed at once, and how often.
  let batch: Int
  let count: Int

  /// Calls until that is fast, twice and for so long, unless one takes more than five seconds.
  ///
  /// - Returns: The time of the fastest call: another may have been interrupted.
  static func warmUp(lasting seconds: Double = 0.2, _ call: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    var (count, fastest) = (0, Double.infinity)
    while count < 2 || (ContinuousClock.now - start).seconds < seconds {
      let time = try Stopwatch.seconds(call)
      (count, fastest) = (count + 1, min(fastest, time))
      if time > 5 { break }
    }
    return fastest
  }

  /// Times batches of calls as long as `seconds`; a batch of short calls lasts two milliseconds.
  init(lasting seconds: Double, after estimate: Double, _ call: () throws -> Void) rethrows {
    let batch = estimate > 2e-4 ? 1 : max(1, Int(2e-3 / max(estimate, 1e-8)))
    var times: [Double] = []
    let end = ContinuousClock.now + .seconds(seconds)
    repeat {
      times.append(try Stopwatch.seconds { for _ in 0..<batch { try call() } } / Double(batch))
    } while ContinuousClock.now < end
    let sorted = times.sorted()
    median = Measurement.quantile(sorted, 0.5)
    lowestTenth = Measurement.quantile(sorted, 0.1)
    highestTenth = Measurement.quantile(sorted, 0.9)
    (self.batch, count) = (batch, times.count)
  }
}

/// A workload that has run once, to be measured as often as wanted.
struct WorkloadMeasurement {
  private var prepared: PreparedWorkload
  private let compile: Double
  private let firstCall: Double
  private let error: ReferenceError?
  /// How much results may differ from another order of summation: whether all are f64.
  var tolerance: Double { prepared.compiled.results.allSatisfy { $0.type.dtype == .f64 } ? 1e-9 : 1e-3 }
  /// Of the results of the first call.
  let fingerprint: Fingerprint
  private var estimate = Double.infinity
  private var memory: ResidentMemory?

  /// Compiles the workload and runs it once.
  ///
  /// - Parameters:
  ///   - data: The folder of inputs and references, as `Benchmarks/Peers` writes them; `nil` is generated numbers.
  ///   - measuresMemory: Whether to look at the process' memory.
  init(_ workload: Workload, data: String?, measuresMemory: Bool) throws {
    var compiled: CompiledGraph?
    var memory = measuresMemory ? ResidentMemory() : nil
    compile = try Stopwatch.seconds { compiled = try workload.compile() }
    memory?.endCompilation()
    guard let compiled else { throw Diagnostic("'\(workload.name)' gave no code", kind: .bug) }
    let inputs =
      try data.map { try workload.storedInputs(for: compiled, in: "\($0)/data") }
      ?? workload.generatedInputs(for: compiled)
    var prepared = try PreparedWorkload(workload, compiled, inputs: inputs)
    firstCall = try Stopwatch.seconds { try prepared.call() }
    error = try data.map { try ReferenceError(prepared, in: "\($0)/ref") }
    fingerprint = try Fingerprint(prepared)
    (self.prepared, self.memory) = (prepared, memory)
  }

  /// Runs the workload until it is fast.
  mutating func warmUp() throws { estimate = try CallTime.warmUp { try prepared.call() } }

  mutating func callTime(lasting seconds: Double) throws -> CallTime {
    try CallTime(lasting: seconds, after: estimate) { try prepared.call() }
  }

  mutating func report(_ call: CallTime) -> WorkloadReport {
    memory?.endCalls()
    let (compiled, timings) = (prepared.compiled, prepared.compiled.timings)
    let phases = Timings.Phase.allCases.map { ($0.rawValue, timings[$0].seconds) }
    return WorkloadReport(
      workload: prepared.workload.name, first: compile + firstCall, compile: compile,
      phases: Dictionary(phases) { first, _ in first }, call: call, arenaBytes: compiled.arenaByteCount,
      codeBytes: compiled.codeByteCount, memory: memory, error: error?.relative, errorIn: error?.result)
  }
}

/// What the process keeps in memory, where the system tells.
struct ResidentMemory: Codable {
  /// Before compilation.
  let before: Int
  /// The most while compiling, and while calling.
  private(set) var compiling = 0
  private(set) var calling = 0

  init?() {
    guard let before = Self.bytes("VmRSS"), Self.resetPeak() else { return nil }
    self.before = before
  }

  mutating func endCompilation() {
    compiling = Self.bytes("VmHWM") ?? 0
    _ = Self.resetPeak()
  }

  mutating func endCalls() { calling = Self.bytes("VmHWM") ?? 0 }

  /// A line of Linux' `/proc/self/status`, in bytes.
  private static func bytes(_ field: String) -> Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
    let line = status.split(separator: "\n").first { $0.hasPrefix(field + ":") }
    return line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }.map { $0 * 1024 }
  }

  /// Makes the peak start again from what is resident now.
  private static func resetPeak() -> Bool {
    guard let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return false }
    defer { try? file.close() }
    return (try? file.write(contentsOf: Data("5".utf8))) != nil
  }
}
