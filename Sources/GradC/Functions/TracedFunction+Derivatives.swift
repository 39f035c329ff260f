internal import TensorIR
internal import Transforms

// Every derivative is a traced function again: it can be differentiated once more, vectorised and compiled.
//
// What to differentiate by is picked in two ways: by the number of an input that is one tensor, or by a closure that
// gives back inputs or fields of them, `wrt: { w, x in w }`, whose form the derivative then has.

extension TracedFunction {
  /// `x ↦ ∂f/∂x`: the gradient of a scalar function, with x's shape.
  ///
  /// - Parameter input: The number of an input that is one floating tensor.
  /// - Throws: `Diagnostics` if f's first result is no floating scalar, or x has no derivative.
  public func grad(
    wrt input: Int = 0, file: String = #fileID, line: Int = #line
  ) throws -> TracedFunction<repeat each Input, Tensor> {
    let location = SourceLocation(file: file, line: line)
    let parameter = try parameter(input, "grad", location: location)
    return try gradient([parameter], form: Tensor(0), location)
  }

  /// `x ↦ ∂f/∂x`: the gradient of a scalar function, in the form of what the closure picks.
  ///
  /// - Throws: `Diagnostics` if f's first result is no floating scalar, or what is picked has no derivative.
  public func grad<Selected: TensorStructure>(
    wrt select: (repeat each Input) -> Selected, file: String = #fileID, line: Int = #line
  ) throws -> TracedFunction<repeat each Input, Selected> {
    let location = SourceLocation(file: file, line: line)
    let (numbers, form) = try selection(select, "grad", location: location)
    return try gradient(numbers, form: form, location)
  }

  /// `x ↦ (f(x), ∂f/∂x)`.
  ///
  /// - Parameter input: The number of an input that is one floating tensor.
  /// - Throws: `Diagnostics` if f's first result is no floating scalar, or x has no derivative.
  public func valueAndGrad(
    wrt input: Int = 0, file: String = #fileID, line: Int = #line
  ) throws -> TracedFunction<repeat each Input, ValueAndGradient<Output, Tensor>> {
    let location = SourceLocation(file: file, line: line)
    let parameter = try parameter(input, "valueAndGrad", location: location)
    return try valueAndGradient([parameter], form: Tensor(0), location)
  }

  /// `x ↦ (f(x), ∂f/∂x)`, the gradient in the form of what the closure picks.
  ///
  /// - Throws: `Diagnostics` if f's first result is no floating scalar, or what is picked has no derivative.
  public func valueAndGrad<Selected: TensorStructure>(
    wrt select: (repeat each Input) -> Selected, file: String = #fileID, line: Int = #line
  ) throws -> TracedFunction<repeat each Input, ValueAndGradient<Output, Selected>> {
    let location = SourceLocation(file: file, line: line)
    let (numbers, form) = try selection(select, "valueAndGrad", location: location)
    return try valueAndGradient(numbers, form: form, location)
  }

  private func gradient<Selected: TensorStructure>(
    _ parameters: [Int], form: Selected, _ location: SourceLocation
  ) throws -> TracedFunction<repeat each Input, Selected> {
    try transformed(output: form, at: location) { (f) throws(Diagnostics) in try f.grad(wrt: parameters) }
  }

  private func valueAndGradient<Selected: TensorStructure>(
    _ parameters: [Int], form: Selected, _ location: SourceLocation
  ) throws -> TracedFunction<repeat each Input, ValueAndGradient<Output, Selected>> {
    try transformed(output: ValueAndGradient(value: output, gradient: form), at: location) {
      (f) throws(Diagnostics) in try f.valueAndGrad(wrt: parameters)
    }
  }

  /// Forward mode: `(x…, ẋ) ↦ (f(x), ∂f/∂x · ẋ)`, ẋ in the form of what the closure picks.
  ///
  /// - Throws: `Diagnostics` if what is picked, or a tensor of the output, has no derivative.
  public func jvp<Selected: TensorStructure>(
    wrt select: (repeat each Input) -> Selected, file: String = #fileID, line: Int = #line
  ) throws -> TracedFunction<repeat each Input, Selected, ValueAndTangent<Output>> {
    let location = SourceLocation(file: file, line: line)
    let (numbers, form) = try selection(select, "jvp", location: location)
    try requireFloatingOutput("jvp", location)
    var timings = timings
    let function = try timings.measure(.transform) { try located(location) { try self.function.jvp(wrt: numbers) } }
    return TracedFunction<repeat each Input, Selected, ValueAndTangent<Output>>(
      function, inputs: repeat each inputs, form, output: ValueAndTangent(value: output, tangent: output),
      timings: timings)
  }

