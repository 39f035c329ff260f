import Synchronization

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
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/gradc-\(getpid())-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { return nil }
    path = String(cString: made)
    TemporaryFolder.all.withLock { _ = $0.insert(path) }
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  deinit {
    TemporaryFolder.remove(path)
    TemporaryFolder.all.withLock { _ = $0.remove(path) }
  }

  private static func remove(_ path: String) {
    if let folder = opendir(path) {
      while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != "." && name != ".." { unlink("\(path)/\(name)") }
      }
      closedir(folder)
    }
    rmdir(path)
  }

  private static let all = Mutex(Set<String>())

  /// Once a process.
  private static let removesAtExit: Void = {
    atexit {
      ChildProcess.killAll()
      for path in TemporaryFolder.all.withLock({ $0 }) { TemporaryFolder.remove(path) }
    }
  }()
}
