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
    explain(kernels.steps, numbered: "", indentation: "  ")
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
    printLoops(compiled)
    print("code    \(compiled.codeByteCount) bytes")
    print("time    \(compiled.timings)")
  }

  /// What loops keep of their steps, and the most memory a call needs.
  private func printLoops(_ compiled: CompiledGraph) {
    let loops = compiled.kernels.loopMemory
    for loop in loops {
      let origin = loop.operations.isEmpty ? "" : " of \(loop.operations.joined(separator: ", "))"
      if let steps = loop.stepCount {
        print(
          "loop    \(loop.byteCount(steps: steps)) bytes of the arena for '\(loop.name)'\(origin):"
            + " \(steps) steps of \(loop.rowByteCount) bytes")
      } else {
        print(
          "tape    \(loop.rowByteCount) bytes a step for '\(loop.name)'\(origin):"
            + " \(loop.byteCount(steps: 1000)) bytes after 1000 steps")
      }
    }
    let grows = loops.contains { $0.stepCount == nil }
    print(
      "peak    \(compiled.peakByteCount()) bytes besides parameters and results"
        + (grows ? ", \(compiled.peakByteCount(steps: 1000)) if loops of unknown length have 1000 steps" : ""))
  }

  /// Steps that are inside others are indented, and numbered 2.1, 2.2 …
  private func explain(_ steps: [KernelProgram.Step], numbered prefix: String, indentation: String) {
    for (index, step) in steps.enumerated() {
      let number = "\(prefix)\(index + 1)"
      print("\(indentation)\(number). \(step.kind) \(step.title)")
      let inner = indentation + "   "
      let operations = step.steps.isEmpty ? "fuses  " : "from   "
      if !step.operations.isEmpty { print("\(inner)\(operations)\(wrapped(step.operations, inner))") }
      let isLeaf = step.steps.isEmpty
      if isLeaf || !step.reads.isEmpty { print("\(inner)reads  \(wrapped(step.reads, inner))") }
      if isLeaf || !step.writes.isEmpty { print("\(inner)writes \(wrapped(step.writes, inner))") }
      explain(step.steps, numbered: number + ".", indentation: inner)
    }
  }

  /// Words separated by commas, in lines of about 100 characters.
  private func wrapped(_ words: [String], _ indentation: String) -> String {
    if words.isEmpty { return "nothing" }
    var lines: [String] = []
    for word in words {
      if let last = lines.last, last.count + word.count < 98 {
        lines[lines.count - 1] = last + ", " + word
      } else {
        lines.append(word)
      }
    }
    return lines.joined(separator: ",\n       " + indentation)
  }
}
