internal import GradCRuntime
internal import Passes

/// The threads that compiled functions share large pieces of work among.
///
/// A kernel, a matrix product or a batch of factorisations that takes longer than some 40 µs is cut into chunks, which
/// the calling thread and workers of this process take by turns. How it is cut depends on sizes alone: results have the
/// same bits for every number of threads. Calls of small functions never touch threads.
///
/// Workers are started by the first call that needs them, and sleep between calls. Several calls at once, from threads
/// of your own, are fine: one of them shares its work, the others do theirs themselves. After a `fork` the child starts
/// workers of its own.
public enum Threads {
  /// How many threads, the calling one among them, share one piece of work.
  ///
  /// At first that is what the environment variable `GRADC_THREADS` says, a positive integer, or else, and where it says
  /// anything other, the number of processors that this process may run on. Any thread may change it at any time; calls under
  /// way go on as they are. Set to less than 1 it is the initial number again, and 256 is the most there can be.
  public static var count: Int {
    get { Int(gradc_threads()) }
    set { gradc_threads_set(Int32(clamping: newValue)) }
  }

  /// Whether a text is a number of threads, as `GRADC_THREADS` is read.
  package static func isCount(_ text: String) -> Bool {
    gradc_parse_thread_count(text, GRADC_GREATEST_THREADS) > 0
  }
}

extension Graph {
  /// The code without chunks, to measure what these cost.
  package func compiledInOnePiece() throws -> CompiledGraph {
    try Parallelism.$current.withValue(nil) { try compile() }
  }
}
