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
  /// What it is always told first, such as the compiler that `ccache` is to call.
  package let options: [String]

  package init(path: String, options: [String] = []) { (self.path, self.options) = (path, options) }

  /// As it is written in a command.
  var name: String { ([path] + options).joined(separator: " ") }

  /// The candidates, best first: what the environment variable GRADC_CC names, a program and maybe options with spaces between
  /// them, or else `cc`, `clang`, `gcc`. `GRADC_CC=` names none.
  ///
  /// - Throws: `CompilationError` if GRADC_CC names what is no program.
  package static func candidates() throws(CompilationError) -> [SystemCompiler] {
    if let named = getenv("GRADC_CC").map({ String(cString: $0) }) {
      if named.allSatisfy({ $0 == " " }) { return [] }
      if let compiler = find(named) { return [compiler] }
      throw CompilationError(message: "there is no C compiler: GRADC_CC is '\(named)', which names no program")
    }
    var found: [SystemCompiler] = []
    for name in ["cc", "clang", "gcc"] {
      guard let path = executable(name), !found.contains(where: { $0.path == path }) else { continue }
      found.append(SystemCompiler(path: path))
    }
    return found
  }

  /// The compiler of this name or path, maybe with options after it, if there is one.
  package static func find(_ command: String) -> SystemCompiler? {
    // Paths may have spaces.
    if let path = executable(command) { return SystemCompiler(path: path) }
    let words = command.split(separator: " ").map(String.init)
    return words.first.flatMap(executable).map { SystemCompiler(path: $0, options: Array(words.dropFirst())) }
  }

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
}

/// Writes a new file that only this user can read; a relative path is one in an open folder.
func writeFile(_ bytes: [UInt8], to path: String, in folder: Int32 = AT_FDCWD) -> Bool {
  let file = openat(folder, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
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
