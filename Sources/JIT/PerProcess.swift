import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A value behind a lock that a child by `fork` does not take over but begins anew, lock included: a thread that the child does
/// not have may have held its parent's.
final class PerProcess<Value: Sendable>: Sendable {
  private final class Box: Sendable {
    let process: pid_t
    let value: Mutex<Value>

    init(_ process: pid_t, _ value: Value) {
      self.process = process
      self.value = Mutex(value)
    }
  }

  /// The address of the box of the process that has asked last, or 0.
  private let current = Atomic<UInt>(0)
  private let initial: Value
  private let process: @Sendable () -> pid_t

  /// - Parameter process: The number of the process that runs, which tests change.
  init(_ initial: Value, process: @escaping @Sendable () -> pid_t = { getpid() }) {
    (self.initial, self.process) = (initial, process)
  }

  deinit { Self.object(current.load(ordering: .acquiring))?.release() }

  func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result { box.value.withLock { body(&$0) } }

  /// `nil` if another thread is in it.
  func withLockIfAvailable<Result: Sendable>(_ body: (inout Value) -> Result) -> Result? {
    box.value.withLockIfAvailable { body(&$0) }
  }

  private static func object(_ address: UInt) -> Unmanaged<Box>? {
    UnsafeRawPointer(bitPattern: address).map { Unmanaged.fromOpaque($0) }
  }

  private var box: Box {
    let process = process()
    while true {
      let address = current.load(ordering: .acquiring)
      if let box = Self.object(address)?.takeUnretainedValue(), box.process == process { return box }
      let made = Unmanaged.passRetained(Box(process, initial))
      let (isMine, _) = current.compareExchange(
        expected: address, desired: UInt(bitPattern: made.toOpaque()), ordering: .acquiringAndReleasing)
      // The parent's stays where it is, with its lock.
      if isMine { return made.takeUnretainedValue() }
      made.release()
    }
  }
}
