#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What this process has made and must undo when it ends. What a child by `fork` finds of it is its parent's: the child's set is
/// empty.
final class ProcessSet<Element: Hashable & Sendable>: Sendable {
  private let state: PerProcess<Set<Element>>

  /// - Parameter process: The number of the process that runs, which tests change.
  init(process: @escaping @Sendable () -> pid_t = { getpid() }) { state = PerProcess([], process: process) }

  func insert(_ element: Element) { state.withLock { _ = $0.insert(element) } }

  /// Whether it was there.
  @discardableResult
  func remove(_ element: Element) -> Bool { state.withLock { $0.remove(element) != nil } }

  /// At the end of the process; empty if another thread is changing the set.
  var elements: Set<Element> { state.withLockIfAvailable { $0 } ?? [] }
}
