import Foundation
import Testing

/// The tool, run as users run it.
enum ToolRunner {
  struct Outcome {
    let output: String
    let errors: String
    let status: Int32
    /// Whether the tool ended by itself.
    let hasExited: Bool
  }

  /// Next to the test bundle.
  static var path: URL {
    let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    let bundles = Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let built = sources.deletingLastPathComponent().appendingPathComponent(".build/debug")
    let candidates = ([program] + bundles + [built]).map { $0.appendingPathComponent("gradc") }
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? candidates[0]
  }

  static func run(_ arguments: [String], in folder: URL? = nil) throws -> Outcome {
    let process = Process()
    process.executableURL = path
    process.arguments = arguments
    process.currentDirectoryURL = folder ?? FileManager.default.temporaryDirectory
    // Files, because a pipe that nobody empties would stop the tool.
    let place = try TemporaryFolder()
    let (output, errors) = (place.file("output"), place.file("errors"))
    for file in [output, errors] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    return Outcome(
      output: try String(contentsOf: output, encoding: .utf8), errors: try String(contentsOf: errors, encoding: .utf8),
      status: process.terminationStatus, hasExited: process.terminationReason == .exit)
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

/// A folder that goes when it is not used any more.
final class TemporaryFolder {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("gradc-test-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(at: url) }

  func file(_ name: String) -> URL { url.appendingPathComponent(name) }

  func write(_ text: String, _ name: String) throws -> String {
    try text.write(to: file(name), atomically: true, encoding: .utf8)
    return file(name).path
  }
}
