import ArgumentParser
import Foundation
import GradC
import GradCBenchmarks

struct BenchWorkloadsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workloads", abstract: "Measures the programs that peers are compared by; see Benchmarks/README.md.",
    discussion: """
      First is the time from closures to the first result, tracing and compiling included. Calls are timed one by one, or \
      short ones in batches, by the public call with arrays that are there already.
      """)

  @OptionGroup var tier: TierOptions

  @Argument(help: "Workloads such as W3_1000 or W10/unrolled_forward; all but variants unless given.")
  var names: [String] = []

  @Option(help: "Seconds of calls for every workload.")
  var seconds = 1.0

  @Option(help: "A folder with 'data' and 'ref' that Benchmarks/Peers wrote: inputs, and references to compare with.")
  var data: String?

  @Option(help: "A file for the figures as JSON, times in seconds.")
  var json: String?

  @Option(help: "A file of sums that results for generated numbers must have, such as Benchmarks/fingerprints.json.")
  var expect: String?

  @Option(help: "Write that file.")
  var record: String?

  @Flag(help: "Also what is resident in memory.")
  var memory = false

  @Flag(help: "Variants too, if no workload is named.")
  var variants = false

  @Flag(help: "List the workloads.")
  var list = false

  @Flag(help: "One workload: write a line of JSON, and one more with new times for every line that is read.")
  var onDemand = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if !(0...3600 ~= seconds) { throw ValidationError("--seconds must be from 0 to 3600") }
    if onDemand && names.count != 1 { throw ValidationError("--on-demand is for one workload") }
    if data != nil && (expect != nil || record != nil) {
      throw ValidationError("--expect and --record are about generated numbers, not --data")
    }
  }

  func run() throws {
    threads.apply()
    if list {
      for workload in Workload.all { print("\(workload.name): \(workload.summary)") }
      return
    }
    try Workload.warmUpProcess()
    let workloads =
      try names.isEmpty ? Workload.all.filter { variants || !$0.isVariant } : names.map { try Workload.required($0) }
    if onDemand { return try measureOnDemand(workloads[0]) }
    let expected = try expect.map { try Self.fingerprints(at: $0) }
    var (reports, fingerprints): ([WorkloadReport], [String: Fingerprint]) = ([], [:])
    print(Self.heading(memory))
    for workload in workloads {
      var measurement = try WorkloadMeasurement(workload, data: data, measuresMemory: memory)
      try measurement.warmUp()
      let report = measurement.report(try measurement.callTime(lasting: seconds))
      print(Self.line(report))
      // Lines are seen as they come, also through a pipe.
      fflush(nil)
      reports.append(report)
      fingerprints[workload.name] = measurement.fingerprint
      if let expected { try Self.compare(measurement, with: expected[workload.name], workload) }
    }
    if let record { try Files.write(encodedJSON(fingerprints), to: record) }
    if let json { try Files.write(encodedJSON(reports), to: json) }
    if let worst = reports.first(where: { !$0.isRight }) {
      throw Diagnostic("'\(worst.workload)' is wrong: \(worst.errorIn ?? "") by \(worst.error ?? 0)", kind: .bug)
    }
  }

  private static func fingerprints(at path: String) throws -> [String: Fingerprint] {
    do {
      return try JSONDecoder().decode([String: Fingerprint].self, from: Data(Files.text(at: path).utf8))
    } catch is DecodingError {
      throw Diagnostic("\(path) holds no sums of workloads; --record writes them")
    }
  }

  private static func compare(_ found: WorkloadMeasurement, with expected: Fingerprint?, _ workload: Workload) throws {
    guard let expected else { throw Diagnostic("there are no sums of '\(workload.name)' to compare with") }
    let difference = found.fingerprint.difference(from: expected)
    if !(difference <= found.tolerance) {
      throw Diagnostic("'\(workload.name)' gave other results than before, by \(difference) of their size", kind: .bug)
    }
  }

  /// A line of JSON with all that is known, and another with new times for every line that is read.
  private func measureOnDemand(_ workload: Workload) throws {
    var measurement = try WorkloadMeasurement(workload, data: data, measuresMemory: memory)
    try measurement.warmUp()
    print(try encodedLine(measurement.report(try measurement.callTime(lasting: 0))))
    fflush(nil)
    while readLine() != nil {
      print(try encodedLine(try measurement.callTime(lasting: seconds)))
      fflush(nil)
    }
  }

  private static let columns = [
    ("workload", -24), ("first", 9), ("compile", 9), ("median", 9), ("p10", 9), ("p90", 9), ("arena", 9), ("error", 8),
  ]

  private static func row(_ cells: [String]) -> String {
    zip(cells, columns).map { cell, column in
      let padding = String(repeating: " ", count: max(abs(column.1) - cell.count, 0))
      return column.1 < 0 ? cell + padding : padding + cell
    }.joined(separator: "  ")
  }

  private static func heading(_ memory: Bool) -> String {
    row(columns.map(\.0)) + (memory ? "  resident: before, compiling, calling" : "")
  }

  private static func line(_ report: WorkloadReport) -> String {
    let times = [report.first, report.compile, report.call.median, report.call.lowestTenth, report.call.highestTenth]
    let cells =
      [report.workload] + times.map(Measurement.text) + [
        megabytes(report.arenaBytes), report.error.map { String(format: "%.1e", $0) } ?? "",
      ]
    let memory = report.memory.map { memory in
      "  " + [memory.before, memory.compiling, memory.calling].map(megabytes).joined(separator: ", ")
    }
    return row(cells) + (memory ?? "") + (report.isRight ? "" : "  WRONG: \(report.errorIn ?? "")")
  }

  private static func megabytes(_ bytes: Int) -> String { "\(Measurement.digits(Double(bytes) / 1e6)) MB" }
}

extension WorkloadReport {
  /// Whether the error is one of rounding: references are in float64.
  fileprivate var isRight: Bool { error.map { $0 <= 2e-3 } ?? true }
}

extension Workload {
  /// The workload of a name.
  ///
  /// - Throws: `Diagnostic` if there is none.
  fileprivate static func required(_ name: String) throws -> Workload {
    guard let workload = named(name) else {
      throw Diagnostic("there is no workload '\(name)'; --list tells which there are")
    }
    return workload
  }
}
