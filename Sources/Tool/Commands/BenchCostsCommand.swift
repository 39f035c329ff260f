import ArgumentParser
import Foundation
import GradC

struct BenchCostsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "costs", abstract: "Measures the constants of the schedule's cost model.",
    discussion: """
      Each is what a longer program takes more than a shorter one, for every further operation. Times of bytes are those of \
      copies, read and written bytes counted. The constants stand in Sources/KernelIR/CostModel.swift.
      """)

  @Option(help: "Repetitions of which the median is taken.")
  var repetitions = 15

  func validate() throws {
    if repetitions < 1 { throw ValidationError("--repetitions must be at least 1") }
  }

  func run() throws {
    let count = Threads.count
    Threads.count = 1
    defer { Threads.count = count }
    var table = Table(["constant", "measured with", "nanoseconds"], left: 2)
    func add(_ name: String, _ work: String, _ seconds: [Double]) {
      let measurement = Measurement(seconds.map { $0 * 1e9 })
      let range = [measurement.lower, measurement.upper].map { String(format: "%.3g", $0) }
      let median = String(format: "%.3g", measurement.median)
      table.add([name, work, "\(median) (\(range[0]) – \(range[1]))"])
    }
    add("launch", "floor and ceil of tiles of 32", try difference(Self.rounding, 100, 300))
    add("iteration", "a loop of steps that adds a number", try difference(Self.loop, 1000, 3000))
    add("product", "products of 32 × 32, beyond their arithmetic", try products())
    for (name, bytes) in [("nearByte", 128 << 10), ("lastLevelByte", 8 << 20), ("memoryByte", 128 << 20)] {
      add(name, "copies of \(bytes >> 10) kB", copies(bytes / 2))
    }
    print(table.text)
  }

  /// What one more operation takes.
  private func difference(
    _ function: (Int) throws -> TracedFunction<Tensor, Tensor>, _ short: Int, _ long: Int
  ) throws -> [Double] {
    let functions = try [short, long].map { try function($0).graph.compile(.tier0) }
    let input = NDArray([Float](repeating: 0.5, count: 32))
    let times = try Stopwatch.pairs(repetitions) {
      _ = try functions[0]([input])
    } _: {
      _ = try functions[1]([input])
    }
    return zip(times.first, times.second).map { ($1 - $0) / Double(long - short) }
  }

  private static func rounding(_ count: Int) throws -> TracedFunction<Tensor, Tensor> {
    try trace("rounding", .input("x", .f32, [32])) { x in
      (0..<count).reduce(x) { y, k in k.isMultiple(of: 2) ? floor(y) : ceil(y) }
    }
  }

  private static func loop(_ count: Int) throws -> TracedFunction<Tensor, Tensor> {
    try trace("loop", .input("x", .f32, [32])) { x in
      scan(x[0], over: zeros([count], .f32) + x[1]) { sum, row in (sum + row, [Tensor]()) }.carry
    }
  }

  /// The time at zero of a line through those of 32 × 32 × 32 and 64 × 64 × 64.
  private func products() throws -> [Double] {
    let functions = try [32, 64].map { n in
      try trace("product", .input("x", .f32, [n, n])) { x in (0..<8).reduce(x) { y, _ in matmul(y, x) } }
        .graph.compile(.tier0)
    }
    let inputs = try [32, 64].map { n in try NDArray([Float](repeating: 0.01, count: n * n), shape: [n, n]) }
    let times = try Stopwatch.pairs(repetitions) {
      _ = try functions[0]([inputs[0]])
    } _: {
      _ = try functions[1]([inputs[1]])
    }
    return zip(times.first, times.second).map { small, large in (small - (large - small) / 7) / 8 }
  }

  /// For every byte that is read or written.
  private func copies(_ count: Int) -> [Double] {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * count, alignment: 64)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 1)
    let source = UnsafeRawBufferPointer(rebasing: memory[count...])
    let copy = { memory.copyMemory(from: source) }
    let rounds = Stopwatch.iterations(lasting: 0.02, copy)
    return (0..<repetitions).map { _ in
      Stopwatch.seconds { for _ in 0..<rounds { copy() } } / Double(rounds) / Double(2 * count)
    }
  }
}
