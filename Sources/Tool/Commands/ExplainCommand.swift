import ArgumentParser
import GradC

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Tells what a model is compiled to: kernels, what each fuses, memory, code size.")

  @OptionGroup var options: ModelOptions

  func run() throws {
    let traced = try options.graph()
    let compiled = try traced.compile()
    let kernels = compiled.kernels
    print(
      "\(compiled.name): \(traced.operationCount) operations, \(compiled.simplified.operationCount) after simplification"
    )
    print("\nsteps")
    for (index, step) in kernels.steps.enumerated() {
      print("  \(index + 1). \(step.kind) \(step.title)")
      if !step.operations.isEmpty { print("     fuses  \(wrapped(step.operations))") }
      print("     reads  \(wrapped(step.reads))")
      print("     writes \(wrapped(step.writes))")
    }
    print("\nbuffers")
    var table = Table(["  name", "role", "type", "bytes", "arena offset"], left: 3)
    for buffer in kernels.buffers {
      table.add([
        "  " + buffer.name, buffer.role, "\(buffer.type)", "\(buffer.byteCount)",
        buffer.arenaOffset.map { "\($0)" } ?? "",
      ])
    }
    print(table.text)
    let separate = kernels.buffers.filter { $0.arenaOffset != nil }.reduce(0) { $0 + $1.byteCount }
    print("\narena   \(kernels.arenaByteCount) bytes for temporaries of \(separate) bytes")
    if compiled.arenaByteCount > kernels.arenaByteCount {
      print("scratch \(compiled.arenaByteCount - kernels.arenaByteCount) bytes")
    }
    print("code    \(compiled.codeByteCount) bytes")
    print("time    \(compiled.timings)")
  }

  /// Words separated by commas, in lines of about 100 characters.
  private func wrapped(_ words: [String]) -> String {
    if words.isEmpty { return "nothing" }
    var lines = [""]
    for (index, word) in words.enumerated() {
      let part = index + 1 < words.count ? word + ", " : word
      if lines[lines.count - 1].count + part.count > 100, !lines[lines.count - 1].isEmpty { lines.append("") }
      lines[lines.count - 1] += part
    }
    return lines.joined(separator: "\n            ")
  }
}
