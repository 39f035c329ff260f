import ArgumentParser
import Foundation
import GradC

/// How many threads compiled code runs on.
struct ThreadOptions: ParsableArguments {
  @Option(
    help: "Threads that share large kernels and products; without, GRADC_THREADS, or else all processors.")
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
  }

  /// Sets the number for this process, and says so where the environment asks for what can't be.
  func apply() {
    if let threads {
      Threads.count = threads
    } else if let text = ProcessInfo.processInfo.environment["GRADC_THREADS"],
      !Threads.isCount(text)
    {
      FileHandle.standardError.write(
        Data("GRADC_THREADS='\(text)' is no positive integer; running on \(Threads.count) threads\n".utf8))
    }
  }
}
