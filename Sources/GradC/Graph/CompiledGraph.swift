/// Machine code of a graph. Calls may run on any number of threads at once.
public struct CompiledGraph: Sendable {
  let program: CompiledProgram
}

extension Graph {
  /// Compiles the graph to machine code inside this process.
  ///
  /// - Parameter contraction: Whether products that are added are rounded on their own.
  /// - Throws: `Diagnostics` if an operation can't be compiled.
  public func compile(contraction: Contraction = .fused) throws(Diagnostics) -> CompiledGraph {
    CompiledGraph(program: try CompiledProgram(function, contraction: contraction, timings: timings))
  }
}

extension CompiledGraph {
  /// The function's value.
  ///
  /// - Parameter inputs: One array for every parameter, in order.
  /// - Throws: `Diagnostics` if the number of inputs, a shape or a dtype does not fit, or there is no memory for the
  ///   results.
  public func callAsFunction(_ inputs: [NDArray]) throws(Diagnostics) -> [NDArray] {
    var results = try makeResults()
    try call(inputs, into: &results)
    return results
  }

  /// Arrays for the results, their elements still to be written.
  ///
  /// - Throws: `Diagnostics` if there is no memory.
  public func makeResults() throws(Diagnostics) -> [NDArray] {
    var results: [NDArray] = []
    for result in program.results {
      do {
        results.append(try NDArray(uninitialized: result.type))
      } catch {
        throw Diagnostics(wrapping: error)
      }
    }
    return results
  }

  /// The function's value written into arrays that are there already. Allocates nothing, unless a result array is
  /// shared.
  ///
  /// - Parameters:
  ///   - inputs: One array for every parameter, in order.
  ///   - results: One array for every result, in order; overwritten.
  /// - Throws: `Diagnostics` if the number, a shape or a dtype does not fit.
  public func call(_ inputs: [NDArray], into results: inout [NDArray]) throws(Diagnostics) {
    try program.check(inputs, program.parameters, "parameter")
    try program.check(results, program.results, "result")
    program.run(inputs, &results)
  }

  /// The simplified graph the code was made from.
  public var graph: Graph { Graph(program.function, timings: program.timings) }

  /// The kernels the code was made from.
  public var kernels: KernelProgram { KernelProgram(program: program.program, timings: program.timings) }

  /// The C the machine code was compiled from.
  public var cSource: String { String(decoding: program.source.source, as: UTF8.self) }

  /// Bytes of temporary memory that one call needs, known before it runs.
  public var arenaByteCount: Int { program.arenaByteCount }

  /// Bytes of machine code.
  public var codeByteCount: Int { program.codeByteCount }

  /// How long each phase took that made this code.
  public var timings: Timings { program.timings }
}

extension CompiledFunction {
  /// The code without the Swift types of arguments.
  public var graph: CompiledGraph { CompiledGraph(program: program) }
}
