import ArgumentParser
import Foundation
import GradC
import GradCModels

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Compares a model's derivatives in both modes with finite differences; ends with 1 if they disagree.")

  @Argument(help: "A model; 'gradc models' lists them.")
  var model: String

  @Option(help: "The floating dtype to check in: f32 or f64.")
  var dtype = FloatingDType.f64

  @Option(help: "The seed of the inputs and the directions.")
  var seed: UInt64 = 0

  @Option(help: "Random directions for every parameter.")
  var directions = 2

  @Option(help: "The largest relative error that passes; by default 1e-6 in f64, 2e-2 in f32.")
  var tolerance: Double?

  func validate() throws {
    if directions < 1 { throw ValidationError("--directions must be at least 1") }
    if let tolerance, !(tolerance >= 0) { throw ValidationError("--tolerance must be a number from 0 on") }
  }

  func run() throws {
    let model = try Model.required(model)
    let graph = try model.graph(dtype: dtype.dtype)
    let check = try graph.checkGradients(
      at: model.inputs(for: graph, seed: seed), wrt: model.differentiated, directions: directions, seed: seed,
      tolerance: tolerance)
    var table = Table(["parameter", "difference", "forward", "error", "reverse", "error"])
    for row in check.rows {
      table.add([
        row.parameter, number(row.difference), number(row.forward), error(row.forwardError), number(row.reverse),
        error(row.reverseError),
      ])
    }
    print(table.text)
    let worst = check.rows.map { max($0.forwardError, $0.reverseError) }.max() ?? 0
    let verdict = check.passes ? "agree" : "DISAGREE"
    print(
      "\(model.name), \(dtype): derivatives and differences \(verdict); largest error \(error(worst)), tolerance \(error(check.tolerance))"
    )
    if !check.passes { throw ExitCode.failure }
  }

  private func number(_ value: Double) -> String { String(format: "%.9g", value) }
  private func error(_ value: Double) -> String { String(format: "%.1e", value) }
}
