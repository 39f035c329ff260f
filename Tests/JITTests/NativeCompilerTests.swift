import Basics
import CEmitter
import Foundation
import JIT
import KernelIR
import TestSupport
import Testing

/// Compilers of the system: those that do not work, and what they say.
@Suite struct NativeCompilerTests {
  private let folder: TemporaryFolder
  private let source: VectorSource

  init() throws {
    folder = try TemporaryFolder()
    source = VectorEmitter.emit(RandomProgram.make(seed: 2, sumsInLanes: true).0, for: .runtime)
  }

  private func script(_ text: String, _ name: String = "cc") throws -> SystemCompiler {
    let path = try folder.write("#!/bin/sh\n\(text)\n", name)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return SystemCompiler(path: path)
  }

  private var gcc: SystemCompiler { get throws { try #require(SystemCompiler.find("gcc")) } }

  private func build(
    _ compilers: [SystemCompiler], of source: VectorSource? = nil, cache: DiskCache? = nil, seconds: Int = 600
  ) throws -> NativeModule {
    let memory = Constants.memory
    return try NativeCompiler.compile(
      source ?? self.source, within: .seconds(seconds), compilers: compilers, cache: cache
    ) { _, _ in memory }
  }

  /// Enough memory for the constants of a program that is not called.
  private enum Constants {
    nonisolated(unsafe) static let memory = UnsafeRawPointer(
      UnsafeMutableRawPointer.allocate(byteCount: 1 << 16, alignment: 64))
  }

  @Test func compilersThatDoNotWorkArePassedOver() throws {
    let broken = try [
      SystemCompiler(path: "/nonexistent/cc"), script("exit 1", "fails"), script("exit 0", "does-nothing"),
      script("kill -9 $$", "dies"),
      script("while [ $# -gt 1 ]; do [ \"$1\" = -o ] && echo garbage > \"$2\"; shift; done", "garbles"),
      SystemCompiler(path: folder.url.path),
    ]
    #expect(try build(broken + [gcc]).entries.count == 1)
    #expect(throws: CompilationError.self) { try build(broken) }
    #expect(throws: CompilationError.self) { try build([]) }
  }

  @Test func errorsAreTold() throws {
    var wrong = source
    wrong.source += Array("\nint 7up;\n".utf8)
    let error = #expect(throws: CompilationError.self) { try build([try gcc], of: wrong) }
    #expect(error?.message.contains("7up") == true, "\(String(describing: error))")
    // The compiler is not to blame.
    #expect(try build([gcc]).entries.count == 1)
  }

  @Test func commandsMayHaveOptions() throws {
    let compiler = try #require(SystemCompiler.find("gcc -O1  -DSPACE"))
    #expect(compiler.path.hasSuffix("/gcc") && compiler.options == ["-O1", "-DSPACE"])
    #expect(try build([compiler]).entries.count == 1)
    #expect(try SystemCompiler.find(script("exit 1", "a name").path)?.options == [])
    for command in ["", " ", "no-such-compiler", "no-such-compiler -O1"] {
      #expect(SystemCompiler.find(command) == nil)
    }
  }

  @Test func timeIsBounded() throws {
    let slow = try script("sleep 600 & wait", "sleeps")
    let start = ContinuousClock.now
    let error = #expect(throws: CompilationError.self) { try build([slow], seconds: 1) }
    #expect(ContinuousClock.now - start < .seconds(300))
    #expect(error?.message.contains("too long") == true)
  }

  @Test func librariesAreKept() throws {
    let cache = DiskCache(folder: folder.file("cache").path, byteLimit: 1 << 24)
    let log = folder.file("calls").path
    let counting = try script("echo \"$@\" >> \(log)\nexec gcc \"$@\"", "counts")
    func builds() throws -> Int {
      try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").filter { $0.contains("-shared") }.count
    }
    for _ in 0..<3 { #expect(try build([counting], cache: cache).entries.count == 1) }
    #expect(try builds() == 1)
    var other = source
    other.source += Array("/* another */\n".utf8)
    _ = try build([counting], of: other, cache: cache)
    #expect(try builds() == 2)
    // What is damaged is built again.
    for name in try FileManager.default.contentsOfDirectory(atPath: cache.folder) {
      let file = URL(filePath: cache.folder + "/" + name)
      var content = try Data(contentsOf: file)
      content[content.count / 2] ^= 0x10
      try content.write(to: file)
    }
    _ = try build([counting], cache: cache)
    #expect(try builds() == 3)
    // Another version of the compiler is another compiler.
    _ = try script("echo \"$@\" >> \(log)\n: newer\nexec gcc \"$@\"", "counts")
    _ = try build([counting], cache: cache)
    #expect(try builds() == 4)
  }

  @Test func nothingIsLeftBehind() async {
    // In a process of its own, where no other test has folders.
    await #expect(processExitsWith: .success) {
      let tests = try NativeCompilerTests()
      _ = try tests.build([tests.gcc])
      _ = try? tests.build([tests.script("exit 1", "fails")])
      let names = try FileManager.default.contentsOfDirectory(atPath: NSTemporaryDirectory())
      #expect(names.filter { $0.hasPrefix("gradc-\(getpid())-") } == [])
    }
  }
}
