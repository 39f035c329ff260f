import GradCRuntime

/// The memory of an ``NDArray``, freed with the last reference.
///
/// Sendable because it is written only while one reference exists.
final class NDArrayStorage: @unchecked Sendable {
  let start: UnsafeMutableRawPointer
  let byteCount: Int
  private let owner: Owner

  private enum Owner {
    case runtime
    case swift
    case external((@Sendable (UnsafeMutableRawPointer) -> Void)?)
  }

  /// Whether the memory is somebody else's, who may use it, or parts of it, for other arrays too.
  let isExternal: Bool

  /// Alignment of memory allocated here: a cache line, and the widest vector.
  static let alignment = 64

  /// Memory with undefined content; `nil` if the system has none.
  init?(byteCount: Int) {
    guard let start = gradc_aligned_alloc(max(byteCount, 1)) else { return nil }
    self.start = start
    self.byteCount = byteCount
    owner = .runtime
    isExternal = false
  }

  /// Memory of somebody else.
  init(
    external start: UnsafeMutableRawPointer, byteCount: Int,
    deallocator: (@Sendable (UnsafeMutableRawPointer) -> Void)?
  ) {
    self.start = start
    self.byteCount = byteCount
    owner = .external(deallocator)
    isExternal = true
  }

  /// A copy. Without memory for it the process ends as it does for Swift's own arrays.
  init(copying bytes: UnsafeRawBufferPointer) {
    start = .allocate(byteCount: max(bytes.count, 1), alignment: Self.alignment)
    byteCount = bytes.count
    owner = .swift
    isExternal = false
    if let source = bytes.baseAddress { start.copyMemory(from: source, byteCount: bytes.count) }
  }

  deinit {
    switch owner {
    case .runtime: gradc_aligned_free(start)
    case .swift: start.deallocate()
    case .external(let deallocator): deallocator?(start)
    }
  }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: byteCount) }
  var mutableBytes: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(start: start, count: byteCount) }
}
