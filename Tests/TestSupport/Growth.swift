import Foundation

/// How many times as long `body` takes for four times the size: about 4 if it is linear, 16 if it is quadratic.
///
/// Counted is the CPU time of this thread, so that what else runs does not matter; the best of three attempts.
package func growth(from size: Int, _ body: (Int) throws -> Void) rethrows -> Double {
  func seconds(_ size: Int) throws -> Double {
    let start = threadSeconds()
    try body(size)
    return threadSeconds() - start
  }
  _ = try seconds(size / 4)
  var least = Double.infinity
  for _ in 0..<3 where least > 8 { least = min(least, try seconds(4 * size) / (try seconds(size))) }
  return least
}

private func threadSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
