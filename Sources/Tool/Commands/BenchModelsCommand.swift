import ArgumentParser
import GradC
import GradCModels

struct BenchModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "Measures every phase from tracing a model to calling it.")

  @OptionGroup var tier: TierOptions

  @Argument(help: "Models; 'gradc models' lists them.")
  var models: [String]

  @Option(help: "What to differentiate into: \(TransformName.list).")
  var transform = TransformName.derivative(.valueAndGrad)

  @Option(help: "How often everything is done.")
  var repetitions = 20

  @Flag(help: "Print JSON, times in seconds.")
  var json = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if repetitions < 1 { throw ValidationError("--repetitions must be at least 1") }
  }

  private struct Report: Codable {
    let model: String
    let phases: [Phase]
    let codeBytes: Int
    let arenaBytes: Int
  }

  private struct Phase: Codable {
    let name: String
    let seconds: Measurement
  }

  func run() throws {
    threads.apply()
    let models = try models.map { try Model.required($0) }
    var reports: [Report] = []
    for model in models {
      let report = try measure(model)
      reports.append(report)
      if json { continue }
      print("\(model.name), \(repetitions) repetitions: median (middle half)")
      var table = Table(["  phase", "time"], left: 2)
      for phase in report.phases { table.add(["  " + phase.name, phase.seconds.text]) }
      print(table.text)
      print("  code \(report.codeBytes) bytes, arena \(report.arenaBytes) bytes\n")
    }
    if json { try printJSON(reports) }
  }

  private func measure(_ model: Model) throws -> Report {
    var times = [[Double]](repeating: [], count: Timings.Phase.allCases.count)
    var (total, first, call): ([Double], [Double], [Double]) = ([], [], [])
    var sizes = (code: 0, arena: 0)
    var iterations = 0
    for _ in 0..<repetitions {
      let graph = try transform.applied(to: model.graph(), of: model)
      let compiled = try graph.compile()
      let inputs = try model.inputs(for: graph)
      var results = try compiled.makeResults()
      first.append(try Stopwatch.seconds { try compiled.call(inputs: inputs, into: &results) })
      for (index, phase) in Timings.Phase.allCases.enumerated() { times[index].append(compiled.timings[phase].seconds) }
      total.append(compiled.timings.total.seconds)
      if iterations == 0 {
        iterations = try Stopwatch.iterations(lasting: 0.005) { try compiled.call(inputs: inputs, into: &results) }
      }
      let time = try Stopwatch.seconds { for _ in 0..<iterations { try compiled.call(inputs: inputs, into: &results) } }
      call.append(time / Double(iterations))
      sizes = (compiled.codeByteCount, compiled.arenaByteCount)
    }
    var phases = zip(Timings.Phase.allCases, times).map { Phase(name: $0.rawValue, seconds: Measurement($1)) }
    phases += [
      Phase(name: "all of these", seconds: Measurement(total)), Phase(name: "first call", seconds: Measurement(first)),
      Phase(name: "per call", seconds: Measurement(call)),
    ]
    return Report(model: model.name, phases: phases, codeBytes: sizes.code, arenaBytes: sizes.arena)
  }
}
