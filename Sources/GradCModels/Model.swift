public import GradC
internal import GradCNN

/// A ready-made program with inputs to try it on.
public struct Model: Sendable {
  /// What it is asked for by.
  public let name: String
  /// What it computes, in a line.
  public let summary: String
  /// The dtype it has unless another is asked for.
  public let dtype: DType
  /// The parameters it is differentiated by; `nil` is all floating ones.
  public let differentiated: [String]?
  /// Where the numbers of a parameter lie, if not in -1...1; integers are taken from what is inside.
  public let ranges: [String: ClosedRange<Double>]
  private let make: @Sendable (DType) throws -> Graph

  /// A model.
  public init(
    _ name: String, _ summary: String, dtype: DType = .f32, differentiated: [String]? = nil,
    ranges: [String: ClosedRange<Double>] = [:], make: @escaping @Sendable (DType) throws -> Graph
  ) {
    self.name = name
    self.summary = summary
    self.dtype = dtype
    self.differentiated = differentiated
    self.ranges = ranges
    self.make = make
  }

  /// The model's graph, traced now.
  ///
  /// - Parameter dtype: The floating dtype; `nil` is the model's own.
  /// - Throws: `Diagnostics` if the dtype is none of a floating point.
  public func graph(dtype: DType? = nil) throws -> Graph { try make(dtype ?? self.dtype) }

  /// Random numbers for the parameters of a graph: those of this model, and tangents or cotangents besides.
  ///
  /// - Throws: `Diagnostic` if there is no memory.
  public func inputs(for graph: Graph, seed: UInt64 = 0) throws -> [NDArray] {
    let key = RandomKey(seed: seed)
    return try graph.parameters.enumerated().map { index, parameter in
      let range = ranges[parameter.name] ?? -1...1
      let uniform = key.child(index).uniform([parameter.type.elementCount], .f64)
      let numbers = try uniform.doubles().map { number in
        parameter.type.dtype.isFloating
          ? range.lowerBound + (range.upperBound - range.lowerBound) * number
          : (range.lowerBound + (range.upperBound - range.lowerBound + 1) * number).rounded(.down)
      }
      return try NDArray(numbers, shape: parameter.type.shape).cast(to: parameter.type.dtype)
    }
  }
}

extension Model {
  /// Every model there is.
  public static let all: [Model] = [
    .scalar, .rosenbrock, .linearRegression, .logisticRegression, .logSumExp, .softmaxCrossEntropy, .mlp, .digits,
    .attention, .blackScholes, .robotArm, .minors, .bundleAdjustment,
  ]

  /// The model of a name.
  public static func named(_ name: String) -> Model? { all.first { $0.name == name } }
}
