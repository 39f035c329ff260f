internal import TensorIR
internal import TensorOps

/// A program as a graph of operations on arrays: what a closure was traced to, and what a file of tensor IR says.
///
/// Parameters and results are arrays with names. A graph is transformed, computed, compiled and written as C; a
/// ``TracedFunction`` is a graph with the Swift types of what goes in and comes out. Immutable and `Sendable`.
public struct Graph: Sendable, Hashable {
  let function: Function
  /// How long each phase took that made this graph.
  public internal(set) var timings: Timings

  init(_ function: Function, timings: Timings = Timings()) {
    self.function = function
    self.timings = timings
  }

  /// Structural equality: names of parameters and results count, timings and the graph's own name do not.
  public static func == (a: Graph, b: Graph) -> Bool { a.function == b.function }

  /// Hashes what equality compares.
  public func hash(into hasher: inout Hasher) { function.hash(into: &hasher) }
}

extension Graph {
  /// The main function of a text of tensor IR, its first one; ``description`` writes such text.
  ///
  /// - Parameters:
  ///   - text: One function or several, see `docs/tensor-ir.md`.
  ///   - file: What diagnostics call the text.
  /// - Throws: `Diagnostics` with everything that is wrong in the text, each with `file` and its line.
  public init(parsing text: String, file: String = "<text>") throws(Diagnostics) {
    guard let first = try Graph.all(in: text, file: file).first else {
      throw Diagnostics([Diagnostic("there is no function", at: SourceLocation(file: file, line: 1))])
    }
    self = first
  }

  /// Every function of a text of tensor IR, in order.
  ///
  /// - Throws: `Diagnostics` with everything that is wrong in the text, each with `file` and its line.
  public static func all(in text: String, file: String = "<text>") throws(Diagnostics) -> [Graph] {
    try Module(parsing: text, file: file, ops: OpRegistry.make).functions.map { Graph($0) }
  }
}

extension Graph {
  /// A parameter or a result.
  public struct Port: Sendable, Hashable {
    /// Its name, unique among the parameters or the results.
    public let name: String
    /// Its dtype and shape.
    public let type: TensorType
  }

  /// The name of the function, from which those of C functions are made.
  public var name: String { function.name }

  /// What goes in, in order.
  public var parameters: [Port] { function.parameters.map { Port(name: $0.name, type: $0.type) } }

  /// What comes out, in order.
  public var results: [Port] { zip(function.results, function.resultTypes).map { Port(name: $0.name, type: $1) } }

  /// The number of operations.
  public var operationCount: Int { function.instructions.count }

  /// The function as a picture in Graphviz' language: boxes for parameters and operations, an edge for every operand.
  public var dot: String { function.dot }
}

extension Graph: CustomStringConvertible {
  /// The text of the function, which ``init(parsing:file:)`` reads again.
  public var description: String { function.description }
}
