#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A C compiler of the system.
package struct SystemCompiler: Hashable, Sendable {
  /// Where it is.
  package let path: String

  package init(path: String) { self.path = path }

  /// The candidates, best first: what the environment variable GRADC_CC names, `cc`, `clang`, `gcc`. `GRADC_CC=` names none.
  package static func candidates() -> [SystemCompiler] {
    var names = ["cc", "clang", "gcc"]
    if let named = getenv("GRADC_CC").map({ String(cString: $0) }) { names = named.isEmpty ? [] : [named] + names }
    var found: [SystemCompiler] = []
    for name in names {
      guard let path = executable(name), !found.contains(where: { $0.path == path }) else { continue }
      found.append(SystemCompiler(path: path))
    }
    return found
  }

  /// The compiler of this name or path, if there is one.
  package static func find(_ name: String) -> SystemCompiler? { executable(name).map { SystemCompiler(path: $0) } }

  /// The path of a program in `PATH`.
  private static func executable(_ name: String) -> String? {
    func isProgram(_ path: String) -> Bool {
      var status = stat()
      return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }
    if name.contains("/") { return isProgram(name) ? name : nil }
    let folders = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
    return folders.split(separator: ":").lazy.map { "\($0)/\(name)" }.first(where: isProgram)
  }

  /// What keeps the bits: no contraction, no fast-math, integers that wrap; memory is used again with another type.
  static func flags(vectorByteCount: Int) -> [String] {
    var flags = [
      "-O3", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-fwrapv", "-fno-strict-aliasing", "-w",
      "-fPIC",
    ]
    #if arch(arm64)
      flags.append("-mcpu=native")
    #else
      flags.append("-march=native")
      if vectorByteCount == 64 { flags.append("-mprefer-vector-width=512") }
    #endif
    return flags
  }

  /// Compiles C into a shared library.
  func build(
    _ source: [UInt8], to output: String, flags: [String], in folder: TemporaryFolder,
    until deadline: ContinuousClock.Instant
  ) throws(CompilationError) {
    let (input, log) = (folder.file("unit.c"), folder.file("log"))
    guard writeFile(source, to: input) else { throw CompilationError(message: "\(input) can't be written") }
    guard let child = ChildProcess(path, flags + ["-shared", "-o", output, input, "-lm"], log: log, in: folder) else {
      throw CompilationError(message: "\(path) can't be started")
    }
    switch child.wait(until: deadline) {
    case .exited(0), .unknown:
      guard access(output, R_OK) == 0 else { throw CompilationError(message: "\(path) made no library") }
    case .exited(let status):
      let messages = readFile(log, atMost: 4000).map { String(decoding: $0, as: UTF8.self) } ?? ""
      throw CompilationError(message: "\(path) ended with status \(status): \(messages)")
    case .killed(let signal): throw CompilationError(message: "\(path) was ended by signal \(signal)")
    case .outOfTime: throw CompilationError(message: "\(path) took too long")
    }
  }
}

/// Writes a new file that only this user can read.
func writeFile(_ bytes: [UInt8], to path: String) -> Bool {
  let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
  guard file >= 0 else { return false }
  var position = 0
  let isWritten = bytes.withUnsafeBytes { buffer in
    while position < buffer.count, let start = buffer.baseAddress {
      let count = write(file, start + position, buffer.count - position)
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return false }
      position += count
    }
    return true
  }
  return close(file) == 0 && isWritten
}

/// The bytes of a file, or so many of them; `nil` if it can't be read.
func readFile(_ path: String, atMost limit: Int = .max) -> [UInt8]? {
  let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
  guard file >= 0 else { return nil }
  defer { close(file) }
  return readAll(file, atMost: limit)
}

/// The bytes of an open file, or so many of them.
func readAll(_ file: Int32, atMost limit: Int = .max) -> [UInt8]? {
  var bytes: [UInt8] = []
  var part = [UInt8](repeating: 0, count: 65536)
  while bytes.count < limit {
    let count = part.withUnsafeMutableBytes { buffer in
      read(file, buffer.baseAddress, min(buffer.count, limit - bytes.count))
    }
    if count < 0 && errno == EINTR { continue }
    if count < 0 { return nil }
    if count == 0 { break }
    bytes += part[..<count]
  }
  return bytes
}
