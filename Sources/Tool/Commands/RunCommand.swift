import ArgumentParser
import GradC

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Compiles a file of tensor IR and runs it on .npy files.")

  @OptionGroup var tier: TierOptions

  @Argument(help: "A file of tensor IR.")
  var file: String

  @Option(help: "The function to run; without, the first one.")
  var function: String?

  @Option(help: ArgumentHelp("An input, once for every parameter.", valueName: "name=file.npy"))
  var input: [String] = []

  @Option(help: "Where to write every result, as name.npy.")
  var outputDir = "."

  @Flag(help: "Use the reference interpreter instead of compiled code.")
  var interpret = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if let wrong = NamedArrays.malformed(input) {
      throw ValidationError("--input takes name=file.npy, not '\(wrong)'")
    }
  }

  func run() throws {
    threads.apply()
    let graph = try selected(Graph.all(in: Files.text(at: file), file: file))
    let inputs = try arrays(for: graph)
    let results = try interpret ? graph.evaluate(inputs) : graph.compile()(inputs)
    let named = zip(graph.results, results).map { (name: $0.name, array: $1) }
    for (path, result) in zip(try Files.writeArrays(named, to: outputDir), graph.results) {
      print("\(path)  \(result.type)")
    }
  }

  private func selected(_ graphs: [Graph]) throws(Diagnostic) -> Graph {
    guard let function else {
      if let first = graphs.first { return first }
      throw Diagnostic("\(file): there is no function in the file")
    }
    if let graph = graphs.first(where: { $0.name == function }) { return graph }
    throw Diagnostic("\(file): there is no function '\(function)', only \(graphs.map(\.name).joined(separator: ", "))")
  }

  private func arrays(for graph: Graph) throws -> [NDArray] {
    let given = NamedArrays(input, for: graph)
    var faults = given.faults
    for parameter in graph.parameters where !given.names.contains(parameter.name) {
      faults.append(
        Diagnostic(
          "parameter '\(parameter.name)', \(parameter.type), is not given; add --input \(parameter.name)=file.npy"))
    }
    if !faults.isEmpty { throw Diagnostics(faults) }
    return graph.parameters.compactMap { given.arrays[$0.name] }
  }
}
