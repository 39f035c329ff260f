/// Machine code of a traced function: a ``CompiledGraph``, and the Swift types of what goes in and comes out. Calls may
/// run on any number of threads at once.
///
/// What does not depend on these types is the graph's, and can be asked of the function as well: `f.kernels`,
/// `f.arenaByteCount`, `f.timings`.
@dynamicMemberLookup
public struct CompiledFunction<each Input: TensorStructure, Output: TensorStructure>: Sendable {
  /// The code without the Swift types, to be called with arrays.
  public let graph: CompiledGraph
  private let inputForm: InputForm
  private let output: Output

  init(_ graph: CompiledGraph, inputForm: InputForm, output: Output) {
    self.graph = graph
    self.inputForm = inputForm
    self.output = output
  }

  /// What the compiled graph tells of itself.
  public subscript<Value>(dynamicMember member: KeyPath<CompiledGraph, Value>) -> Value { graph[keyPath: member] }

  /// The function's value: arguments in the form in which the function was traced, results in memory.
  ///
  /// - Throws: `Diagnostics` if an argument's shape or dtype is not that of the parameter, or it has no numbers.
  public func callAsFunction(_ arguments: repeat each Input) throws -> Output {
    let tensors = try inputForm.leaves(of: repeat each arguments, for: graph.name)
    let arrays = try Graph.arrays(tensors, for: graph.parameters, of: graph.name)
    return output.replacingTensors(try graph(arrays).map { Tensor(.concrete($0)) })
  }
}
