import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Libraries that compilers made, in files named by the hash of all that they were made from.
///
/// Any number of processes may use a folder at once: a file is written under another name first. What is damaged is taken for
/// missing, and so is what others could have written: files and folders of another owner, those that others may write,
/// and links.
package struct DiskCache: Sendable {
  package let folder: String
  /// What was used least recently goes when there are more bytes.
  package let byteLimit: Int

  private static let mark = Array("gradc-library-1\n".utf8)
  private static let suffix = ".so"
  private static let unfinished = ".new-"

  package init(folder: String, byteLimit: Int) {
    self.folder = folder
    self.byteLimit = byteLimit
  }

  /// `$XDG_CACHE_HOME/gradc` or `~/.cache/gradc`, of at most `GRADC_CACHE_BYTES` bytes, 256 MB unless set. `nil` for none, or
  /// without a home.
  package static var standard: DiskCache? {
    func value(_ name: String) -> String? {
      getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
    let limit = value("GRADC_CACHE_BYTES").flatMap { Int($0) } ?? 256 << 20
    guard limit > 0 else { return nil }
    // The standard says that a relative path is to be ignored.
    if let base = value("XDG_CACHE_HOME"), base.hasPrefix("/") {
      return DiskCache(folder: base + "/gradc", byteLimit: limit)
    }
    return value("HOME").map { DiskCache(folder: $0 + "/.cache/gradc", byteLimit: limit) }
  }

  /// The name for what is made from these parts.
  package static func key(_ parts: [[UInt8]]) -> String {
    var hash = SHA256()
    for part in parts {
      hash.update(Array("\(part.count):".utf8))
      hash.update(part)
    }
    return hash.finish().map { byte in
      let digits = String(byte, radix: 16)
      return byte < 16 ? "0" + digits : digits
    }.joined()
  }

  // MARK: Reading and writing

  /// The bytes kept under a name; `nil` if there are none that can be trusted.
  package func bytes(for key: String) -> [UInt8]? {
    guard let directory = openFolder() else { return nil }
    defer { close(directory) }
    let name = key + Self.suffix
    let file = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    guard Self.isOwn(file, S_IFREG), let all = readAll(file) else { return nil }
    let head = Self.mark.count + 32
    guard all.count >= head, all.starts(with: Self.mark),
      Array(all[Self.mark.count..<head]) == SHA256.hash(Array(all[head...]))
    else {
      unlinkat(directory, name, 0)
      return nil
    }
    // Used now.
    futimens(file, nil)
    return Array(all[head...])
  }

  /// Keeps bytes under a name; does nothing where that is not possible.
  package func store(_ bytes: [UInt8], for key: String) {
    makeFolder()
    guard bytes.count < byteLimit, let directory = openFolder() else { return }
    defer { close(directory) }
    let temporary = Self.unfinished + "\(getpid())-\(UInt64.random(in: .min ... .max))"
    guard writeFile(Self.mark + SHA256.hash(bytes) + bytes, to: temporary, in: directory) else {
      unlinkat(directory, temporary, 0)
      return
    }
    if renameat(directory, temporary, directory, key + Self.suffix) != 0 { unlinkat(directory, temporary, 0) }
    evict(directory)
  }

  // MARK: The folder

  private func makeFolder() {
    var path = ""
    for part in folder.split(separator: "/") {
      path += "/" + part
      mkdir(path, 0o700)
    }
  }

  /// The folder, opened, if it is this user's alone.
  private func openFolder() -> Int32? {
    let directory = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard directory >= 0 else { return nil }
    if Self.isOwn(directory, S_IFDIR) { return directory }
    close(directory)
    return nil
  }

  /// Whether an open file is of this type, and nobody but this user can have written it.
  private static func isOwn(_ file: Int32, _ type: mode_t) -> Bool {
    var status = stat()
    guard fstat(file, &status) == 0 else { return false }
    return status.st_mode & S_IFMT == type && status.st_uid == geteuid() && status.st_mode & 0o022 == 0
  }

  /// Removes what was used least recently until there is room, and what was never finished.
  private func evict(_ directory: Int32) {
    let copy = dup(directory)
    guard copy >= 0, let entries = fdopendir(copy) else { return }
    defer { closedir(entries) }
    rewinddir(entries)
    var files: [(name: String, bytes: Int, seconds: Int, nanoseconds: Int)] = []
    let hourAgo = time(nil) - 3600
    while let entry = readdir(entries) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      var status = stat()
      guard name != ".", name != "..", fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
      let used = status.st_mtim
      if name.hasPrefix(Self.unfinished) {
        if used.tv_sec < hourAgo { unlinkat(directory, name, 0) }
      } else if name.hasSuffix(Self.suffix) {
        files.append((name, Int(status.st_size), used.tv_sec, used.tv_nsec))
      }
    }
    var total = files.reduce(0) { $0 + $1.bytes }
    files.sort { ($0.seconds, $0.nanoseconds) < ($1.seconds, $1.nanoseconds) }
    for file in files where total > byteLimit {
      if unlinkat(directory, file.name, 0) == 0 { total -= file.bytes }
    }
  }
}
