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
    return try transformed(.grad, [parameter], output: Tensor(0), location)
  }

  /// `x ↦ ∂f/∂x`: the gradient of a scalar function, in the form of what the closure picks.
  ///
  /// - Throws: `Diagnostics` if f's first result is no floating scalar, or what is picked has no derivative.
  public func grad<Selected: TensorStructure>(
    wrt select: (repeat each Input) -> Selected, file: String = #fileID, line: Int = #line
  ) throws -> TracedFunction<repeat each Input, Selected> {
    let location = SourceLocation(file: file, line: line)
    let (numbers, form) = try selection(select, "grad", location: location)
    return try transformed(.grad, numbers, output: form, location)
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
    let form = ValueAndGradient(value: output, gradient: Tensor(0))
    return try transformed(.valueAndGrad, [parameter], output: form, location)
  }

  /// `x ↦ (f(x), ∂f/∂x)`, the gradient in the form of what the closure picks.
  ///
  /// - Throws: `Diagnostics` if f's first result is no floating scalar, or what is picked has no derivative.
  public func valueAndGrad<Selected: TensorStructure>(
    wrt select: (repeat each Input) -> Selected, file: String = #fileID, line: Int = #line
  ) throws -> TracedFunction<repeat each Input, ValueAndGradient<Output, Selected>> {
    let location = SourceLocation(file: file, line: line)
    let (numbers, form) = try selection(select, "valueAndGrad", location: location)
    return try transformed(
      .valueAndGrad, numbers, output: ValueAndGradient(value: output, gradient: form), location)
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
    return TracedFunction<repeat each Input, Selected, ValueAndTangent<Output>>(
      try located(location) { () throws(Diagnostics) in try graph.transformed(.jvp, wrt: numbers) },
      inputs: repeat each inputs, form, output: ValueAndTangent(value: output, tangent: output))
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
    let cotangents = output.replacingTensors(
      graph.results.map { .input($0.name, $0.type.dtype, $0.type.shape.extents) })
    return TracedFunction<repeat each Input, Output, ValueAndCotangent<Output, Selected>>(
      try located(location) { () throws(Diagnostics) in try graph.transformed(.vjp, wrt: numbers) },
      inputs: repeat each inputs, cotangents, output: ValueAndCotangent(value: output, cotangent: form))
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
    let counts = inputForm.tensorCounts
    let batched = batched ?? counts.map { _ in true }
    guard batched.count == counts.count, size >= 0 else {
      throw Diagnostics([
        Diagnostic(
          "vmap: '\(graph.name)' has \(counts.count) inputs, \(batched.count) are described; size \(size)",
          at: location)
      ])
    }
    let flags = zip(counts, batched).flatMap { [Bool](repeating: $1, count: $0) }
    return TracedFunction<repeat each Input, Output>(
      try located(location) { () throws(Diagnostics) in try graph.vmap(stacked: flags, size: size) },
      inputs: repeat each inputs, output: output)
  }
}

extension TracedFunction {
  func requireFloatingOutput(_ operation: String, _ location: SourceLocation) throws(Diagnostics) {
    let faults = graph.results.filter { !$0.type.dtype.isFloating }
    if faults.isEmpty { return }
    throw Diagnostics(
      faults.map {
        Diagnostic(
          "\(operation): result '\($0.name)' of type \($0.type) has no derivative; cast it or leave it out",
          at: location)
      })
  }

  /// A derivative that is a function of the same inputs.
  func transformed<NewOutput: TensorStructure>(
    _ transform: Graph.Transform, _ parameters: [Int], output: NewOutput, _ location: SourceLocation
  ) throws(Diagnostics) -> TracedFunction<repeat each Input, NewOutput> {
    TracedFunction<repeat each Input, NewOutput>(
      try located(location) { () throws(Diagnostics) in try graph.transformed(transform, wrt: parameters) },
      inputs: repeat each inputs, output: output)
  }

  /// Runs `body`; what it throws without a place gets one.
  func located<Result>(
    _ location: SourceLocation, _ body: () throws(Diagnostics) -> Result
  ) throws(Diagnostics) -> Result {
    do {
      return try body()
    } catch {
      throw Diagnostics(error.all.map { $0.located(at: location) })
    }
  }
}
