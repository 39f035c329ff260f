import ArgumentParser
import Foundation
import GradC

struct OptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "opt", abstract: "Runs passes over a file of tensor IR.",
    discussion: "Passes:\n"
      + Graph.passes.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))

  @Argument(help: "A file of tensor IR.")
  var file: String

  @Option(help: "Passes in order, separated by commas; without, those of every compilation.")
  var passes: String?

  @Flag(help: "Print the function after every pass, not just after the last.")
  var dumpAfter = false

  @Flag(help: "Print how long every pass took, and how many operations are left, to standard error.")
  var time = false

  @Option(help: "A file to write to.")
  var output: String?

  func run() throws {
    let names =
      passes?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      ?? Graph.standardPasses.map(\.name)
    var text: [String] = []
    var table = Table(["function", "pass", "time", "operations", ""], left: 2)
    for graph in try Graph.all(in: Files.text(at: file), file: file) {
      let reports = try graph.running(passes: names)
      for report in reports {
        if dumpAfter { text.append("// after \(report.pass.name)\n\(report.graph)") }
        table.add([
          graph.name, report.pass.name, Measurement.text(report.duration.seconds), "\(report.graph.operationCount)",
          report.isChanged ? "" : "unchanged",
        ])
      }
      if !dumpAfter { text.append("\(reports.last?.graph ?? graph)") }
    }
    try Files.write(text.joined(separator: "\n"), to: output)
    if time { Files.writeToStandardError(table.text) }
  }
}
