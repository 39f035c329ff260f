internal import TensorIR
internal import Transforms

/// Which mode computes a Jacobian.
public enum JacobianMode: Sendable, Hashable {
  /// Whichever needs fewer passes.
  case automatic
  /// One pass for every element of the input.
  case forward
  /// One pass for every element of the output.
  case reverse
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
    return try jacobian([parameter], form: Tensor(0), mode, location)
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
    return try jacobian(numbers, form: form, mode, location)
  }

  private func jacobian<Selected: TensorStructure>(
    _ parameters: [Int], form: Selected, _ mode: JacobianMode, _ location: SourceLocation
  ) throws -> TracedFunction<repeat each Input, Selected> {
    try requireFloatingOutput("jacobian", location)
    return try transformed(output: form, at: location) { (f) throws(Diagnostics) in
      switch mode {
      case .automatic: try f.jacobian(wrt: parameters)
      case .forward: try f.jacobianForward(wrt: parameters)
      case .reverse: try f.jacobianReverse(wrt: parameters)
      }
    }
  }

  /// `x ↦ ∂²y/∂x²` of a scalar y, with `shape(x) + shape(x)`, forward over reverse.
  ///
  /// - Parameter input: The number of an input that is one floating tensor.
  /// - Throws: `Diagnostics` if y is no floating scalar or x has no derivative.
  public func hessian(
    wrt input: Int = 0, file: String = #fileID, line: Int = #line
  ) throws -> TracedFunction<repeat each Input, Tensor> {
    let location = SourceLocation(file: file, line: line)
    let parameter = try parameter(input, "hessian", location: location)
    return try transformed(output: Tensor(0), at: location) { (f) throws(Diagnostics) in
      try f.hessian(wrt: [parameter])
    }
  }
}
