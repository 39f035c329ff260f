import ArgumentParser
import Foundation
import GradBenchModels
import GradC

struct GradBenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradbench",
    abstract: "Answers GradBench's messages: a JSON object a line on standard input, one on standard output.",
    discussion: """
      GradBench (https://github.com/gradbench/gradbench) joins an eval to a tool by two pipes; see docs/gradbench.md. The \
      modules are \(Eval.all.map(\.name).joined(separator: ", ")).
      """)

  @OptionGroup var tier: TierOptions

  @OptionGroup var accuracy: AccuracyOptions

  @OptionGroup var threads: ThreadOptions

  func run() throws {
    threads.apply()
    let session = GradBenchSession()
    while let line = readLine() {
      if line.allSatisfy(\.isWhitespace) { continue }
      var answer = session.answer(to: Data(line.utf8))
      answer.append(UInt8(ascii: "\n"))
      do {
        try FileHandle.standardOutput.write(contentsOf: answer)
      } catch {
        throw Diagnostic("standard output can't be written")
      }
    }
  }
}
