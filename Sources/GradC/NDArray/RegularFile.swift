import Basics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// An open file of known size. Pipes and devices, which may never end, are refused.
struct RegularFile: ~Copyable {
  private let descriptor: Int32
  let byteCount: Int

  /// Opens a file to read.
  init(reading path: String) throws(Diagnostic) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Diagnostic("the file can't be opened: \(lastErrorText())") }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw Diagnostic("not a regular file")
    }
    self.descriptor = descriptor
    byteCount = Int(status.st_size)
  }

  /// Opens an empty file to write.
  init(creating path: String) throws(Diagnostic) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Diagnostic("the file can't be created: \(lastErrorText())") }
    self.descriptor = descriptor
    byteCount = 0
  }

  deinit { close(descriptor) }

  /// Reads `target.count` bytes from `offset` on.
  func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws(Diagnostic) {
    var done = 0
    while done < target.count, let start = target.baseAddress {
      let count = pread(descriptor, start + done, target.count - done, off_t(offset + done))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Diagnostic("the file can't be read: \(lastErrorText())") }
      guard count > 0 else { throw Diagnostic("the file became shorter while it was read") }
      done += count
    }
  }

  /// Reads as many bytes as `target` has.
  func read(at offset: Int, into target: inout [UInt8]) throws(Diagnostic) {
    let result = target.withUnsafeMutableBytes { bytes in
      Result { () throws(Diagnostic) in try read(at: offset, into: bytes) }
    }
    try result.get()
  }

  /// Writes at the end.
  func append(_ bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
    var done = 0
    while done < bytes.count, let start = bytes.baseAddress {
      let count = write(descriptor, start + done, bytes.count - done)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Diagnostic("the file can't be written: \(lastErrorText())") }
      done += count
    }
  }
}

private func lastErrorText() -> String { String(cString: strerror(errno)) }
