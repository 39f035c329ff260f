import GradCRuntime
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension SystemCompiler {
  /// Raised when code of before must not be used any more although its text is the same.
  private static let codeVersion = 1

  /// Versions as they were told, by the state of the file.
  private static let versions = Mutex([String: String]())

  /// What a library depends on besides its source: compiler, options, processor, runtime. `nil` if the compiler does not tell
  /// its version.
  func identity(flags: [String], until deadline: ContinuousClock.Instant) -> [[UInt8]]? {
    guard let version = version(until: deadline) else { return nil }
    let texts = [version, flags.joined(separator: " "), Self.processor, "\(Self.codeVersion)"]
    return texts.map { Array($0.utf8) }
  }

  /// Path, time and size of the program, and what it says of its version.
  private func version(until deadline: ContinuousClock.Instant) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    let file = "\(path) \(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    if let known = Self.versions.withLock({ $0[file] }) { return known }
    guard let folder = TemporaryFolder(),
      let child = ChildProcess(path, ["--version"], log: folder.file("log"), in: folder),
      child.wait(until: deadline) == .exited(0), let text = readFile(folder.file("log"), atMost: 2000)
    else { return nil }
    let version = file + "\n" + String(decoding: text, as: UTF8.self)
    Self.versions.withLock { $0[file] = version }
    return version
  }

  /// The processor as the system describes it: `-march=native` depends on it.
  private static let processor: String = {
    var text = String(cString: gradc_isa_name())
    guard let description = readFile("/proc/cpuinfo") else { return text }
    let names = ["vendor_id", "cpu family", "model", "stepping", "flags", "Features", "CPU implementer", "CPU part"]
    for line in description.prefix(16384).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      // Of the first core.
      if line.isEmpty { break }
      let line = String(decoding: line, as: UTF8.self)
      if names.contains(where: line.hasPrefix) { text += "\n" + line }
    }
    return text
  }()
}
