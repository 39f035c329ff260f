public import Basics

extension NDArray {
  /// Reads the content of a `.npy` file (NumPy's format, versions 1.0 to 3.0).
  ///
  /// Read are the types `f4`, `f8`, `i4`, `i8` and `b1` in either byte order, and both axis orders; what follows the
  /// elements is ignored, as NumPy does.
  ///
  /// - Throws: `Diagnostic` if the content is malformed, cut short or of another type, or there is no memory.
  public init(npy bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
    let head = UnsafeRawBufferPointer(rebasing: bytes.prefix(NPYHeader.maximumByteCount))
    let header = try NPYHeader(head)
    self = try NDArray(header, availableByteCount: bytes.count - header.dataOffset) { target in
      target.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[header.dataOffset...].prefix(target.count)))
    }
  }

  /// Reads the content of a `.npy` file.
  ///
  /// - Throws: `Diagnostic` as for `init(npy: UnsafeRawBufferPointer)`.
  public init(npy bytes: [UInt8]) throws(Diagnostic) {
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(Diagnostic) in try NDArray(npy: bytes) }
    }
    self = try result.get()
  }

  /// Reads a `.npy` file.
  ///
  /// - Throws: `Diagnostic` with the path if the file can't be read, is malformed, cut short or of another type, or
  ///   there is no memory.
  public init(contentsOfNPYFile path: String) throws(Diagnostic) {
    do throws(Diagnostic) {
      let file = try RegularFile(reading: path)
      var head = [UInt8](repeating: 0, count: min(file.byteCount, NPYHeader.maximumByteCount))
      try file.read(at: 0, into: &head)
      let header = try head.withUnsafeBytes { bytes in
        Result { () throws(Diagnostic) in try NPYHeader(bytes) }
      }.get()
      self = try NDArray(header, availableByteCount: file.byteCount - header.dataOffset) {
        target throws(Diagnostic) in
        try file.read(at: header.dataOffset, into: target)
      }
    } catch {
      throw Diagnostic("\(path): \(error.message)", kind: error.kind, at: error.location)
    }
  }

  /// An array as `header` says, its elements supplied by `read` in the file's order.
  private init(
    _ header: NPYHeader, availableByteCount: Int,
    read: (UnsafeMutableRawBufferPointer) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    // Before any memory is asked for: the shape may be a lie.
    let needed = try Self.byteCount(of: header.type)
    guard needed <= availableByteCount else {
      throw Diagnostic(
        "the .npy file has \(max(availableByteCount, 0)) bytes of elements; \(header.type) needs \(needed)")
    }
    let array = try NDArray(uninitialized: header.type)
    try read(array.storage.mutableBytes)
    if header.isBigEndian { array.swapBytes() }
    array.normalizeTruthValues()
    self = header.isFortranOrder && array.rank > 1 ? try array.axesReversed() : array
  }

  /// Reverses the bytes of every element. Only for storage just made.
  private func swapBytes() {
    switch dtype.byteCount {
    case 4:
      let words = storage.mutableBytes.bindMemory(to: UInt32.self)
      for index in words.indices { words[index] = words[index].byteSwapped }
    case 8:
      let words = storage.mutableBytes.bindMemory(to: UInt64.self)
      for index in words.indices { words[index] = words[index].byteSwapped }
    default: break
    }
  }
}

extension NDArray {
  /// The content of a `.npy` file with this array: version 1.0, little-endian, row-major.
  public func npyBytes() -> [UInt8] {
    var bytes = NPYHeader.bytes(of: tensorType)
    withUnsafeBytes { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// Writes a `.npy` file, replacing one that exists.
  ///
  /// - Throws: `Diagnostic` with the path if the file can't be written.
  public func write(toNPYFile path: String) throws(Diagnostic) {
    let head = NPYHeader.bytes(of: tensorType)
    do throws(Diagnostic) {
      let file = try RegularFile(creating: path)
      try head.withUnsafeBytes { head in Result { () throws(Diagnostic) in try file.append(head) } }.get()
      try withUnsafeBytes { bytes throws(Diagnostic) in try file.append(bytes) }
    } catch {
      throw Diagnostic("\(path): \(error.message)", kind: error.kind, at: error.location)
    }
  }
}
