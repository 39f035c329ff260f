/// Which mode computes a Jacobian.
public enum JacobianMode: Sendable, Hashable {
  /// Whichever needs fewer passes.
  case automatic
  /// One pass for every element of the input.
  case forward
  /// One pass for every element of the output.
  case reverse

  fileprivate var transform: Graph.Transform {
    switch self {
    case .automatic: .jacobian
    case .forward: .jacobianForward
    case .reverse: .jacobianReverse
    }
  }
}

extension TracedFunction where Output == Tensor {
  /// `x ↦ ∂y/∂x` with `shape(∂y/∂x) = shape(y) + shape(x)` and the dtype of y.
  ///
  /// - Parameter input: The number of an input that is one floating tensor.
  /// - Throws: `Diagnostics` if x or y has no derivative.
  public func jacobian(
    wrt input: Int = 0, mode: JacobianMode = .automatic, file: String = #fileID, line: Int = #line
  ) throws -> TracedFunction<repeat each Input, Tensor> {
    let location = SourceLocation(file: file, line: line)
    let parameter = try parameter(input, "jacobian", location: location)
    try requireFloatingOutput("jacobian", location)
    return try transformed(mode.transform, [parameter], output: Tensor(0), location)
  }

  /// `x ↦ ∂y/∂x` for every tensor x of what the closure picks, in its form; `shape(∂y/∂x) = shape(y) + shape(x)`.
  ///
  /// - Throws: `Diagnostics` if y or what is picked has no derivative.
  public func jacobian<Selected: TensorStructure>(
    wrt select: (repeat each Input) -> Selected, mode: JacobianMode = .automatic, file: String = #fileID,
    line: Int = #line
  ) throws -> TracedFunction<repeat each Input, Selected> {
    let location = SourceLocation(file: file, line: line)
    let (numbers, form) = try selection(select, "jacobian", location: location)
    try requireFloatingOutput("jacobian", location)
    return try transformed(mode.transform, numbers, output: form, location)
  }
}

extension TracedFunction {
  /// `x ↦ ∂²f/∂x²` of a scalar function, with `shape(x) + shape(x)`, forward over reverse.
  ///
  /// - Parameter input: The number of an input that is one floating tensor.
  /// - Throws: `Diagnostics` if f's first result is no floating scalar, or x has no derivative.
  public func hessian(
    wrt input: Int = 0, file: String = #fileID, line: Int = #line
  ) throws -> TracedFunction<repeat each Input, Tensor> {
    let location = SourceLocation(file: file, line: line)
    let parameter = try parameter(input, "hessian", location: location)
    return try transformed(.hessian, [parameter], output: Tensor(0), location)
  }

  /// `x ↦ ∂²f/∂xᵢ∂xⱼ` of a scalar function for all tensors xᵢ, xⱼ of what the closure picks: the blocks of the Hessian,
  /// forward over reverse.
  ///
  /// Row i belongs to the i-th of the picked ``TensorStructure/tensors`` and has the form of what is picked:
  /// `hessian[i].weight` is `∂²f/∂xᵢ∂weight`, with `shape(xᵢ) + shape(weight)`.
  ///
  /// - Throws: `Diagnostics` if f's first result is no floating scalar, or what is picked has no derivative.
  public func hessian<Selected: TensorStructure>(
    wrt select: (repeat each Input) -> Selected, file: String = #fileID, line: Int = #line
  ) throws -> TracedFunction<repeat each Input, [Selected]> {
    let location = SourceLocation(file: file, line: line)
    let (numbers, form) = try selection(select, "hessian", location: location)
    return try transformed(.hessian, numbers, output: numbers.map { _ in form }, location)
  }

  /// `(x…, v) ↦ (∂f/∂x, ∂²f/∂x² · v)` of a scalar function, without forming the Hessian; `value` of the result is the
  /// gradient, `tangent` the product, both in the form of what the closure picks.
  ///
  /// - Throws: `Diagnostics` if f's first result is no floating scalar, or what is picked has no derivative.
  public func hvp<Selected: TensorStructure>(
    wrt select: (repeat each Input) -> Selected, file: String = #fileID, line: Int = #line
  ) throws -> TracedFunction<repeat each Input, Selected, ValueAndTangent<Selected>> {
    let location = SourceLocation(file: file, line: line)
    let (numbers, form) = try selection(select, "hvp", location: location)
    return TracedFunction<repeat each Input, Selected, ValueAndTangent<Selected>>(
      try located(location) { () throws(Diagnostics) in try graph.transformed(.hvp, wrt: numbers) },
      inputs: repeat each inputs, form, output: ValueAndTangent(value: form, tangent: form))
  }
}
