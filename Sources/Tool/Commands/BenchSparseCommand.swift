import ArgumentParser
import GradC
import GradCModels

struct BenchSparseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sparse",
    abstract: "Measures a sparse Jacobian of blocks 2×15 against the residuals it is the Jacobian of.",
    discussion: """
      Reprojection errors of a bundle adjustment in f64: each block has two residuals and sees a camera (11 numbers), a \
      point (3) and a weight. Once every block has numbers of its own; once cameras and points are shared, and gathered by \
      indices that are known; and once more with residuals 1 - w² of the weights behind the others, as one vector. \
      Residuals and Jacobian run in turns.
      """)

  @OptionGroup var tier: TierOptions

  @Option(help: "The number of blocks.")
  var blocks = 100_000

  @Option(help: "The number of cameras that are shared.")
  var cameras = 500

  @Option(help: "The number of points that are shared.")
  var points = 20_000

  @Option(help: "Pairs of runs of which medians are taken.")
  var repetitions = 31

  @Flag(help: "Print JSON, times in seconds.")
  var json = false

  func validate() throws {
    for (name, count) in [("--blocks", blocks), ("--cameras", cameras), ("--points", points)]
    where
      !(1...10_000_000 ~= count)
    {
      throw ValidationError("\(name) must be from 1 to 10000000, not \(count)")
    }
    if repetitions < 1 { throw ValidationError("--repetitions must be at least 1") }
  }

  private struct Report: Codable {
    let blocks: String
    let rows: Int
    let columns: Int
    let entries: Int
    let colors: Int
    let structure: Double
    let residuals: Measurement
    let jacobian: Measurement
    let ratio: Measurement
    let largestDifference: Double
  }

  func run() throws {
    let reports = [try own(), try shared(), try weighted()]
    if json { return try printJSON(reports) }
    var table = Table(["blocks", "residuals", "Jacobian", "ratio (middle half)", "structure and code"])
    for report in reports {
      table.add([
        report.blocks, report.residuals.text, report.jacobian.text,
        "\(Measurement.digits(report.ratio.median)) (\(Measurement.digits(report.ratio.lower)) – \(Measurement.digits(report.ratio.upper)))",
        Measurement.text(report.structure),
      ])
    }
    print(table.text + "\n")
    for report in reports {
      print(
        "\(report.blocks): \(report.rows) × \(report.columns) with \(report.entries) entries, \(report.colors) colours;"
          + " J v differs from forward mode by at most \(report.largestDifference)")
    }
  }

  /// Every block with numbers of its own.
  private func own() throws -> Report {
    let size = BundleAdjustment.cameraSize
    let graph = try trace(
      "residuals", .input("cameras", .f64, [blocks, size]), .input("points", .f64, [blocks, 3]),
      .input("weights", .f64, [blocks]), .input("seen", .f64, [blocks, 2])
    ) { cameras, points, weights, seen in
      BundleAdjustment.residuals(cameras, points, weights, seen)
    }.graph
    return try measure("own", graph, indices: [:])
  }

  /// Blocks that share cameras and points.
  private func shared() throws -> Report {
    try measureShared("shared") { cameras, points, weights, seen in
      BundleAdjustment.residuals(cameras, points, weights, seen)
    }
  }

  /// The same, and weights that are to be 1.
  private func weighted() throws -> Report {
    try measureShared("weighted") { cameras, points, weights, seen in
      let errors = BundleAdjustment.residuals(cameras, points, weights, seen)
      return concat([errors.flattened(), 1 - weights * weights])
    }
  }

  /// - Parameter residuals: Of the camera, point, weight and place of every block.
  private func measureShared(
    _ name: String, _ residuals: (Tensor, Tensor, Tensor, Tensor) -> Tensor
  ) throws -> Report {
    let size = BundleAdjustment.cameraSize
    let graph = try trace(
      "residuals", .input("cameras", .f64, [cameras, size]), .input("points", .f64, [points, 3]),
      .input("weights", .f64, [blocks]), .input("seen", .f64, [blocks, 2]), .input("camera", .i32, [blocks]),
      .input("point", .i32, [blocks])
    ) { cameras, points, weights, seen, camera, point in
      residuals(cameras.take(camera), points.take(point), weights, seen)
    }.graph
    let seen = BundleAdjustment.observations(blocks, cameras: cameras, points: points)
    return try measure(name, graph, indices: ["camera": NDArray(seen.cameras), "point": NDArray(seen.points)])
  }

  private func measure(_ name: String, _ graph: Graph, indices: [String: NDArray]) throws -> Report {
    let wrt = ["cameras", "points", "weights"]
    let inputs = try graph.parameters.map { parameter in
      let range = Model.bundleAdjustment.ranges[parameter.name] ?? -1...1
      return try indices[parameter.name] ?? numbers(parameter.type, from: range)
    }
    let residuals = try graph.compile()
    var made: CompiledSparseGraph?
    var colors = 0
    let structure = try Stopwatch.seconds {
      let sparse = try graph.sparseJacobian(wrt: wrt, indices: indices)
      colors = sparse.colorCount
      made = try sparse.compile()
    }
    guard let jacobian = made else { throw Diagnostic("there is no Jacobian", kind: .bug) }
    let difference = try self.difference(graph, wrt, inputs, jacobian)

    var (values, entries) = (try residuals.makeResults(), try jacobian.values.makeResults())
    let times = try Stopwatch.pairs(
      repetitions, { try residuals.call(inputs: inputs, into: &values) },
      { try jacobian.values.call(inputs: inputs, into: &entries) })
    return Report(
      blocks: name, rows: jacobian.structure.rowCount, columns: jacobian.structure.columnCount,
      entries: jacobian.structure.entryCount, colors: colors, structure: structure,
      residuals: Measurement(times.first), jacobian: Measurement(times.second),
      ratio: Measurement(zip(times.second, times.first).map { $0 / $1 }), largestDifference: difference)
  }

  /// How much the product of the Jacobian and a vector differs from what forward mode says.
  private func difference(
    _ graph: Graph, _ wrt: [String], _ inputs: [NDArray], _ jacobian: CompiledSparseGraph
  ) throws -> Double {
    let tangents = try zip(graph.parameters, inputs).filter { wrt.contains($0.0.name) }.map { parameter, _ in
      try numbers(parameter.type, from: -0.5...0.5)
    }
    let exact = try graph.transformed(.jvp, wrt: wrt).compile()(inputs + tangents)[1].array(of: Double.self)
    let vector = NDArray(try tangents.flatMap { try $0.array(of: Double.self) })
    let found = try jacobian(inputs).times(vector).array(of: Double.self)
    return zip(exact, found).map { abs($0 - $1) }.max() ?? 0
  }

  /// Numbers all over a range.
  private func numbers(_ type: TensorType, from range: ClosedRange<Double>) throws -> NDArray {
    let width = range.upperBound - range.lowerBound
    return try NDArray(
      (0..<type.elementCount).map { range.lowerBound + width * Double($0 * 7919 % 10_007) / 10_007 },
      shape: type.shape)
  }
}
