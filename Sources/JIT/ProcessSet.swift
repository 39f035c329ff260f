import Synchronization

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
  private struct State {
    var process: pid_t = 0
    var elements: Set<Element> = []
  }

  private let state = Mutex(State())
  private let process: @Sendable () -> pid_t

  /// - Parameter process: The number of the process that runs, which tests change.
  init(process: @escaping @Sendable () -> pid_t = { getpid() }) { self.process = process }

  func insert(_ element: Element) {
    state.withLock { state in
      if state.process != process() { state = State(process: process()) }
      state.elements.insert(element)
    }
  }

  /// Whether it was there.
  @discardableResult
  func remove(_ element: Element) -> Bool {
    state.withLock { state in state.process == process() && state.elements.remove(element) != nil }
  }

  /// At the end of the process; empty if the set was being changed when the process was forked.
  var elements: Set<Element> {
    state.withLockIfAvailable { state in state.process == process() ? state.elements : [] } ?? []
  }
}
