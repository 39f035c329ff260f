#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Work that is done beside everything else, in order, on a thread that is there only while there is some.
package enum BackgroundWork {
  private struct Queue {
    var jobs: [@Sendable () -> Void] = []
    var isRunning = false
  }

  /// After a fork there is no thread.
  private static let queue = PerProcess(Queue())

  /// Queues a job; `false` if there can be no thread.
  package static func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
    queue.withLock { queue in
      queue.jobs.append(job)
      if queue.isRunning { return true }
      queue.isRunning = startThread()
      if !queue.isRunning { queue.jobs.removeLast() }
      return queue.isRunning
    }
  }

  private static func startThread() -> Bool {
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return false }
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    // Text of deep nests is written by recursion.
    pthread_attr_setstacksize(&attributes, 8 << 20)
    var thread = pthread_t()
    return pthread_create(
      &thread, &attributes,
      { _ in
        BackgroundWork.run()
        return nil
      }, nil) == 0
  }

  private static func run() {
    while let job = queue.withLock({ queue -> (@Sendable () -> Void)? in
      if queue.jobs.isEmpty {
        queue.isRunning = false
        return nil
      }
      return queue.jobs.removeFirst()
    }) { job() }
  }
}
