internal import TensorIR
internal import Transforms

extension TracedFunction {
  /// The function applied to tensors: inside a trace its operations become part of it, outside they are computed at
  /// once by the reference interpreter.
  ///
  /// - Returns: The output; poison if an argument's shape or dtype is not that of the parameter.
  public func callAsFunction(_ arguments: repeat each Input, file: String = #fileID, line: Int = #line) -> Output {
    let location = SourceLocation(file: file, line: line)
    let tensors = flatten(repeat each arguments)
    guard tensors.count == function.parameters.count else {
      let poison = Tensor.faulty(argumentCount(tensors.count), at: location)
      return output.mapTensors { _ in poison }
    }
    let operation = "'\(name)'"
    let literals: [DType?] = parameterTypes.map(\.dtype)
    let results = Tensor.recordAll(operation, tensors, literals: .each(literals), at: location) {
      (recorder, terms) throws(Diagnostic) in
      for (parameter, term) in zip(function.parameters, terms) where parameter.type != term.type {
        throw Diagnostic(mismatch(parameter, term.type))
      }
      return recorder.builder.terms(recorder.builder.inline(function, terms.map(\.value)))
    }
    let count = function.results.count
    return output.replacingTensors(
      results.count == count ? results : [Tensor](repeating: results.first ?? Tensor(0), count: count))
  }

  /// The function's value for tensors in memory, by the reference interpreter: plain and slow, and the meaning of every
  /// other way to compute it.
  ///
  /// - Throws: `Diagnostics` if an argument's shape or dtype is not that of the parameter, or it has no numbers.
  public func evaluate(_ arguments: repeat each Input) throws -> Output {
    let arrays = try concrete(flatten(repeat each arguments))
    do {
      let results = try Interpreter.evaluate(function, arrays.map(\.referenceTensor))
      return output.replacingTensors(try results.map { Tensor(.concrete(try NDArray(reference: $0))) })
    } catch {
      throw Diagnostics(wrapping: error)
    }
  }

  private func argumentCount(_ count: Int) -> String {
    "'\(name)' takes \(function.parameters.count) tensors, but the arguments hold \(count): a structure among them has"
      + " another form than the one that was traced"
  }

  /// Arguments as numbers that fit the parameters.
  private func concrete(_ tensors: [Tensor]) throws(Diagnostics) -> [NDArray] {
    guard tensors.count == function.parameters.count else {
      throw Diagnostics([Diagnostic(argumentCount(tensors.count))])
    }
    var arrays: [NDArray] = []
    var faults: [Diagnostic] = []
    for (parameter, tensor) in zip(function.parameters, tensors) {
      do {
        arrays.append(try tensor.argument(for: parameter.name, of: name, type: parameter.type))
      } catch {
        faults += error.all
      }
    }
    if !faults.isEmpty { throw Diagnostics(faults) }
    return arrays
  }

  private func mismatch(_ parameter: Function.Parameter, _ type: TensorType) -> String {
    "argument '\(parameter.name)' of '\(name)' must be \(parameter.type), not \(type)"
  }
}

extension Tensor {
  /// This tensor's numbers as an argument of a parameter.
  func argument(for parameter: String, of function: String, type: TensorType) throws(Diagnostics) -> NDArray {
    let fault: String
    switch storage {
    case .concrete(let array):
      if array.tensorType == type { return array }
      fault = "must be \(type), not \(array.tensorType)"
    case .literal(let literal):
      do {
        let scalar = try literal.adopting(type.dtype)
        if type.rank == 0 { return try NDArray(reference: ReferenceTensor(repeating: scalar, shape: .scalar)) }
        fault = "must be \(type), not a number"
      } catch {
        throw Diagnostics(wrapping: error)
      }
    case .traced(let trace, _):
      fault = "is a tensor of trace '\(trace.name)' and has no numbers; inside a trace call the traced function"
    case .placeholder:
      fault = "is a placeholder and has no numbers"
    case .poison(let poison): throw Diagnostics(poison.diagnostics)
    }
    throw Diagnostics([Diagnostic("argument '\(parameter)' of '\(function)' \(fault)")])
  }
}
