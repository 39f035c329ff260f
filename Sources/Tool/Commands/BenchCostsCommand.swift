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

  @Option(help: "Repetitions, of which the fastest tenth counts.")
  var repetitions = 15

  func validate() throws {
    if repetitions < 1 { throw ValidationError("--repetitions must be at least 1") }
  }

  func run() throws {
    let count = Threads.count
    Threads.count = 1
    defer { Threads.count = count }
    var table = Table(["constant", "measured with", "nanoseconds"], left: 2)
    func add(_ name: String, _ work: String, _ seconds: Double) {
      table.add([name, work, String(format: "%.3g", seconds * 1e9)])
    }
    add("launch", "floor and ceil of tiles of 32", try difference(Self.rounding, 100, 300))
    add("iteration", "a loop of steps that adds a number", try difference(Self.loop, 1000, 3000))
    add("product", "[33,2] · [2,33]", try difference(Self.products, 100, 300))
    for (name, bytes) in [("nearByte", 128 << 10), ("lastLevelByte", 8 << 20), ("memoryByte", 128 << 20)] {
      add(name, "copies of \(bytes >> 10) kB", copies(bytes / 2))
    }
    print(table.text)
  }

  /// What one more operation takes, by the fastest tenth of both programs.
  private func difference(
    _ function: (Int) throws -> TracedFunction<Tensor, Tensor>, _ short: Int, _ long: Int
  ) throws -> Double {
    let graphs = try [short, long].map { try function($0).graph }
    let compiled = try graphs.map { try $0.compile(.tier0) }
    let inputs = try graphs.map { graph in
      try graph.parameters.map { port in
        try NDArray([Float](repeating: 0.5, count: port.type.elementCount), shape: port.type.shape)
      }
    }
    let times = try Stopwatch.pairs(repetitions) {
      _ = try compiled[0](inputs[0])
    } _: {
      _ = try compiled[1](inputs[1])
    }
    return (Self.fastest(times.second) - Self.fastest(times.first)) / Double(long - short)
  }

  private static func fastest(_ seconds: [Double]) -> Double { Measurement.quantile(seconds.sorted(), 0.1) }

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

  /// A call of BLAS for every slice.
  private static func products(_ count: Int) throws -> TracedFunction<Tensor, Tensor> {
    try trace("products", .input("x", .f32, [count, 33, 2])) { x in matmul(x, x.transposed([0, 2, 1])) }
  }

  /// For every byte that is read or written.
  private func copies(_ count: Int) -> Double {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * count, alignment: 64)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 1)
    let source = UnsafeRawBufferPointer(rebasing: memory[count...])
    let copy = { memory.copyMemory(from: source) }
    let rounds = Stopwatch.iterations(lasting: 0.02, copy)
    let times = (0..<repetitions).map { _ in
      Stopwatch.seconds { for _ in 0..<rounds { copy() } } / Double(rounds) / Double(2 * count)
    }
    return Self.fastest(times)
  }
}
