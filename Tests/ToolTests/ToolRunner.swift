import Foundation
import TestSupport
import Testing

/// The tool, run as users run it.
enum ToolRunner {
  /// Next to the test bundle.
  static var path: URL {
    let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    let bundles = Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let built = sources.deletingLastPathComponent().appendingPathComponent(".build/debug")
    let candidates = ([program] + bundles + [built]).map { $0.appendingPathComponent("gradc") }
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? candidates[0]
  }

  static func run(_ arguments: [String], in folder: URL? = nil) throws -> Subprocess {
    try Subprocess.run(path.path, arguments, in: folder)
  }

  /// Runs the tool and expects success.
  static func succeed(
    _ arguments: String..., in folder: URL? = nil, location: SourceLocation = #_sourceLocation
  ) throws -> String {
    let outcome = try run(arguments, in: folder)
    #expect(outcome.hasExited && outcome.status == 0, "\(arguments): \(outcome.errors)", sourceLocation: location)
    return outcome.output
  }

  /// Runs the tool and expects an error with a message that has all of these parts.
  static func fail(
    _ arguments: [String], status: Int32 = 1, _ parts: String..., location: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try run(arguments)
    #expect(outcome.hasExited && outcome.status == status, "\(arguments): \(outcome)", sourceLocation: location)
    for part in parts { #expect(outcome.errors.contains(part), "\(outcome.errors)", sourceLocation: location) }
  }
}
