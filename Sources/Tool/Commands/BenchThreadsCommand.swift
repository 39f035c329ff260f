import ArgumentParser
import GradC

struct BenchThreadsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "threads", abstract: "Measures large kernels and products on several threads against one.",
    discussion: """
      Code without chunks, the same in chunks on one thread, and on all threads, in turns in one process. Of the row of \
      sums, the short ones are not worth sharing.
      """)

  @Option(help: "Repetitions of which the median is taken.")
  var repetitions = 31

  @Option(help: "Arrays have this fraction of their elements.")
  var scale = 1.0

  @Flag(help: "Print JSON, times in seconds.")
  var json = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if repetitions < 1 { throw ValidationError("--repetitions must be at least 1") }
    if !(0.001...10 ~= scale) { throw ValidationError("--scale must be from 0.001 to 10") }
  }

  private struct Report: Codable {
    let work: String
    let threads: Int
    let isShared: Bool
    let onePiece: Measurement
    let oneThread: Measurement
    let allThreads: Measurement
    let oneThreadRatio: Double
    let speedup: Double
  }

  func run() throws {
    threads.apply()
    let count = Threads.count
    defer { Threads.count = count }
    var table = Table(["work", "in one piece", "in chunks, ratio", "\(count) threads", "times faster"], left: 1)
    var reports: [Report] = []
    for (name, graph) in try works() {
      let report = try measure(name, graph, count)
      reports.append(report)
      table.add([
        name + (report.isShared ? "" : " (not shared)"), report.onePiece.text,
        Measurement.digits(report.oneThreadRatio), report.allThreads.text, Measurement.digits(report.speedup),
      ])
    }
    if json { try printJSON(reports) } else { print(table.text) }
  }

  private func scaled(_ extent: Int) -> Int { max(Int(Double(extent) * scale), 1) }

  private func works() throws -> [(String, Graph)] {
    var works: [(String, Graph)] = []
    let million = scaled(1_000_000)
    works.append(
      (
        "exp(x y) + x of \(million)",
        try trace("chain", .input("x", .f32, [million]), .input("y", .f32, [million])) { exp($0 * $1) + $0 }.graph
      ))
    for length in [10_000, 30_000, 100_000, 300_000].map({ scaled($0) }) + [million] {
      works.append(
        (
          "exp(x) of \(length)", try trace("exp", .input("x", .f32, [length])) { exp($0) }.graph
        ))
    }
    works.append(
      (
        "sum of \(million) squares", try trace("sum", .input("x", .f32, [million])) { ($0 * $0).sum() }.graph
      ))
    let rows = scaled(1000)
    works.append(
      (
        "softmax of \(rows) rows of 1000", try trace("rows", .input("x", .f32, [rows, 1000])) { softmax($0) }.graph
      ))
    for size in [128, 256, 512, 1024].map({ scaled($0) }) {
      works.append(
        (
          "product of \(size)×\(size)",
          try trace("product", .input("a", .f32, [size, size]), .input("b", .f32, [size, size])) { matmul($0, $1) }
            .graph
        ))
    }
    let images = scaled(32)
    works.append(
      (
        "convolution of \(images) 32×32 images, 32 channels",
        try trace("convolution", .input("x", .f32, [images, 32, 32, 32]), .input("k", .f32, [32, 32, 3, 3])) {
          convolution($0, $1)
        }.graph
      ))
    let matrices = scaled(512)
    works.append(
      (
        "Cholesky of \(matrices) 48×48 matrices",
        try trace("cholesky", .input("x", .f64, [matrices, 48, 48])) {
          cholesky(matmul($0, $0.transposed([0, 2, 1])) + eye(48, .f64))
        }.graph
      ))
    return works
  }

  private func measure(_ name: String, _ graph: Graph, _ count: Int) throws -> Report {
    let (plain, shared) = (try graph.compiledInOnePiece(), try graph.compile())
    let inputs = try graph.parameters.map { port in
      try NDArray((0..<port.type.elementCount).map { 0.1 * Float($0 % 17) - 0.7 }, shape: port.type.shape)
        .cast(to: port.type.dtype)
    }
    var (first, second) = (try plain.makeResults(), try shared.makeResults())
    let single = try pairs(1, 1, { try plain.call(inputs: inputs, into: &first) }) {
      try shared.call(inputs: inputs, into: &second)
    }
    let several = try pairs(1, count, { try shared.call(inputs: inputs, into: &first) }) {
      try shared.call(inputs: inputs, into: &second)
    }
    return Report(
      work: name, threads: count, isShared: shared.kernels.description.contains(" parallel "),
      onePiece: Measurement(single.first), oneThread: Measurement(single.second),
      allThreads: Measurement(several.second), oneThreadRatio: Self.ratio(single.second, single.first),
      speedup: Self.ratio(several.first, several.second))
  }

  /// The median of the ratios of pairs.
  private static func ratio(_ one: [Double], _ other: [Double]) -> Double {
    Measurement(zip(one, other).map { $0 / $1 }).median
  }

  /// Times of two pieces of work on two numbers of threads, in turns.
  private func pairs(
    _ firstCount: Int, _ secondCount: Int, _ first: () throws -> Void, _ second: () throws -> Void
  ) throws -> (first: [Double], second: [Double]) {
    try Stopwatch.pairs(
      repetitions,
      {
        Threads.count = firstCount
        try first()
      },
      {
        Threads.count = secondCount
        try second()
      })
  }
}
