internal import TensorIR
internal import Transforms

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
    let numbers = Array(function.parameters.indices)
    let (value, linear, timings) = try linearized(flatten(repeat each arguments), numbers, location)
    let map = TracedFunction<repeat each Input, Output>(
      linear, inputs: repeat each inputs, output: output, timings: timings)
    return (value, map)
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
    let (value, linear, timings) = try linearized(flatten(repeat each arguments), numbers, location)
    return (value, TracedFunction<Selected, Output>(linear, inputs: form, output: output, timings: timings))
  }

  private func linearized(
    _ arguments: [Tensor], _ numbers: [Int], _ location: SourceLocation
  ) throws -> (value: Output, linear: Function, timings: Timings) {
    try requireFloatingOutput("linearize", location)
    let point = try concrete(arguments).map(\.referenceTensor)
    var timings = timings
    let (values, linear) = try timings.measure(.transform) {
      try located(location) { try function.linearized(at: point, wrt: numbers) }
    }
    let value = output.replacingTensors(try values.map { Tensor(.concrete(try NDArray(reference: $0))) })
    return (value, linear, timings)
  }
}
