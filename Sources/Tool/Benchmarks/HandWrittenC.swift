import Foundation
import GradC

/// C compiled by the system's compiler and loaded into this process.
struct HandWrittenC {
  /// Sets of compiler options that are compared.
  enum Options: String, CaseIterable {
    case strict = "-O3 -march=native"
    case fast = "-O3 -march=native -ffast-math"
    case vectorMath = "-O3 -march=native -ffast-math -fveclib=libmvec"

    var arguments: [String] { rawValue.split(separator: " ").map(String.init) }
  }

  /// The compiler's name.
  let compiler: String
  // Never closed: functions of it are called until the process ends.
  private nonisolated(unsafe) let handle: UnsafeMutableRawPointer

  /// Compiles with the first of clang and cc that is there.
  ///
  /// - Throws: `Diagnostic` if there is none or it refuses the text or the options.
  init(_ source: String, _ options: Options) throws(Diagnostic) {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gradc-\(UUID().uuidString)")
    try Files.makeFolder(folder.path)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (text, library) = (folder.appendingPathComponent("hand.c"), folder.appendingPathComponent("hand.so"))
    try Files.write(source, to: text.path)
    guard let compiler = ["clang", "cc", "gcc"].first(where: { HandWrittenC.isInstalled($0) }) else {
      throw Diagnostic("there is neither clang nor cc", kind: .unsupported)
    }
    self.compiler = compiler
    let arguments = options.arguments + ["-shared", "-fPIC", "-o", library.path, text.path, "-lm"]
    guard HandWrittenC.run([compiler] + arguments), let handle = dlopen(library.path, RTLD_NOW) else {
      throw Diagnostic("\(compiler) \(options.rawValue) can't compile the kernels", kind: .unsupported)
    }
    self.handle = handle
  }

  /// The address of a function.
  func address(of symbol: String) throws(Diagnostic) -> UnsafeMutableRawPointer {
    guard let address = dlsym(handle, symbol) else { throw Diagnostic("the C has no function '\(symbol)'", kind: .bug) }
    return address
  }

  private static func isInstalled(_ program: String) -> Bool { run([program, "--version"]) }

  private static func run(_ command: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      return false
    }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}

/// A kernel of the hand-written C for arrays of one length.
struct HandKernel {
  private typealias Function =
    @convention(c) (UnsafePointer<UnsafeRawPointer>, UnsafePointer<UnsafeMutableRawPointer>, Int) -> Void

  let address: UnsafeMutableRawPointer
  let count: Int

  func callAsFunction(
    _ inputs: UnsafePointer<UnsafeRawPointer>, _ results: UnsafePointer<UnsafeMutableRawPointer>
  ) {
    unsafeBitCast(address, to: Function.self)(inputs, results, count)
  }
}
