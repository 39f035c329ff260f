internal import TensorIR

/// A program made of a Swift closure: a ``Graph``, and the Swift types of what goes in and comes out.
///
/// What does not depend on these types is the graph's, and can be asked of the function as well: `f.parameters`,
/// `f.operationCount`, `f.timings`. A traced function is differentiated, vectorised, called, evaluated, and compiled.
/// Immutable and `Sendable`.
@dynamicMemberLookup
public struct TracedFunction<each Input: TensorStructure, Output: TensorStructure>: Sendable {
  /// The function without its Swift types: its parameters are the inputs' tensors, its results those of the output.
  public let graph: Graph
  /// The inputs the function was traced with; their form is that of arguments.
  let inputs: (repeat each Input)
  /// The form of results.
  let output: Output

  init(_ graph: Graph, inputs: repeat each Input, output: Output) {
    self.graph = graph
    self.inputs = (repeat each inputs)
    self.output = output
  }

  /// What the graph tells of itself.
  public subscript<Value>(dynamicMember member: KeyPath<Graph, Value>) -> Value { graph[keyPath: member] }
}

extension TracedFunction: CustomStringConvertible {
  /// The graph as text: the tensor IR.
  public var description: String { graph.description }
}

extension TracedFunction {
  /// The function applied to tensors: inside a trace its operations become part of it, outside they are computed at
  /// once by the reference interpreter.
  ///
  /// - Returns: The output; poison if an argument's shape or dtype is not that of the parameter.
  public func callAsFunction(_ arguments: repeat each Input, file: String = #fileID, line: Int = #line) -> Output {
    do {
      let tensors = try inputForm.leaves(of: repeat each arguments, for: graph.name)
      return output.replacingTensors(graph(tensors, file: file, line: line))
    } catch {
      let location = SourceLocation(file: file, line: line)
      let poison = Tensor.faulty(error.all.first?.message ?? "", at: location)
      return output.mapTensors { _ in poison }
    }
  }

  /// The function's value for tensors in memory, by the reference interpreter: plain and slow, and the meaning of every
  /// other way to compute it.
  ///
  /// - Throws: `Diagnostics` if an argument's shape or dtype is not that of the parameter, or it has no numbers.
  public func evaluate(_ arguments: repeat each Input) throws -> Output {
    let tensors = try inputForm.leaves(of: repeat each arguments, for: graph.name)
    return output.replacingTensors(try graph.evaluate(graph.arrays(tensors)).map { Tensor(.concrete($0)) })
  }
}

extension TracedFunction {
  /// What arguments must look like.
  var inputForm: InputForm {
    var form = InputForm()
    for input in repeat each inputs { form.add(input) }
    return form
  }

  /// The inputs with every tensor replaced by its number among the parameters.
  func numberedInputs() -> (repeat each Input) {
    var next = 0
    return (repeat (each inputs).numbered(from: &next))
  }

  /// What a selection picks of the inputs: the numbers of its parameters, and its form.
  func selection<Selected: TensorStructure>(
    _ select: (repeat each Input) -> Selected, _ operation: String, location: SourceLocation
  ) throws(Diagnostics) -> (numbers: [Int], form: Selected) {
    let form = select(repeat each numberedInputs())
    let parameters = graph.function.parameters
    var numbers: [Int] = []
    for tensor in form.tensors {
      guard let number = tensor.number, parameters.indices.contains(number) else {
        throw Diagnostics([
          Diagnostic("\(operation): the closure must give back inputs or fields of them, not compute", at: location)
        ])
      }
      numbers.append(number)
    }
    try requireFloating(numbers, operation, location: location)
    var examples: [Tensor] = []
    for input in repeat each inputs { examples += input.tensors }
    return (numbers, form.replacingTensors(numbers.map { examples[$0] }))
  }

  /// The parameter that input `index`, one tensor, is.
  func parameter(_ index: Int, _ operation: String, location: SourceLocation) throws(Diagnostics) -> Int {
    let counts = inputForm.tensorCounts
    guard counts.indices.contains(index) else {
      throw Diagnostics([
        Diagnostic("\(operation): '\(graph.name)' has no input \(index), only \(counts.count)", at: location)
      ])
    }
    guard counts[index] == 1 else {
      throw Diagnostics([
        Diagnostic(
          "\(operation): input \(index) of '\(graph.name)' is a structure of \(counts[index]) tensors; pick it with a"
            + " closure, as in wrt: { w, x in w }", at: location)
      ])
    }
    let parameter = counts[..<index].reduce(0, +)
    try requireFloating([parameter], operation, location: location)
    return parameter
  }

  private func requireFloating(
    _ parameters: [Int], _ operation: String, location: SourceLocation
  ) throws(Diagnostics) {
    let faults = parameters.map { graph.function.parameters[$0] }.filter { !$0.type.dtype.isFloating }
    if faults.isEmpty { return }
    throw Diagnostics(
      faults.map {
        Diagnostic(
          "\(operation): '\($0.name)' of type \($0.type) has no derivative; pick floating inputs", at: location)
      })
  }
}
