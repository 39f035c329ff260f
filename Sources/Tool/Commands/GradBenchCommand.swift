import ArgumentParser
import Foundation
import GradBenchModels
import GradC

struct GradBenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradbench",
    abstract: "Answers GradBench's messages: a JSON object a line on standard input, one on standard output.",
    discussion: """
      GradBench (https://github.com/gradbench/gradbench) joins an eval to a tool by two pipes. The modules are \
      \(Eval.all.map(\.name).formatted(.list(type: .and))).
      """)

  func run() throws {
    var session = GradBenchSession()
    while let line = readLine() {
      if line.allSatisfy(\.isWhitespace) { continue }
      var answer = session.answer(to: Data(line.utf8))
      answer.append(UInt8(ascii: "\n"))
      FileHandle.standardOutput.write(answer)
    }
  }
}
