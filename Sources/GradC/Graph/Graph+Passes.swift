internal import Passes
internal import TensorIR

extension Graph {
  /// A pass over graphs: what it is called, and what it does in a line.
  public struct PassInfo: Sendable, Hashable {
    /// The name by which it is asked for.
    public let name: String
    /// What it does.
    public let summary: String
  }

  /// What a pass did.
  public struct PassReport: Sendable {
    /// The pass.
    public let pass: PassInfo
    /// The graph after it.
    public let graph: Graph
    /// How long it took.
    public let duration: Duration
    /// Whether it changed anything.
    public let isChanged: Bool
  }

  /// Every pass there is.
  public static var passes: [PassInfo] { Passes.all.map { PassInfo(name: $0.name, summary: $0.summary) } }

  /// The passes that ``optimised()`` and every compilation run, in order.
  public static var standardPasses: [PassInfo] {
    Pipelines.standard.passes.map { PassInfo(name: $0.name, summary: $0.summary) }
  }

  /// Runs passes in order. The graph is verified after each that changed something.
  ///
  /// - Returns: A report for every pass.
  /// - Throws: `Diagnostics` if a pass is not known or breaks the graph.
  public func running(passes names: [String]) throws(Diagnostics) -> [PassReport] {
    var passes: [Pass] = []
    for name in names {
      guard let pass = Passes.named(name) else {
        let known = Passes.all.map(\.name).joined(separator: ", ")
        throw Diagnostics([Diagnostic("there is no pass '\(name)'; passes are \(known)")])
      }
      passes.append(pass)
    }
    var reports: [PassReport] = []
    _ = try Pipeline(passes).run(function, verify: true) { event in
      reports.append(
        PassReport(
          pass: PassInfo(name: event.pass.name, summary: event.pass.summary),
          graph: Graph(event.function, timings: timings), duration: event.duration, isChanged: event.isChanged))
    }
    return reports
  }

  /// The graph as it is when it is compiled: simplified.
  ///
  /// - Throws: `Diagnostics` if a pass breaks the graph, which is a bug of GradC.
  public func optimised() throws(Diagnostics) -> Graph {
    var timings = timings
    let function = try timings.measure(.optimise) { () throws(Diagnostics) in
      try Pipelines.standard.run(self.function)
    }
    return Graph(function, timings: timings)
  }
}
