#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A folder that only this user can read, which goes with the last reference, or when the process ends.
final class TemporaryFolder: Sendable {
  let path: String

  init?() {
    TemporaryFolder.removesAtExit
    var template = Array("\(Self.parent)/\(Self.prefix)\(getpid())-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { return nil }
    path = String(cString: made)
    TemporaryFolder.all.insert(path)
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  deinit {
    if TemporaryFolder.all.remove(path) { TemporaryFolder.remove(path) }
  }

  private static func remove(_ path: String) {
    for name in names(in: path) { unlink("\(path)/\(name)") }
    rmdir(path)
  }

  private static func names(in path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  /// Where folders are made: `TMPDIR`, or else `/tmp`.
  static var parent: String {
    getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
  }

  private static let prefix = "gradc-"
  private static let all = ProcessSet<String>()

  /// Once a process.
  private static let removesAtExit: Void = {
    removeForgotten()
    atexit { NativeCompiler.endAll() }
  }()

  /// Removes all folders of this process.
  static func removeAll() { for path in all.elements { remove(path) } }

  /// Removes folders a day old, whose processes can't have been at work for so long: they were ended by a signal.
  private static func removeForgotten() {
    let yesterday = time(nil) - 86_400
    for name in names(in: parent) where name.hasPrefix(prefix) {
      var status = stat()
      let path = "\(parent)/\(name)"
      guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(),
        status.st_mode & 0o777 == 0o700, time_t(status.st_mtim.tv_sec) < yesterday
      else { continue }
      remove(path)
    }
  }
}
