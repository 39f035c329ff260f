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

  @Option(help: "Passes, separated by commas, or 'all': print the function after each of these to standard error.")
  var dumpAfter: String?

  @Flag(help: "Print how long every pass took, and how many operations are left, to standard error.")
  var time = false

  @Option(help: "A file to write to.")
  var output: String?

  func run() throws {
    let names = passes.map(Self.names) ?? Graph.standardPasses.map(\.name)
    let dumped = dumpAfter.map(Self.names) ?? []
    if let name = dumped.first(where: { $0 != "all" && !names.contains($0) }) {
      throw ValidationError("--dump-after: '\(name)' is none of the passes that run: \(names.joined(separator: ", "))")
    }
    var text: [String] = []
    var table = Table(["function", "pass", "time", "operations", ""], left: 2)
    for graph in try Graph.all(in: Files.text(at: file), file: file) {
      let reports = try graph.running(passes: names)
      for report in reports {
        if dumped.contains("all") || dumped.contains(report.pass.name) {
          Files.writeError("// after \(report.pass.name)\n\(report.graph)")
        }
        table.add([
          graph.name, report.pass.name, Measurement.text(report.duration.seconds), "\(report.graph.operationCount)",
          report.isChanged ? "" : "unchanged",
        ])
      }
      text.append("\(reports.last?.graph ?? graph)")
    }
    try Files.write(text.joined(separator: "\n"), to: output)
    if time { Files.writeError(table.text + "\n") }
  }

  private static func names(_ list: String) -> [String] {
    list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
  }
}
