public import GradC

/// A program to measure, of those that `Benchmarks/README.md` lists: what it computes, and the numbers it computes it of.
public struct Workload: Sendable {
  /// What a workload computes of its function f.
  public enum Kind: Sendable, Hashable {
    /// `f(x)`, then `∂f/∂x` by the first `count` parameters.
    case valueAndGradient(count: Int)
    /// `f(x)`, and `x - rate · ∂f/∂x` in place of the first `count` parameters.
    case step(count: Int, rate: Double)
    /// `∂f/∂x` by the first parameter.
    case jacobian
    /// `∂²f/∂x²` by the first parameter.
    case hessian
    /// `∂²f/∂x² · v` by the first `count` parameters; v has the form of these and comes last.
    case hessianVectorProduct(count: Int)

    /// By how many parameters f is differentiated, the first ones.
    public var differentiatedCount: Int {
      switch self {
      case .valueAndGradient(let count), .step(let count, _), .hessianVectorProduct(let count): count
      case .jacobian, .hessian: 1
      }
    }
  }

  /// A name such as `W3_1000`, or `W10/scan_forward` of a second way to write the same.
  public let name: String
  /// What it is, in a line.
  public let summary: String
  /// What it computes of ``function``.
  public let kind: Kind
  /// The numbers for the parameters of the compiled program, in order.
  public let inputs: [Input]
  /// The reference in float64 for every result, as ``NumberFile`` names it.
  public let results: [String]
  /// f, which the workload is a derivative of.
  public let function: @Sendable () throws -> Graph
  /// From closures to machine code: traces, differentiates and compiles.
  public let compile: @Sendable () throws -> CompiledGraph

  /// A workload.
  public init(
    _ name: String, _ summary: String, _ kind: Kind, inputs: [Input], results: [String],
    function: @escaping @Sendable () throws -> Graph, compile: @escaping @Sendable () throws -> CompiledGraph
  ) {
    self.name = name
    self.summary = summary
    self.kind = kind
    let folder = String(name.prefix { $0 != "_" && $0 != "/" })
    self.inputs = inputs.map { $0.inFolder(folder) }
    self.results = results
    self.function = function
    self.compile = compile
  }

  /// Whether this is another way to write the workload of the first part of its name.
  public var isVariant: Bool { name.contains("/") }

  /// The folder of its references: the name without what tells variants apart.
  var referenceFolder: String { String(name.prefix { $0 != "/" }) }
}

extension Workload {
  /// The workloads as they are measured, each followed by its variants.
  public static let all: [Workload] =
    [
      formula(), tinyNetwork(), rosenbrock(1000), rosenbrock(1_000_000), blackScholes(.f64), blackScholes(.f32),
      logisticRegression(.f64), logisticRegression(.f32), classifierStep(), convolutionalStep(), transformer(),
      logSumExpHessian(), classifierHessianVectorProduct(),
    ] + quadrotors() + [lstm(), lstm(hoisted: false)]
    + [1000, 10_000, 100_000, 1_000_000].flatMap { [scalarChain($0), scalarChain($0, asLoop: true)] }
    + [layers(), layers(asLoop: true)]

  /// The same programs, so small that their derivatives can be compared with differences: in f64.
  public static let small: [Workload] =
    [
      formula(), tinyNetwork(.f64), rosenbrock(9), blackScholes(.f64, options: 7),
      logisticRegression(.f64, examples: 11, features: 5),
      classifierStep(.f64, widths: [7, 6, 5, 4], batch: 3), convolutionalStep(.f64, batch: 2),
      transformer(.f64, batch: 2, positions: 5, features: 8, heads: 2, hidden: 12),
      logSumExpHessian(terms: 9, numbers: 5), classifierHessianVectorProduct(.f64, widths: [7, 6, 5, 4], batch: 3),
    ] + quadrotors(steps: 2)
    + [false, true].map { lstm(.f64, steps: 4, features: 3, hidden: 2, batch: 3, hoisted: $0) }
    + [false, true].map { scalarChain(50, asLoop: $0) }
    + [false, true].map { layers(.f64, count: 4, width: 9, asLoop: $0) }

  /// The workload of a name.
  public static func named(_ name: String) -> Workload? { all.first { $0.name == name } }
}