  /// Reverse mode: `(x…, ȳ) ↦ (f(x), (∂f/∂x)ᵀ ȳ)`, ȳ in the form of the output, the cotangent in the form of what the
  /// closure picks.
  ///
  /// - Throws: `Diagnostics` if what is picked, or a tensor of the output, has no derivative.
  public func vjp<Selected: TensorStructure>(
    wrt select: (repeat each Input) -> Selected, file: String = #fileID, line: Int = #line
  ) throws -> TracedFunction<repeat each Input, Output, ValueAndCotangent<Output, Selected>> {
    let location = SourceLocation(file: file, line: line)
    let (numbers, form) = try selection(select, "vjp", location: location)
    try requireFloatingOutput("vjp", location)
    var timings = timings
    let function = try timings.measure(.transform) { try located(location) { try self.function.vjp(wrt: numbers) } }
    let cotangents = output.replacingTensors(
      zip(self.function.results, resultTypes).map { .input($0.name, $1.dtype, $1.shape.extents) })
    return TracedFunction<repeat each Input, Output, ValueAndCotangent<Output, Selected>>(
      function, inputs: repeat each inputs, cotangents, output: ValueAndCotangent(value: output, cotangent: form),
      timings: timings)
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
    var timings = timings
    let function = try timings.measure(.transform) { try located(location) { try self.function.hvp(wrt: numbers) } }
    return TracedFunction<repeat each Input, Selected, ValueAndTangent<Selected>>(
      function, inputs: repeat each inputs, form, output: ValueAndTangent(value: form, tangent: form),
      timings: timings)
  }
}

extension TracedFunction {
  /// f applied to `size` examples at once: batched inputs, and all results, have an axis 0 of that extent more.
  /// `vmap(f)(x)[i] = f(x[i])`.
  ///
  /// - Parameters:
  ///   - batched: One for every input: whether all its tensors are stacked. `nil` is all inputs.
  ///   - size: The number of examples.
  /// - Throws: `Diagnostics` if the numbers of inputs do not agree or an op can't be vectorised.
  public func vmap(
    batched: [Bool]? = nil, size: Int, file: String = #fileID, line: Int = #line
  ) throws -> TracedFunction<repeat each Input, Output> {
    let location = SourceLocation(file: file, line: line)
    let counts = inputTensorCounts
    let batched = batched ?? counts.map { _ in true }
    guard batched.count == counts.count, size >= 0 else {
      throw Diagnostics([
        Diagnostic(
          "vmap: '\(name)' has \(counts.count) inputs, \(batched.count) are described; size \(size)", at: location)
      ])
    }
    let flags = zip(counts, batched).flatMap { [Bool](repeating: $1, count: $0) }
    var timings = timings
    let function = try timings.measure(.transform) {
      try located(location) { try self.function.vmap(batched: flags, size: size) }
    }
    return TracedFunction<repeat each Input, Output>(
      function, inputs: repeat each inputs, output: output, timings: timings)
  }

  func requireFloatingOutput(_ operation: String, _ location: SourceLocation) throws(Diagnostics) {
    let faults = zip(function.results, resultTypes).filter { !$1.dtype.isFloating }
    if faults.isEmpty { return }
    throw Diagnostics(
      faults.map {
        Diagnostic(
          "\(operation): result '\($0.name)' of type \($1) has no derivative; cast it or leave it out", at: location)
      })
  }

  /// A function of the same inputs made by a transformation of the graph.
  func transformed<NewOutput: TensorStructure>(
    output: NewOutput, at location: SourceLocation, _ transform: (Function) throws(Diagnostics) -> Function
  ) throws -> TracedFunction<repeat each Input, NewOutput> {
    var timings = timings
    let function = try timings.measure(.transform) { try located(location) { try transform(self.function) } }
    return TracedFunction<repeat each Input, NewOutput>(
      function, inputs: repeat each inputs, output: output, timings: timings)
  }

  /// Runs `body`; what it throws without a place gets one.
  func located<Result>(
    _ location: SourceLocation, _ body: () throws -> Result
  ) throws(Diagnostics) -> Result {
    do {
      return try body()
    } catch {
      throw Diagnostics(Diagnostics(wrapping: error).all.map { $0.located(at: location) })
    }
  }
}
