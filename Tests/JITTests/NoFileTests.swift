import Foundation
import JIT
import TestSupport
import Testing

#if os(Linux)
  /// A compilation opens, and looks for, no file: not libtcc's library, no start files, no header folders.
  ///
  /// The test runs itself once more under strace, where accesses to two paths that don't exist mark the compilation.
  @Suite struct NoFileTests {
    private static let isTraced = ProcessInfo.processInfo.environment["GRADC_TEST_TRACED"] != nil
    private static let begin = "/gradc-compilation-begins"
    private static let end = "/gradc-compilation-ends"

    @Test(.enabled(if: isTraced)) func compileBetweenMarks() throws {
      let source = "double twice(double);\nvoid entry(double *const *b) { b[1][0] = twice(b[0][0]); }"
      let twice: @convention(c) (Double) -> Double = { 2 * $0 }
      access(Self.begin, F_OK)
      let module = try compile(source, externals: ["twice": unsafeBitCast(twice, to: UnsafeRawPointer.self)])
      access(Self.end, F_OK)
      #expect(try run(module, input: [3], outputCount: 1) == [6])
    }

    @Test(.enabled(if: !isTraced && canTrace)) func compilationTouchesNoFile() throws {
      let output = try Self.trace([
        try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
        "--testing-library", "swift-testing", "--filter", "NoFileTests",
      ])
      let lines = output.split(separator: "\n")
      let begin = try #require(lines.firstIndex { $0.contains(Self.begin) }, "\(output)")
      let end = try #require(lines.firstIndex { $0.contains(Self.end) })
      #expect(lines[(begin + 1)..<end] == [])
    }

    private static let canTrace = (try? trace(["/bin/true"]).contains("execve")) == true

    /// The calls with a file name that a program makes.
    private static func trace(_ command: [String]) throws -> String {
      let folder = try TemporaryFolder()
      let output = folder.file("strace")
      _ = try Subprocess.run(
        "strace", ["-f", "-e", "trace=%file", "-e", "signal=none", "-o", output.path] + command,
        environment: ["GRADC_TEST_TRACED": "1"])
      return try String(contentsOf: output, encoding: .utf8)
    }
  }
#endif
