import ArgumentParser
import GradC

struct DumpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dump", abstract: "Prints a model, or a derivative of it, at a stage of its compilation.")

  enum Stage: String, ExpressibleByArgument, CaseIterable {
    case tensor, kernel, c
  }

  enum Dialect: String, ExpressibleByArgument, CaseIterable {
    case tile, vector, portable

    var dialect: CDialect {
      switch self {
      case .tile: .tile
      case .vector: .vector
      case .portable: .portable
      }
    }
  }

  @OptionGroup var options: ModelOptions

  @Option(help: "tensor: the simplified graph. kernel: its kernels. c: their C.")
  var stage = Stage.tensor

  @Option(
    help: "tile: what libtcc compiles. vector: what a C compiler of the system does. portable: C99 with libm alone.")
  var dialect = Dialect.portable

  @Flag(help: "Print the graph as it is before simplification.")
  var raw = false

  @Option(help: "A file to write to.")
  var output: String?

  func validate() throws {
    if raw && stage != .tensor { throw ValidationError("--raw goes with --stage tensor") }
  }

  func run() throws {
    let graph = try options.graph()
    let text =
      switch stage {
      case .tensor: raw ? graph.description : try graph.optimised().description
      case .kernel: try graph.kernels().description
      case .c: try graph.kernels().cSource(dialect.dialect)
      }
    try Files.write(text, to: output)
  }
}
