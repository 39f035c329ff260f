public import Basics

extension NDArray {
  /// A copy of row-major elements in memory; any non-zero byte of a `bool` is `true`.
  ///
  /// - Throws: `Diagnostic` if the number of bytes is not that of the type.
  public init(copying bytes: UnsafeRawBufferPointer, dtype: DType, shape: Shape) throws(Diagnostic) {
    let type = TensorType(dtype, shape)
    let byteCount = try Self.byteCount(of: type)
    guard byteCount == bytes.count else {
      throw Diagnostic("\(bytes.count) bytes don't fill \(type), which has \(byteCount)")
    }
    self.init(type, storage: NDArrayStorage(copying: bytes))
    normalizeTruthValues()
  }

  /// Wraps row-major elements in memory without copying them.
  ///
  /// The memory must stay valid, and unwritten by others, until `deallocator` is called, which happens on any thread
  /// when the last copy is gone. Changing an array that is the only one with this memory changes the memory.
  ///
  /// - Parameters:
  ///   - start: the first element, aligned to the size of an element.
  ///   - dtype: the element type; a `bool` is a byte 0 or 1.
  ///   - shape: the extents.
  ///   - deallocator: frees the memory; by default nothing does.
  /// - Throws: `Diagnostic` if the shape's size overflows, the memory is misaligned, or a `bool` is neither 0 nor 1;
  ///   `deallocator` is then not called.
  public init(
    noCopy start: UnsafeMutableRawPointer, dtype: DType, shape: Shape,
    deallocator: (@Sendable (UnsafeMutableRawPointer) -> Void)? = nil
  ) throws(Diagnostic) {
    let type = TensorType(dtype, shape)
    let byteCount = try Self.byteCount(of: type)
    guard UInt(bitPattern: start) % UInt(dtype.byteCount) == 0 else {
      throw Diagnostic("memory for \(dtype) must be aligned to \(dtype.byteCount) bytes")
    }
    if dtype == .bool, UnsafeRawBufferPointer(start: start, count: byteCount).contains(where: { $0 > 1 }) {
      throw Diagnostic("a bool in memory must be a byte 0 or 1")
    }
    self.init(type, storage: NDArrayStorage(external: start, byteCount: byteCount, deallocator: deallocator))
  }

  /// Sets every byte of a `bool` array that is not 0 to 1. Only for storage just made.
  func normalizeTruthValues() {
    guard dtype == .bool else { return }
    let bytes = storage.mutableBytes
    for index in bytes.indices where bytes[index] > 1 { bytes[index] = 1 }
  }
}

extension NDArray {
  /// Calls `body` with the elements' bytes, valid during the call.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(storage) {} }
    return try body(storage.bytes)
  }

  /// Calls `body` with the elements' bytes to change, valid during the call. A `bool` must stay a byte 0 or 1.
  public mutating func withUnsafeMutableBytes<Result, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    makeUnique()
    defer { withExtendedLifetime(storage) {} }
    return try body(storage.mutableBytes)
  }

  /// Calls `body` with the elements in row-major order, valid during the call.
  ///
  /// - Throws: `Diagnostic` if the dtype is not `Element`'s; what `body` throws.
  public func withUnsafeBuffer<Element: NDArrayElement, Result>(
    of type: Element.Type, _ body: (UnsafeBufferPointer<Element>) throws -> Result
  ) throws -> Result {
    try check(type)
    return try withUnsafeBytes { try body($0.bindMemory(to: Element.self)) }
  }

  /// Calls `body` with the elements in row-major order to change, valid during the call.
  ///
  /// - Throws: `Diagnostic` if the dtype is not `Element`'s; what `body` throws.
  public mutating func withUnsafeMutableBuffer<Element: NDArrayElement, Result>(
    of type: Element.Type, _ body: (UnsafeMutableBufferPointer<Element>) throws -> Result
  ) throws -> Result {
    try check(type)
    return try withUnsafeMutableBytes { try body($0.bindMemory(to: Element.self)) }
  }

  /// The first element's address, valid while this array or a copy lives unchanged.
  package var address: UnsafeRawPointer { UnsafeRawPointer(uncheckedAddress) }

  /// The first element's address for writing where `makeUnique` has been called since a copy was made.
  var uncheckedAddress: UnsafeMutableRawPointer { withStorage { $0.start } }

  /// Whether the memory is somebody else's.
  var isExternal: Bool { withStorage { $0.isExternal } }

  /// What the storage says, read without touching its reference count.
  @inline(__always)
  private func withStorage<Result>(_ read: (NDArrayStorage) -> Result) -> Result {
    Unmanaged.passUnretained(storage)._withUnsafeGuaranteedRef { read($0) }
  }

  /// The first element's address for writing, valid while this array lives and no copy is made.
  package mutating func mutableAddress() -> UnsafeMutableRawPointer {
    makeUnique()
    return storage.start
  }

  /// Takes a copy of memory that other arrays share.
  mutating func makeUnique() {
    if !isKnownUniquelyReferenced(&storage) { storage = NDArrayStorage(copying: storage.bytes) }
  }

  /// - Throws: `Diagnostic` unless the elements have the memory layout of `Element`.
  func check<Element: NDArrayElement>(_: Element.Type) throws(Diagnostic) {
    guard Element.dtype == dtype else {
      throw Diagnostic(
        "\(tensorType) does not hold \(Element.self) but \(dtype); convert it with cast(to: .\(Element.dtype))")
    }
  }
}
