import ArgumentParser
import GradC

struct BenchLoopsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "loops",
    abstract: "Measures gradients through loops against the loops, and their memory with checkpoints.",
    discussion: """
      A recurrent network, h ← tanh(W h + xₜ), and an oscillator's Euler steps. Memory is that of all intermediate values \
      of the network's value and of its gradient by W.
      """)

  @OptionGroup var tier: TierOptions

  @Option(help: "The steps of the loop whose time is measured.")
  var steps = 1000

  @Option(help: "Repetitions of which the median is taken.")
  var repetitions = 15

  @Option(parsing: .upToNextOption, help: "Numbers of steps at which memory is compared.")
  var lengths = [16, 256, 1000, 4096, 10_000]

  @Flag(help: "Print JSON, times in seconds.")
  var json = false

  func validate() throws {
    if let length = ([steps] + lengths).first(where: { !(1...10_000_000 ~= $0) }) {
      throw ValidationError("a loop must have from 1 to 10000000 steps, not \(length)")
    }
    if repetitions < 1 { throw ValidationError("--repetitions must be at least 1") }
  }

  private struct Time: Codable {
    let loop: String
    let steps: Int
    let value: Measurement
    let valueAndGradient: Measurement
    let ratio: Double
  }

  private struct Memory: Codable {
    let checkpoints: String
    let steps: Int
    let bytes: Int
  }

  private struct Report: Codable {
    let times: [Time]
    let memory: [Memory]
  }

  func run() throws {
    let times = try [
      time("recurrent network of 64", Self.recurrent(steps, 64, .everyStep)),
      time(
        "network, gradient in the trace", Self.recurrent(steps, 64, .everyStep),
        Self.recurrent(steps, 64, .everyStep, withGradient: true)),
      time("oscillator", Self.oscillator(steps)),
      time("network, every √n steps", Self.recurrent(steps, 64, .every(Self.root(steps)))),
      time("network, logarithmic", Self.recurrent(steps, 64, .logarithmic)),
    ]
    var memory: [Memory] = []
    for length in lengths {
      let kinds: [(String, Checkpoints)] = [
        ("every step", .everyStep), ("every √n steps", .every(Self.root(length))), ("logarithmic", .logarithmic),
      ]
      for (name, kind) in kinds {
        let kernels = try Self.recurrent(length, 64, kind).transformed(.valueAndGrad, wrt: ["w"]).kernels()
        memory.append(Memory(checkpoints: name, steps: length, bytes: kernels.peakByteCount()))
      }
    }
    if json { return try printJSON(Report(times: times, memory: memory)) }
    var table = Table(["loop", "value", "value and gradient", "ratio"])
    for time in times {
      table.add([
        "\(time.loop), \(time.steps) steps", time.value.text, time.valueAndGradient.text,
        Measurement.digits(time.ratio),
      ])
    }
    print(table.text)
    var sizes = Table(["checkpoints of the network"] + lengths.map { "\($0) steps" })
    for name in ["every step", "every √n steps", "logarithmic"] {
      sizes.add(
        [name] + memory.filter { $0.checkpoints == name }.map { "\(Measurement.digits(Double($0.bytes) / 1e3)) kB" })
    }
    print("\n" + sizes.text)
  }

  private static func root(_ steps: Int) -> Int { max(Int(Double(steps).squareRoot()), 1) }

  /// The mean of the last state of a recurrent network, by its weights.
  static func recurrent(
    _ steps: Int, _ width: Int, _ checkpoints: Checkpoints, withGradient: Bool = false
  ) throws -> Graph {
    try trace("recurrent", .input("w", .f32, [width, width]), .input("x", .f32, [steps, width])) { w, x in
      let mean = scan(zeros([width]), over: x, checkpoints: checkpoints) { h, row in
        (tanh(matmul(w, h) + row), [Tensor]())
      }.carry.mean()
      return withGradient ? [mean] + gradient(of: mean, wrt: [w, x]) : [mean]
    }.graph
  }

  /// The energy of an oscillator after Euler steps, by its state at first.
  static func oscillator(_ steps: Int) throws -> Graph {
    try trace("oscillator", .input("state", .f64, [2])) { state in
      let last = fori(0..<steps, [state[0], state[1]]) { _, s in
        [s[0] + 0.001 * s[1], s[1] - 0.001 * sin(s[0]) - 0.0001 * s[1]]
      }
      return last[0] * last[0] + last[1] * last[1]
    }.graph
  }

  private func time(_ name: String, _ graph: Graph, _ withGradient: Graph? = nil) throws -> Time {
    let (value, gradient) = (
      try graph.compile(), try (withGradient ?? graph.transformed(.valueAndGrad)).compile()
    )
    let inputs = try graph.parameters.map { port in
      try NDArray((0..<port.type.elementCount).map { 0.1 * Float($0 % 7) - 0.3 }, shape: port.type.shape)
        .cast(to: port.type.dtype)
    }
    var (first, second) = (try value.makeResults(), try gradient.makeResults())
    let times = try Stopwatch.pairs(
      repetitions, { try value.call(inputs: inputs, into: &first) },
      { try gradient.call(inputs: inputs, into: &second) })
    let (a, b) = (Measurement(times.first), Measurement(times.second))
    return Time(loop: name, steps: steps, value: a, valueAndGradient: b, ratio: b.median / a.median)
  }
}
