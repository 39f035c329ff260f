extension TracedFunction {
  /// The first-order approximation at a point, `f(x + ẋ) ≈ value + map(ẋ)`: the value `f(x)` and the linear map
  /// `ẋ ↦ ∂f/∂x · ẋ`, whose tangents have the form of the inputs.
  ///
  /// The value, and all that the map needs of the point, are computed once, by the reference interpreter; the map can
  /// be evaluated, compiled and transformed like any traced function.
  ///
  /// - Throws: `Diagnostics` if an argument does not fit its parameter, or an input or the output has no derivative.
  public func linearize(
    at arguments: repeat each Input, file: String = #fileID, line: Int = #line
  ) throws -> (value: Output, map: TracedFunction<repeat each Input, Output>) {
    let location = SourceLocation(file: file, line: line)
    let point = try inputForm.leaves(of: repeat each arguments, for: graph.name)
    let (value, map) = try linearized(point, Array(point.indices), location)
    return (value, TracedFunction<repeat each Input, Output>(map, inputs: repeat each inputs, output: output))
  }

  /// The first-order approximation at a point in the inputs that the closure picks, the others being fixed; the map's
  /// tangents have the form of what is picked.
  ///
  /// - Throws: `Diagnostics` if an argument does not fit its parameter, or what is picked or the output has no
  ///   derivative.
  public func linearize<Selected: TensorStructure>(
    at arguments: repeat each Input, wrt select: (repeat each Input) -> Selected, file: String = #fileID,
    line: Int = #line
  ) throws -> (value: Output, map: TracedFunction<Selected, Output>) {
    let location = SourceLocation(file: file, line: line)
    let (numbers, form) = try selection(select, "linearize", location: location)
    let point = try inputForm.leaves(of: repeat each arguments, for: graph.name)
    let (value, map) = try linearized(point, numbers, location)
    return (value, TracedFunction<Selected, Output>(map, inputs: form, output: output))
  }

  private func linearized(
    _ point: [Tensor], _ numbers: [Int], _ location: SourceLocation
  ) throws(Diagnostics) -> (value: Output, map: Graph) {
    try requireFloatingOutput("linearize", location)
    let point = try graph.arrays(point)
    let (values, map) = try located(location) { () throws(Diagnostics) in
      try graph.linearized(at: point, wrt: numbers)
    }
    return (output.replacingTensors(values.map { Tensor(.concrete($0)) }), map)
  }
}
