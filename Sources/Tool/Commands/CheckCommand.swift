import ArgumentParser
import Foundation
import GradC
import GradCModels

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract:
      "Compares derivatives in both modes with finite differences and complex steps; ends with 1 if they disagree.",
    discussion: """
      For every parameter the largest relative error over random directions: of forward and of reverse mode against central \
      differences with Richardson's extrapolation, and of both against the complex step Im f(x + ih v) / h, which is exact \
      to rounding. There is none if an operation is not analytic, or its complex form is not known; then that operation is \
      named. Rules of customDerivative that run at this point are checked as well, element by element.
      """)

  @Argument(help: "A model, which 'gradc models' lists, or a file of tensor IR.")
  var model: String

  @Option(help: "The floating dtype to check a model in: f32 or f64.")
  var dtype = FloatingDType.f64

  @Option(
    help: "The parameters to differentiate by, separated by commas; without, those of the model, or all floating.")
  var wrt: String?

  @Option(help: ArgumentHelp("An input; others are random.", valueName: "name=file.npy"))
  var input: [String] = []

  @Option(help: "The seed of the inputs and the directions.")
  var seed: UInt64 = 0

  @Option(help: "Random directions for every parameter.")
  var directions = 2

  @Option(help: "The largest relative error against differences that passes; by default 1e-6 in f64, 2e-2 in f32.")
  var tolerance: Double?

  @Flag(help: "Print the numbers for every direction.")
  var all = false

  func validate() throws {
    if directions < 1 { throw ValidationError("--directions must be at least 1") }
    if let tolerance, !(tolerance >= 0) { throw ValidationError("--tolerance must be a number from 0 on") }
    if let wrong = NamedArrays.malformed(input) {
      throw ValidationError("--input takes name=file.npy, not '\(wrong)'")
    }
  }

  func run() throws {
    let (model, graph) = try program()
    let given = NamedArrays(input, for: graph)
    if !given.faults.isEmpty { throw Diagnostics(given.faults) }
    let inputs = try zip(graph.parameters, model.inputs(for: graph, seed: seed)).map { given.arrays[$0.name] ?? $1 }
    let names = wrt.map { $0.split(separator: ",").map(String.init) } ?? model.differentiated
    try graph.checkCustomDerivatives(at: inputs, tolerance: tolerance)
    let check = try graph.checkGradients(
      at: inputs, wrt: names, directions: directions, seed: seed, tolerance: tolerance)
    print(all ? numbers(check) : errors(check))
    if let obstacle = check.complexStepObstacle {
      let place = obstacle.location.map { " (\($0))" } ?? ""
      print("no complex step: \(obstacle.message)\(place)")
    }
    let worst = check.rows.map { max($0.forwardError, $0.reverseError) }.max() ?? 0
    let exact = check.rows.compactMap(\.complexStepError).max()
    let verdict = check.passes ? "agree" : "DISAGREE"
    let types = Set(graph.parameters.map(\.type.dtype).filter(\.isFloating)).map { "\($0)" }.sorted()
    print(
      "\(model.name), \(types.joined(separator: " and ")): derivatives and differences \(verdict); largest error"
        + " \(error(worst)), tolerance \(error(check.tolerance))"
        + (exact.map { "; of complex steps \(error($0)), tolerance \(error(check.complexStepTolerance))" } ?? ""))
    if !check.passes { throw ExitCode.failure }
  }

  private func program() throws -> (Model, Graph) {
    if Model.named(model) == nil, FileManager.default.fileExists(atPath: model) {
      let graph = try Graph(parsing: Files.text(at: model), file: model)
      return (Model(graph.name, model) { _ in graph }, graph)
    }
    let model = try Model.required(model)
    return (model, try model.graph(dtype: dtype.dtype))
  }

  /// The largest errors, by parameter.
  private func errors(_ check: GradientCheck) -> String {
    var table = Table(["parameter", "forward", "reverse", "complex step"])
    var names: [String] = []
    for row in check.rows where !names.contains(row.parameter) { names.append(row.parameter) }
    for name in names {
      let rows = check.rows.filter { $0.parameter == name }
      let exact = rows.compactMap(\.complexStepError).max()
      table.add([
        name, error(rows.map(\.forwardError).max() ?? 0), error(rows.map(\.reverseError).max() ?? 0),
        exact.map(error) ?? "–",
      ])
    }
    return table.text
  }

  /// What every direction gave.
  private func numbers(_ check: GradientCheck) -> String {
    var table = Table(["parameter", "difference", "complex step", "forward", "error", "reverse", "error"])
    for row in check.rows {
      table.add([
        row.parameter, number(row.difference), row.complexStep.map(number) ?? "–", number(row.forward),
        error(row.forwardError), number(row.reverse), error(row.reverseError),
      ])
    }
    return table.text
  }

  private func number(_ value: Double) -> String { String(format: "%.9g", value) }
  private func error(_ value: Double) -> String { String(format: "%.1e", value) }
}
