import ArgumentParser
import GradC

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract:
      "Tells what a model or file is compiled to: kernels, memory, code size; and how sparse its derivative is.",
    discussion: """
      The part 'sparsity' has the size of the Jacobian, of a scalar function that of its Hessian, the number of entries \
      that may differ from zero and their density, and with how many colours they are computed. Matrices of more than \
      \(ExplainCommand.largestMatrix) elements are only looked at with --transform sparse-jacobian or sparse-hessian, \
      which also explain the kernels that compute the entries.
      """)

  /// Structures of larger matrices may take long to find.
  private static let largestMatrix = 4_000_000

  @OptionGroup var options: ModelOptions

  @Option(help: "A file for a picture of where the compiler's time went, as SVG.")
  var flame: String?

  func run() throws {
    let program = try options.program()
    let (traced, sparsity) = try explained(program)
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
    print(lives(compiled.memory))
    print("code    \(compiled.codeByteCount) bytes")
    let chart = FlameChart(compiled.name, compiled.timings)
    print("\ntime    \(Measurement.text(compiled.timings.total.seconds)) from closure to machine code")
    print(chart.text())
    if let flame { try Files.write(chart.svg, to: flame) }
    print("\nsparsity\n\(sparsity)")
  }

  /// The graph to explain, and what there is to say of the derivative's entries.
  private func explained(_ program: Program) throws -> (Graph, sparsity: String) {
    let (graph, wrt, indices) = (program.graph, program.differentiated, program.indices)
    switch program.transform {
    case .sparseJacobian:
      let sparse = try graph.sparseJacobian(wrt: wrt, indices: indices)
      return (sparse.values, text(sparse, "Jacobian"))
    case .sparseHessian:
      let sparse = try graph.sparseHessian(wrt: wrt, indices: indices)
      return (sparse.values, text(sparse, "Hessian"))
    default: return (try program.transformed(), sparsity(of: program))
    }
  }

  /// The same without being asked: in a few words where it would take long, or there is none.
  private func sparsity(of program: Program) -> String {
    let graph = program.graph
    let names = program.differentiated ?? graph.parameters.filter { $0.type.dtype.isFloating }.map(\.name)
    let columns = graph.parameters.filter { names.contains($0.name) }.reduce(0) { $0 + $1.type.elementCount }
    let results = graph.results.filter { $0.type.dtype.isFloating }
    let rows = results.reduce(0) { $0 + $1.type.elementCount }
    if rows == 0 || columns == 0 { return "  there is no derivative" }
    let isScalar = graph.results.first?.type.dtype.isFloating == true && results.count == 1 && results[0].type.rank == 0
    let height = isScalar ? columns : rows
    let name = isScalar ? "Hessian" : "Jacobian"
    let (size, overflow) = height.multipliedReportingOverflow(by: columns)
    if overflow || size > Self.largestMatrix || graph.operationCount > 5000 {
      return "  \(name) \(height) × \(columns): not looked at; see --transform sparse-\(name.lowercased())"
    }
    do {
      let sparse =
        try isScalar
        ? graph.sparseHessian(wrt: names, indices: program.indices)
        : graph.sparseJacobian(wrt: names, indices: program.indices)
      return text(sparse, name)
    } catch {
      return "  \(name) \(height) × \(columns): \(error)"
    }
  }

  private func text(_ sparse: SparseGraph, _ name: String) -> String {
    let lines = ["\(name) \(sparse.structure)"] + sparse.methods.map(\.description)
    return lines.map { "  " + $0 }.joined(separator: "\n")
  }

  /// When each temporary is needed, and where it lies meanwhile.
  private func lives(_ memory: MemoryReport) -> String {
    if memory.buffers.isEmpty { return "" }
    var table = Table(["    temporary", "origin", "bytes", "offset", "from step", "to step"], left: 2)
    for (index, buffer) in memory.buffers.enumerated() {
      let (first, last) = (buffer.firstStep, buffer.lastStep)
      table.add([
        "  \(MemoryReport.letter(index)) \(buffer.name)", String((buffer.operations.first ?? "").prefix(60)),
        "\(buffer.byteCount)", "\(buffer.offset)", first.map(String.init).joined(separator: "."),
        last.map(String.init).joined(separator: "."),
      ])
    }
    return "\nlives of temporaries, \(memory.liveByteCount) bytes at once at most\n\(table.text)\n\n"
      + "the arena, by address and step\n\(memory.picture())\n"
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
      if !step.reason.isEmpty { print("\(inner)apart  \(step.reason)") }
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
