import GradCRuntime

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
  private static let versions = PerProcess([String: String]())

  /// What a library depends on besides its source: compiler, options, processor, runtime. `nil` if the compiler does not tell
  /// its version.
  func identity(flags: [String], until deadline: ContinuousClock.Instant) -> [[UInt8]]? {
    guard case .told(let version) = version(until: deadline) else { return nil }
    let texts = [version, flags.joined(separator: " "), Self.processor, "\(Self.codeVersion)"]
    return texts.map { Array($0.utf8) }
  }

  /// What a program says when it is asked for its version.
  enum Version: Hashable {
    /// With path, time and size of the program.
    case told(String)
    case untold
    /// It does not end.
    case hangs
  }

  /// The longest that a program may take to tell its version.
  private static let patience = Duration.seconds(10)

  func version(until deadline: ContinuousClock.Instant) -> Version {
    var status = stat()
    guard stat(path, &status) == 0 else { return .untold }
    let file = "\(name) \(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    if let known = Self.versions.withLock({ $0[file] }) { return .told(known) }
    guard let folder = TemporaryFolder(),
      let child = ChildProcess(path, options + ["--version"], log: folder.file("log"), in: folder)
    else { return .untold }
    switch child.wait(until: min(deadline, .now + Self.patience)) {
    case .outOfTime: return .hangs
    case .exited(0): break
    case .exited, .killed, .unknown: return .untold
    }
    guard let text = readFile(folder.file("log"), atMost: 2000) else { return .untold }
    let version = file + "\n" + String(decoding: text, as: UTF8.self)
    Self.versions.withLock { $0[file] = version }
    return .told(version)
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
