extension CompiledGraph {
  /// The function's value.
  ///
  /// - Parameter inputs: One array for every parameter, in order.
  /// - Throws: `Diagnostics` if the number of inputs, a shape or a dtype does not fit, or there is no memory for the
  ///   results.
  public func callAsFunction(_ inputs: [NDArray]) throws(Diagnostics) -> [NDArray] {
    var results = try makeResults()
    try call(inputs: inputs, into: &results)
    return results
  }

  /// Arrays for the results, their elements still to be written.
  ///
  /// - Throws: `Diagnostics` if there is no memory.
  public func makeResults() throws(Diagnostics) -> [NDArray] {
    var arrays: [NDArray] = []
    for result in results {
      do {
        arrays.append(try NDArray(uninitialized: result.type))
      } catch {
        throw Diagnostics(wrapping: error)
      }
    }
    return arrays
  }

  /// The function's value written into arrays that are there already. Allocates nothing, unless a result array is
  /// shared.
  ///
  /// - Parameters:
  ///   - inputs: One array for every parameter, in order.
  ///   - results: One array for every result, in order; overwritten.
  /// - Throws: `Diagnostics` if the number, a shape or a dtype does not fit.
  public func call(inputs: [NDArray], into results: inout [NDArray]) throws(Diagnostics) {
    try check(inputs, parameters, "parameter")
    try check(results, self.results, "result")
    run { buffers in
      for index in inputs.indices { buffers[index] = UnsafeMutableRawPointer(mutating: inputs[index].address) }
      for index in results.indices { buffers[inputs.count + index] = results[index].mutableAddress() }
    }
  }

  /// The function's value for memory of the caller: no checks, no allocation. For callers that have checked once what
  /// they call often.
  ///
  /// - Parameters:
  ///   - inputs: The address of the row-major elements of every parameter.
  ///   - results: The address to write the elements of every result to; no two overlap, nor do they overlap inputs.
  public func callUnchecked(
    inputs: UnsafePointer<UnsafeRawPointer>, results: UnsafePointer<UnsafeMutableRawPointer>
  ) {
    let (parameterCount, resultCount) = (parameters.count, self.results.count)
    run { buffers in
      for index in 0..<parameterCount { buffers[index] = UnsafeMutableRawPointer(mutating: inputs[index]) }
      for index in 0..<resultCount { buffers[parameterCount + index] = results[index] }
    }
  }

  /// That arrays are of the types of parameters or results.
  private func check(_ arrays: [NDArray], _ expected: [Graph.Port], _ role: String) throws(Diagnostics) {
    guard arrays.count == expected.count else {
      throw Diagnostics([Diagnostic("'\(name)' has \(expected.count) \(role)s, not \(arrays.count)")])
    }
    for index in arrays.indices where arrays[index].tensorType != expected[index].type {
      throw Diagnostics([
        Diagnostic(
          "\(role) '\(expected[index].name)' of '\(name)' must be \(expected[index].type), not"
            + " \(arrays[index].tensorType)")
      ])
    }
  }
}
