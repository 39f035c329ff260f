internal import TensorIR

/// A program made of a Swift closure: typed parameters, a typed result, and in between the graph that ``trace`` found.
///
/// It can be differentiated, vectorised, called, evaluated, printed, and compiled. Immutable and `Sendable`.
public struct TracedFunction<each Input: TensorStructure, Output: TensorStructure>: Sendable {
  /// The graph; its parameters are the inputs' tensors, its results those of the output.
  let function: Function
  /// The inputs the function was traced with; their form is that of arguments.
  let inputs: (repeat each Input)
  /// The form of results.
  let output: Output
  /// How long each phase took that made this function.
  public internal(set) var timings: Timings

  init(_ function: Function, inputs: repeat each Input, output: Output, timings: Timings) {
    self.function = function
    self.inputs = (repeat each inputs)
    self.output = output
    self.timings = timings
  }
}

extension TracedFunction: CustomStringConvertible {
  /// The graph as text: the tensor IR.
  public var description: String { tensorIR }
}

extension TracedFunction {
  /// The function's name.
  public var name: String { function.name }

  /// The names of the parameters, one for every tensor of the inputs.
  public var parameterNames: [String] { function.parameters.map(\.name) }

  /// The types of the parameters.
  public var parameterTypes: [TensorType] { function.parameterTypes }

  /// The names of the results, one for every tensor of the output.
  public var resultNames: [String] { function.results.map(\.name) }

  /// The types of the results.
  public var resultTypes: [TensorType] { function.resultTypes }

  /// The number of operations in the graph.
  public var operationCount: Int { function.instructions.count }

  /// The graph as text: the tensor IR.
  public var tensorIR: String { function.description }

  /// The tensors of arguments in the order of parameters.
  func flatten(_ arguments: repeat each Input) -> [Tensor] {
    var leaves: [Tensor] = []
    for argument in repeat each arguments { leaves += argument.tensors }
    return leaves
  }

  /// How many tensors every input has.
  var inputTensorCounts: [Int] {
    var counts: [Int] = []
    for input in repeat each inputs { counts.append(input.tensors.count) }
    return counts
  }

  /// The inputs with every tensor replaced by its number among the parameters.
  private func numberedInputs() -> (repeat each Input) {
    var next = 0
    func numbered<Structure: TensorStructure>(_ structure: Structure) -> Structure {
      structure.mapTensors { _ in
        defer { next += 1 }
        return Tensor(next)
      }
    }
    return (repeat numbered(each inputs))
  }

  /// What a selection picks of the inputs: the numbers of its parameters, and its form.
  func selection<Selected: TensorStructure>(
    _ select: (repeat each Input) -> Selected, _ operation: String, location: SourceLocation
  ) throws(Diagnostics) -> (numbers: [Int], form: Selected) {
    let form = select(repeat each numberedInputs())
    var numbers: [Int] = []
    for tensor in form.tensors {
      guard case .literal(.integer(let number)) = tensor.storage, function.parameters.indices.contains(Int(number))
      else {
        throw Diagnostics([
          Diagnostic("\(operation): the closure must give back inputs or fields of them, not compute", at: location)
        ])
      }
      numbers.append(Int(number))
    }
    try requireFloating(numbers, operation, location: location)
    let examples = flatten(repeat each inputs)
    return (numbers, form.replacingTensors(numbers.map { examples[$0] }))
  }

  /// The parameter that input `index`, one tensor, is.
  func parameter(_ index: Int, _ operation: String, location: SourceLocation) throws(Diagnostics) -> Int {
    let counts = inputTensorCounts
    guard counts.indices.contains(index) else {
      throw Diagnostics([
        Diagnostic("\(operation): '\(name)' has no input \(index), only \(counts.count)", at: location)
      ])
    }
    guard counts[index] == 1 else {
      throw Diagnostics([
        Diagnostic(
          "\(operation): input \(index) of '\(name)' is a structure of \(counts[index]) tensors; pick it with a closure,"
            + " as in wrt: { w, x in w }", at: location)
      ])
    }
    let parameter = counts[..<index].reduce(0, +)
    try requireFloating([parameter], operation, location: location)
    return parameter
  }

  private func requireFloating(
    _ parameters: [Int], _ operation: String, location: SourceLocation
  ) throws(Diagnostics) {
    let faults = parameters.map { function.parameters[$0] }.filter { !$0.type.dtype.isFloating }
    if faults.isEmpty { return }
    throw Diagnostics(
      faults.map {
        Diagnostic("\(operation): '\($0.name)' of type \($0.type) has no derivative; pick floating inputs", at: location)
      })
  }
}
