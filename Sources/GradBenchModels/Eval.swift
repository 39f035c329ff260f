public import Foundation
public import GradC

/// A problem of GradBench, the public benchmark of automatic differentiation: functions of an input that comes as JSON.
public struct Eval: Sendable {
  /// The name of its module.
  public let name: String
  /// What it can be asked for.
  public let functions: [Function]

  /// One of the functions.
  public struct Function: Sendable {
    /// What it is asked for by.
    public let name: String
    private let decode: @Sendable (Data) throws -> () throws -> Problem

    /// A function that is made for an input, whose shapes and sizes it may depend on.
    init<Input: Decodable & SendableMetatype>(
      _ name: String, _ make: @escaping @Sendable (Input) throws -> Problem
    ) {
      self.name = name
      decode = { message in
        let input = try JSONDecoder().decode(Message<Input>.self, from: message).input
        return { try make(input) }
      }
    }

    /// What traces the function for the `input` of a message in JSON.
    ///
    /// - Throws: `DecodingError` if the message has no such input. Tracing throws `Diagnostics` if sizes do not fit.
    public func tracer(decoding message: Data) throws -> () throws -> Problem { try decode(message) }
  }

  /// Every eval there is.
  public static let all: [Eval] = [
    Hello.eval, LeastSquares.eval, LogSumExp.eval, GaussianMixture.eval, BundleAdjustmentEval.eval, KMeans.eval,
    LSTM.eval, HandTracking.eval,
    OrdinaryDifferentialEquation.eval, Determinant.eval, Saddle.eval, Particle.eval,
  ]
}

/// The part of a message that a function is given.
private struct Message<Input: Decodable>: Decodable {
  let input: Input
}

/// A function with numbers to call it with.
public struct Problem: Sendable {
  /// What is written as JSON.
  public typealias Output = any Encodable & Sendable

  /// The program that is to be compiled.
  public let graph: Graph
  /// An array for every parameter.
  public let inputs: [NDArray]
  private let makeOutput: @Sendable ([NDArray]) throws -> Output

  /// A function that is answered by its first result.
  init(_ graph: Graph, _ inputs: [NDArray]) { self.init(graph, inputs) { JSONArray($0[0]) } }

  /// A function whose answer is made of its results.
  init(_ graph: Graph, _ inputs: [NDArray], output: @escaping @Sendable ([NDArray]) throws -> Output) {
    self.graph = graph
    self.inputs = inputs
    makeOutput = output
  }

  /// The answer made of results.
  public func output(_ results: [NDArray]) throws -> Output { try makeOutput(results) }
}

/// An array that is written as nested lists of numbers.
struct JSONArray: Encodable, Sendable {
  let numbers: [Double]
  let extents: ArraySlice<Int>

  init(_ array: NDArray) {
    numbers = (try? array.cast(to: .f64).array(of: Double.self)) ?? []
    extents = array.shape.extents[...]
  }

  private init(_ numbers: [Double], _ extents: ArraySlice<Int>) {
    (self.numbers, self.extents) = (numbers, extents)
  }

  func encode(to encoder: any Encoder) throws {
    switch extents.count {
    case 0:
      try numbers[0].encode(to: encoder)
    case 1:
      try numbers.encode(to: encoder)
    default:
      var container = encoder.unkeyedContainer()
      let rest = extents.dropFirst()
      let width = rest.reduce(1, *)
      for row in 0..<(extents.first ?? 0) {
        try container.encode(JSONArray(Array(numbers[row * width..<(row + 1) * width]), rest))
      }
    }
  }
}
