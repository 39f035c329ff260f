/// That an input of a function becomes a part of its output in place, tensor by tensor; see
/// ``TracedFunction/compile(_:contraction:memoryBound:updating:file:line:)``.
public struct Update: Sendable {
  fileprivate let parameters: [Tensor]
  fileprivate let results: [Tensor]

  /// The tensors of `input` become those of `result`.
  ///
  /// - Parameters:
  ///   - input: An input of the function, or a field of one.
  ///   - result: The output of the function, or a field of it.
  public init<Structure: TensorStructure>(_ input: Structure, to result: Structure) {
    (parameters, results) = (input.tensors, result.tensors)
  }
}

extension TracedFunction {
  /// Compiles the function to machine code inside this process.
  ///
  /// - Parameters:
  ///   - tier: By which code the function is to run.
  ///   - contraction: Whether products that are added are rounded on their own.
  ///   - memoryBound: The most bytes that intermediate values may take; see ``Graph/compile(_:updating:contraction:memoryBound:)``.
  /// - Throws: `Diagnostics` if an operation can't be compiled, intermediate values do not fit the bound, or with
  ///   ``Tier/tier1`` there is no C compiler that works.
  public func compile(
    _ tier: Tier = .standard, contraction: Contraction = .fused, memoryBound: Int? = nil
  ) throws -> CompiledFunction<repeat each Input, Output> {
    try compiled(tier, [:], contraction, memoryBound)
  }

  /// Compiles the function so that inputs become parts of the output in place, as weights do in training:
  ///
  /// ```swift
  /// let compiled = try step.compile { result, network, state, _, _ in
  ///   [Update(network, to: result.network), Update(state, to: result.state)]
  /// }
  /// ```
  ///
  /// Such calls are made with arrays, by ``CompiledGraph/call(updating:inputs:into:)`` of `graph`. A call with structures
  /// gives what it gives without updates, to the bit.
  ///
  /// - Parameters:
  ///   - tier: By which code the function is to run.
  ///   - contraction: Whether products that are added are rounded on their own.
  ///   - memoryBound: The most bytes that intermediate values may take; see ``Graph/compile(_:updating:contraction:memoryBound:)``.
  ///   - select: Picks, of the output and the inputs, what becomes what.
  /// - Throws: `Diagnostics` if an operation can't be compiled, the closure gives back what is no input or no part of the
  ///   output, or what is paired differs in number, shape or dtype.
  public func compile(
    _ tier: Tier = .standard, contraction: Contraction = .fused, memoryBound: Int? = nil,
    updating select: (Output, repeat each Input) -> [Update],
    file: String = #fileID, line: Int = #line
  ) throws -> CompiledFunction<repeat each Input, Output> {
    let location = SourceLocation(file: file, line: line)
    func fault(_ why: String) -> Diagnostics { Diagnostics([Diagnostic("updating: \(why)", at: location)]) }
    var next = 0
    let updates = select(output.numbered(from: &next), repeat each numberedInputs())
    var positions: [Int: Int] = [:]
    let (parameters, results) = (graph.parameters, graph.results)
    for update in updates {
      guard update.parameters.count == update.results.count else {
        throw fault("\(update.parameters.count) tensors can't become \(update.results.count)")
      }
      for (tensor, replacement) in zip(update.parameters, update.results) {
        guard let parameter = tensor.number, let result = replacement.number, parameters.indices.contains(parameter),
          results.indices.contains(result)
        else { throw fault("the closure must pair inputs with parts of the output, not compute") }
        let (old, new) = (parameters[parameter], results[result])
        if old.type != new.type {
          throw fault("parameter '\(old.name)' is \(old.type), but result '\(new.name)' is \(new.type)")
        }
        if positions[parameter] != nil || positions.values.contains(result) {
          throw fault("parameter '\(old.name)' or result '\(new.name)' is named twice")
        }
        positions[parameter] = result
      }
    }
    return try compiled(tier, positions, contraction, memoryBound)
  }

  private func compiled(
    _ tier: Tier, _ updates: [Int: Int], _ contraction: Contraction, _ memoryBound: Int?
  ) throws(Diagnostics) -> CompiledFunction<repeat each Input, Output> {
    CompiledFunction<repeat each Input, Output>(
      try graph.compile(tier, updating: updates, contraction: contraction, memoryBound: memoryBound),
      inputForm: inputForm, output: output)
  }
}
