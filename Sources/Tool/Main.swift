import ArgumentParser
import Foundation
import GradC

/// The command line tool.
struct Tool: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradc", abstract: "A gradient compiler: graphs, their derivatives, and their C.",
    subcommands: [
      ModelsCommand.self, DumpCommand.self, OptCommand.self, RunCommand.self, CheckCommand.self, BenchCommand.self,
      TrainCommand.self, ExplainCommand.self, ExportCommand.self, OpsCommand.self, EinsumCommand.self,
    ])
}

@main
enum Main {
  static func main() {
    let interruption = Interruption()
    defer { withExtendedLifetime(interruption) {} }
    do {
      var command = try Tool.parseAsRoot()
      try command.run()
      // `print` says nothing of a full disk.
      if fflush(nil) != 0 { fail("error: standard output can't be written: \(String(cString: strerror(errno)))") }
    } catch let error as Diagnostics {
      fail(error.description)
    } catch let error as Diagnostic {
      fail(error.description)
    } catch {
      Tool.exit(withError: error)
    }
  }

  /// Ends with code 1; wrong usage ends with 64, as ArgumentParser does it.
  private static func fail(_ message: String) -> Never {
    Files.writeError(message + "\n")
    exit(1)
  }
}
