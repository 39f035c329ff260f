import ArgumentParser
import GradC

struct BenchKernelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels", abstract: "Measures elementwise kernels against the same written by hand in C.",
    discussion: "GradC's kernels, compiled by libtcc, and the C, compiled by clang or else cc, run in turns in one"
      + " process, both on one thread. A ratio below 1 says that GradC is faster.")

  @OptionGroup var tier: TierOptions

  @Option(help: "Numbers of f32 elements, separated by commas.", transform: BenchKernelsCommand.parse)
  var sizes = [4_096, 1_000_000]

  @Option(help: "Pairs of runs.")
  var repetitions = 31

  @Flag(help: "Print JSON, times in seconds.")
  var json = false

  func validate() throws {
    if repetitions < 1 { throw ValidationError("--repetitions must be at least 1") }
  }

  private static func parse(_ text: String) throws -> [Int] {
    let parts = text.split(separator: ",")
    if parts.isEmpty { throw ValidationError("there is no number of elements") }
    return try parts.map { part in
      guard let size = Int(part), 1...100_000_000 ~= size else {
        throw ValidationError("'\(part)' is no number of elements")
      }
      return size
    }
  }

  private struct Report: Codable {
    let kernel: String
    let elements: Int
    let compiler: String
    let options: String
    let gradc: Measurement
    let hand: Measurement
    let ratio: Measurement
    let largestDifference: Double
  }

  func run() throws {
    let threads = Threads.count
    Threads.count = 1
    defer { Threads.count = threads }
    var reports: [Report] = []
    for options in HandWrittenC.Options.allCases {
      guard let library = try library(options) else { continue }
      for size in sizes {
        var table = Table(["kernel", "gradc, tcc", "hand C", "ratio (middle half)"])
        for (index, kernel) in KernelBenchmark.all.enumerated() {
          let report = try measure(kernel, index, library, options, count: size)
          reports.append(report)
          let ratio = report.ratio
          table.add([
            kernel.name, perElement(report.gradc, size), perElement(report.hand, size),
            "\(Measurement.digits(ratio.median)) (\(Measurement.digits(ratio.lower)) – \(Measurement.digits(ratio.upper)))",
          ])
        }
        if !json { print("\(size) f32 elements, hand C by \(library.compiler) \(options.rawValue)\n\(table.text)\n") }
      }
    }
    if json { try printJSON(reports) }
  }

  /// The hand-written C; `nil` if the compiler does not know options that one can do without.
  private func library(_ options: HandWrittenC.Options) throws -> HandWrittenC? {
    do {
      return try HandWrittenC(KernelBenchmark.cSource, options)
    } catch {
      if options == .strict { throw error }
      if !json { print("\(error)\n") }
      return nil
    }
  }

  private func perElement(_ time: Measurement, _ count: Int) -> String {
    "\(Measurement.digits(time.median / Double(count) * 1e9)) ns"
  }

  private func measure(
    _ kernel: KernelBenchmark, _ index: Int, _ library: HandWrittenC, _ options: HandWrittenC.Options, count: Int
  ) throws -> Report {
    let compiled = try kernel.compile(count: count)
    let hand = HandKernel(address: try library.address(of: kernel.symbol(index)), count: count)
    let arrays = (0..<kernel.arity).map { KernelArray(count: count, phase: Double($0), isPositive: kernel.isPositive) }
    let (mine, theirs) = (results(kernel, count), results(kernel, count))
    let inputs = arrays.map { UnsafeRawPointer($0.address) }
    let (myResults, theirResults) = (mine.map(\.address), theirs.map(\.address))
    // The optimiser may let go of arrays whose addresses alone are still used.
    let (difference, times) = try withExtendedLifetime((arrays, mine, theirs)) {
      try pairs(
        kernel, { try compiled.graph.callUnchecked(inputs: inputs, results: myResults) },
        { hand(inputs, theirResults) },
        difference: { zip(mine, theirs).map { $0.largestDifference(from: $1) }.max() ?? 0 })
    }
    return Report(
      kernel: kernel.name, elements: count, compiler: library.compiler, options: options.rawValue,
      gradc: Measurement(times.mine), hand: Measurement(times.theirs),
      ratio: Measurement(zip(times.mine, times.theirs).map { $0 / $1 }), largestDifference: difference)
  }

  private func results(_ kernel: KernelBenchmark, _ count: Int) -> [KernelArray] {
    (0..<kernel.resultCount).map { _ in KernelArray(count: count) }
  }

  /// Runs the two in turns.
  private func pairs(
    _ kernel: KernelBenchmark, _ runMine: () throws -> Void, _ runTheirs: () -> Void, difference: () -> Double
  ) throws -> (difference: Double, times: (mine: [Double], theirs: [Double])) {
    try runMine()
    runTheirs()
    let difference = difference()
    guard difference <= kernel.tolerance else {
      throw Diagnostic("'\(kernel.name)' differs from the hand-written C by \(difference)", kind: .bug)
    }
    let iterations = try Stopwatch.iterations(lasting: 0.003, runMine)
    func time(_ body: () throws -> Void) rethrows -> Double {
      try Stopwatch.seconds { for _ in 0..<iterations { try body() } } / Double(iterations)
    }
    var times: (mine: [Double], theirs: [Double]) = ([], [])
    for pair in 0..<repetitions {
      // Who goes first changes, so that neither always finds the caches of the other.
      if pair.isMultiple(of: 2) {
        times.mine.append(try time(runMine))
        times.theirs.append(time(runTheirs))
      } else {
        times.theirs.append(time(runTheirs))
        times.mine.append(try time(runMine))
      }
    }
    return (difference, times)
  }
}
