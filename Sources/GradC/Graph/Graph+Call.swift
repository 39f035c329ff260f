internal import TensorIR

extension Graph {
  /// The function's value, by the reference interpreter: plain and slow, and the meaning of every other way to compute
  /// it.
  ///
  /// - Parameter inputs: One array for every parameter, in order.
  /// - Throws: `Diagnostics` if the number of inputs, a shape or a dtype does not fit.
  public func evaluate(_ inputs: [NDArray]) throws(Diagnostics) -> [NDArray] {
    do {
      try function.requireMemory()
      return try Interpreter.evaluate(function, inputs.map(\.referenceTensor)).map { try NDArray(reference: $0) }
    } catch {
      throw Diagnostics(wrapping: error)
    }
  }

  /// The function applied to tensors: inside a trace its operations become part of it, outside they are computed at
  /// once by the reference interpreter.
  ///
  /// - Parameter arguments: One tensor for every parameter, in order; a number stands for a scalar of any dtype.
  /// - Returns: One tensor for every result; all poison if the number of arguments, a shape or a dtype does not fit.
  public func callAsFunction(_ arguments: [Tensor], file: String = #fileID, line: Int = #line) -> [Tensor] {
    let location = SourceLocation(file: file, line: line)
    guard arguments.count == function.parameters.count else {
      let poison = Tensor.faulty(
        "'\(name)' takes \(function.parameters.count) tensors, not \(arguments.count)", at: location)
      return function.results.map { _ in poison }
    }
    let literals: [DType?] = function.parameterTypes.map(\.dtype)
    let results = Tensor.recordAll("'\(name)'", arguments, literals: .each(literals), at: location) {
      (recorder, terms) throws(Diagnostic) in
      for (parameter, term) in zip(function.parameters, terms) where parameter.type != term.type {
        throw Diagnostic("argument '\(parameter.name)' of '\(name)' must be \(parameter.type), not \(term.type)")
      }
      return recorder.builder.terms(recorder.builder.inline(function, terms.map(\.value)))
    }
    let count = function.results.count
    return results.count == count ? results : [Tensor](repeating: results.first ?? Tensor(0), count: count)
  }

  /// Arguments as numbers that fit the parameters.
  ///
  /// - Throws: `Diagnostics` for every argument whose shape or dtype is not that of its parameter or that has no
  ///   numbers.
  func arrays(_ tensors: [Tensor]) throws(Diagnostics) -> [NDArray] {
    try Graph.arrays(tensors, for: parameters, of: name)
  }

  static func arrays(_ tensors: [Tensor], for parameters: [Port], of name: String) throws(Diagnostics) -> [NDArray] {
    var arrays: [NDArray] = []
    arrays.reserveCapacity(tensors.count)
    var faults: [Diagnostic] = []
    for (parameter, tensor) in zip(parameters, tensors) {
      do {
        arrays.append(try tensor.argument(for: parameter.name, of: name, type: parameter.type))
      } catch {
        faults += error.all
      }
    }
    if !faults.isEmpty { throw Diagnostics(faults) }
    return arrays
  }
}

extension Tensor {
  /// This tensor's numbers as an argument of a parameter.
  fileprivate func argument(
    for parameter: String, of function: String, type: TensorType
  ) throws(Diagnostics) -> NDArray {
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

extension Function {
  /// Throws if there is no memory for the largest value while the reference interpreter runs, as Swift's arrays end the
  /// process then.
  func requireMemory() throws(Diagnostic) {
    guard let largest = types.max(by: { $0.elementCount < $1.elementCount }), largest.elementCount > 1 << 24 else {
      return
    }
    // An operand, the result, and the result as an array.
    let (byteCount, overflow) = largest.elementCount.multipliedReportingOverflow(by: 24)
    if overflow || NDArrayStorage(byteCount: byteCount) == nil {
      throw Diagnostic("'\(name)': there is no memory for a value of type \(largest)")
    }
  }
}
