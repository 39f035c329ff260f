internal import Passes
internal import TensorIR
internal import TensorOps

/// A function of any number of tensors whose form is not known to the compiler: what is read from text, and what tools
/// work on.
public typealias ErasedFunction = TracedFunction<[Tensor], [Tensor]>

extension TracedFunction {
  /// The graph for Graphviz: boxes for parameters and operations, an edge for every operand.
  public var dot: String { function.dot }

  /// The same function of one array of tensors, in the order of ``parameterNames``, to another, in that of
  /// ``resultNames``.
  public var erased: ErasedFunction {
    ErasedFunction(
      function, inputs: flatten(repeat each inputs),
      output: function.results.map { .input($0.name, .f32) }, timings: timings)
  }

  /// The function after the passes that every compilation runs: constants folded, algebra applied, equal operations
  /// shared, dead ones dropped.
  ///
  /// - Throws: `Diagnostics` if a pass breaks a rule of the IR, which is a bug.
  public func simplified() throws -> TracedFunction<repeat each Input, Output> {
    try passed(through: Pipelines.standard)
  }

  /// The function after some passes, in the order of their names; the graph is checked after each.
  ///
  /// - Throws: `Diagnostics` if there is no pass of a name, see ``passNames()``, or one breaks a rule of the IR.
  public func applying(passes names: [String]) throws -> TracedFunction<repeat each Input, Output> {
    let passes = try names.map { name in
      guard let pass = Passes.named(name) else {
        throw Diagnostics([
          Diagnostic("there is no pass '\(name)'; there are \(Passes.all.map(\.name).joined(separator: ", "))")
        ])
      }
      return pass
    }
    return try passed(through: Pipeline(passes))
  }

  private func passed(through pipeline: Pipeline) throws -> TracedFunction<repeat each Input, Output> {
    var timings = timings
    let function = try timings.measure(.optimise) { try pipeline.run(self.function, verify: true) }
    return TracedFunction<repeat each Input, Output>(
      function, inputs: repeat each inputs, output: output, timings: timings)
  }
}

/// The names of all passes, each with what it does.
public func passNames() -> [(name: String, summary: String)] {
  Passes.all.map { (name: $0.name, summary: $0.summary) }
}

/// Reads a function from the text form of the tensor IR, as ``TracedFunction/tensorIR`` prints it.
///
/// - Parameters:
///   - text: One function.
///   - file: What diagnostics call the text.
/// - Throws: `Diagnostics` with everything that is wrong, each with its line.
public func parseFunction(_ text: String, file: String = "<text>") throws -> ErasedFunction {
  let function = try Function(
    parsing: text, file: file,
    ops: { (name, attributes) throws(Diagnostic) in try OpRegistry.make(name, attributes) })
  try function.verify()
  return ErasedFunction(
    function, inputs: function.parameters.map { .input($0.name, $0.type.dtype, $0.type.shape.extents) },
    output: function.results.map { .input($0.name, .f32) }, timings: Timings())
}
