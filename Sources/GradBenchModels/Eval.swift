public import Foundation
import GradCBenchmarks
import GradC

/// A problem of GradBench, the public benchmark of automatic differentiation: functions of an input that comes as JSON.
public struct Eval: Sendable {
  /// The name of its module.
  public let name: String
  /// What it can be asked for.
  public let functions: [Function]
  /// Inputs to measure the functions by, of the kinds and sizes that GradBench sends.
  public let workloads: [Workload]

  /// One of the functions.
  public struct Function: Sendable {
    /// What it is asked for by.
    public let name: String
    private let decode: @Sendable (Data) throws -> any Sendable
    private let make: @Sendable (any Sendable) throws -> Problem

    /// A function that is made for an input, whose shapes and sizes it may depend on.
    init<Input: Decodable & Sendable & SendableMetatype>(
      _ name: String, _ make: @escaping @Sendable (Input) throws -> Problem
    ) {
      self.name = name
      decode = { try JSONDecoder().decode(Message<Input>.self, from: $0).input }
      self.make = { input in
        guard let input = input as? Input else { throw Diagnostic("'\(name)' takes another input", kind: .bug) }
        return try make(input)
      }
    }

    /// What traces the function for the `input` of a message in JSON.
    ///
    /// - Throws: `DecodingError` if the message has no such input. Tracing throws `Diagnostic` or `Diagnostics` if sizes
    ///   do not fit.
    public func tracer(decoding message: Data) throws -> () throws -> Problem {
      let input = try decode(message)
      return { try make(input) }
    }

    /// What traces the function for a workload of the same eval.
    ///
    /// - Throws: `Diagnostics` when numbers can't be drawn; tracing, `Diagnostic` if the workload is of another eval.
    public func tracer(_ workload: Workload) throws -> () throws -> Problem {
      let input = try workload.makeInput()
      return { try make(input) }
    }
  }

  /// An input that is generated, the same every time.
  public struct Workload: Sendable {
    /// What tells it from others: its sizes.
    public let name: String
    fileprivate let makeInput: @Sendable () throws -> any Sendable

    init<Input: Sendable>(_ name: String, _ input: @escaping @Sendable (inout RandomNumbers) throws -> Input) {
      self.name = name
      makeInput = {
        var numbers = RandomNumbers(seed: 31337)
        return try input(&numbers)
      }
    }
  }

  /// Every eval there is.
  public static let all: [Eval] = [
    Hello.eval, LeastSquares.eval, LogSumExp.eval, GaussianMixture.eval, BundleAdjustmentEval.eval, KMeans.eval,
    LSTM.eval, HandTracking.eval,
    OrdinaryDifferentialEquation.eval, Determinant.eval, Saddle.eval, Particle.eval,
  ]

  /// The eval of a name.
  public static func named(_ name: String) -> Eval? { all.first { $0.name == name } }
}

/// The part of a message that a function is given.
private struct Message<Input: Decodable>: Decodable {
  let input: Input
}
