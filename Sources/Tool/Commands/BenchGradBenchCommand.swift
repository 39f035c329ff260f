import ArgumentParser
import Foundation
import GradBenchModels
import GradC

struct BenchGradBenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradbench",
    abstract: "Measures GradBench's functions on generated inputs, without its harness; see docs/gradbench.md.")

  @OptionGroup var tier: TierOptions

  @OptionGroup var accuracy: AccuracyOptions

  @OptionGroup var threads: ThreadOptions

  @Argument(help: "Evals such as gmm, or functions of them such as gmm/jacobian; all unless given.")
  var names: [String] = []

  @Option(help: "Seconds of calls for every function and input.")
  var seconds = 0.3

  @Flag(help: "The first and smallest input of every eval alone.")
  var smallest = false

  @Flag(help: "Print JSON, times in seconds.")
  var json = false

  func validate() throws {
    if !(0...3600 ~= seconds) { throw ValidationError("--seconds must be from 0 to 3600") }
  }

  /// What was measured, in seconds.
  struct Report: Encodable {
    let eval: String
    let function: String
    let workload: String
    /// Tracing, differentiating and compiling.
    let prepare: Double
    let call: CallTime
  }

  func run() throws {
    threads.apply()
    var reports: [Report] = []
    for (eval, functions) in try selection() {
      for workload in smallest ? Array(eval.workloads.prefix(1)) : eval.workloads {
        for function in functions {
          let report = try measure(eval, function, workload)
          reports.append(report)
          if !json { Self.show(report, isFirst: reports.count == 1) }
        }
      }
    }
    if json { try printJSON(reports) }
  }

  private func selection() throws -> [(Eval, [Eval.Function])] {
    if names.isEmpty { return Eval.all.map { ($0, $0.functions) } }
    return try names.map { name in
      let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
      guard let eval = Eval.named(parts.first ?? "") else {
        throw Diagnostic("there is no eval '\(name)'; evals are \(Eval.all.map(\.name).joined(separator: ", "))")
      }
      return (eval, parts.count == 2 ? [try eval.function(parts[1])] : eval.functions)
    }
  }

  private func measure(_ eval: Eval, _ function: Eval.Function, _ workload: Eval.Workload) throws -> Report {
    let trace = try function.tracer(workload)
    let start = ContinuousClock.now
    let problem = try trace()
    let compiled = try problem.graph.compile()
    let prepare = (ContinuousClock.now - start).seconds
    var results = try compiled.makeResults()
    func call() throws { try compiled.call(inputs: problem.inputs, into: &results) }
    let estimate = try CallTime.warmUp(lasting: min(seconds, 0.2), call)
    let time = try CallTime(lasting: seconds, after: estimate, call)
    return Report(eval: eval.name, function: function.name, workload: workload.name, prepare: prepare, call: time)
  }

  private static func show(_ report: Report, isFirst: Bool) {
    func row(_ names: [String], _ times: [String]) -> String {
      zip(names, [8, 10, 24]).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }.joined(separator: " ")
        + times.map { String(repeating: " ", count: max(0, 10 - $0.count)) + $0 }.joined()
    }
    if isFirst { print(row(["eval", "function", "input"], ["prepare", "median", "p10", "p90"])) }
    let times = [report.prepare, report.call.median, report.call.lowestTenth, report.call.highestTenth]
    print(row([report.eval, report.function, report.workload], times.map(Measurement.text)))
    // Lines are seen as they come, also through a pipe.
    fflush(nil)
  }
}

extension Eval {
  /// The function of a name.
  ///
  /// - Throws: `Diagnostic` if there is none.
  func function(_ name: String) throws(Diagnostic) -> Function {
    if let function = functions.first(where: { $0.name == name }) { return function }
    throw Diagnostic("'\(self.name)' has no function '\(name)', but \(functions.map(\.name).joined(separator: ", "))")
  }
}
