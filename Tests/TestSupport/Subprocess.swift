package import Foundation

/// What a program printed, and how it ended.
package struct Subprocess {
  package let output: String
  package let errors: String
  package let status: Int32
  /// Whether it ended by itself, and not by a signal.
  package let hasExited: Bool

  package var hasSucceeded: Bool { hasExited && status == 0 }

  /// Runs a program, found by its path or else in `PATH`, to its end.
  ///
  /// Its output goes through files: a full pipe would stop it, and reading a pipe does not survive every signal.
  package static func run(
    _ program: String, _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:]
  ) throws -> Subprocess {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = folder ?? FileManager.default.temporaryDirectory
    if !environment.isEmpty {
      process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
    }
    let place = try TemporaryFolder()
    let (output, errors) = (place.file("output"), place.file("errors"))
    for file in [output, errors] { try Data().write(to: file) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    return Subprocess(
      output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self), status: process.terminationStatus,
      hasExited: process.terminationReason == .exit)
  }
}

/// A folder that goes when it is not used any more.
package final class TemporaryFolder {
  package let url = FileManager.default.temporaryDirectory.appending(path: "gradc-test-\(UUID().uuidString)")

  package init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(at: url) }

  package func file(_ name: String) -> URL { url.appending(path: name) }

  /// Writes a text into a file of the folder and returns its path.
  package func write(_ text: String, _ name: String) throws -> String {
    try text.write(to: file(name), atomically: true, encoding: .utf8)
    return file(name).path
  }
}
