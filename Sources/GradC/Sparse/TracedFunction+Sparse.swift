/// A ``SparseGraph`` of a traced function, and the Swift types of what goes in.
public struct SparseFunction<each Input: TensorStructure>: Sendable {
  /// The entries, where they are and how they are computed, without Swift types.
  public let graph: SparseGraph
  /// `x… ↦ values`: the entries in the order of the structure, a vector. A traced function like any other.
  public let values: TracedFunction<repeat each Input, Tensor>

  init(_ graph: SparseGraph, inputs: repeat each Input) {
    self.graph = graph
    values = TracedFunction<repeat each Input, Tensor>(graph.values, inputs: repeat each inputs, output: Tensor(0))
  }

  /// The entries, and where they are.
  public var structure: SparseStructure { graph.structure }
  /// How the entries are computed, for every group of rows.
  public var methods: [SparseGraph.Method] { graph.methods }
  /// The number of passes in all, one for every colour.
  public var colorCount: Int { graph.colorCount }

  /// The matrix at a point, by the reference interpreter.
  ///
  /// - Throws: `Diagnostics` if an argument's shape or dtype is not that of the parameter, or it has no numbers.
  public func evaluate(_ arguments: repeat each Input) throws -> SparseMatrix {
    SparseMatrix(unchecked: structure, try values.evaluate(repeat each arguments).array())
  }

  /// Machine code for the entries.
  ///
  /// - Throws: `Diagnostics` if an operation can't be compiled.
  public func compile(_ tier: Tier = .standard, contraction: Contraction = .fused) throws -> CompiledSparseFunction<
    repeat each Input
  > {
    CompiledSparseFunction<repeat each Input>(
      structure: structure, values: try values.compile(tier, contraction: contraction))
  }
}

extension SparseFunction: CustomStringConvertible {
  /// Size, density and how the entries are computed.
  public var description: String { graph.description }
}

/// Machine code of a ``SparseFunction``. Calls may run on any number of threads at once.
public struct CompiledSparseFunction<each Input: TensorStructure>: Sendable {
  /// The entries, and where they are.
  public let structure: SparseStructure
  /// The code that computes the entries.
  public let values: CompiledFunction<repeat each Input, Tensor>

  /// The matrix at a point.
  ///
  /// - Throws: `Diagnostics` if an argument's shape or dtype is not that of the parameter, or it has no numbers.
  public func callAsFunction(_ arguments: repeat each Input) throws -> SparseMatrix {
    SparseMatrix(unchecked: structure, try values(repeat each arguments).array())
  }
}

extension TracedFunction {
  /// Which entries of the Jacobian may differ from zero: rows are the elements of the output's floating tensors in order,
  /// columns those of the tensors that the closure picks. See ``Graph/sparsity(wrt:indices:)``.
  ///
  /// - Parameter indices: The values of integer parameters, by name, where elements are gathered by such.
  /// - Throws: `Diagnostics` if what is picked has no derivative, indices do not fit, or too many entries may differ from
  ///   zero.
  public func sparsity<Selected: TensorStructure>(
    wrt select: (repeat each Input) -> Selected, indices: [String: NDArray] = [:], file: String = #fileID,
    line: Int = #line
  ) throws -> SparseStructure {
    let location = SourceLocation(file: file, line: line)
    let numbers = try selection(select, "sparsity", location: location).numbers
    return try located(location) { () throws(Diagnostics) in
      try graph.sparsity(wrt: numbers.map { graph.parameters[$0].name }, indices: indices)
    }
  }

  /// The Jacobian of the output's floating tensors by the tensors that the closure picks, as a sparse matrix. See
  /// ``Graph/sparseJacobian(wrt:indices:mode:)``.
  ///
  /// ```swift
  /// let residuals = try trace("residuals", cameras, points, cameraIndex, pointIndex) { … }
  /// let jacobian = try residuals.sparseJacobian(
  ///   wrt: { cameras, points, _, _ in [cameras, points] }, indices: ["camera": …, "point": …])
  /// let matrix = try jacobian.compile()(cameras, points, cameraIndex, pointIndex)
  /// ```
  ///
  /// - Parameter indices: The values of integer parameters, by name; calls must be given the same.
  /// - Throws: `Diagnostics` if what is picked has no derivative, indices do not fit, or the Jacobian is not sparse enough.
  public func sparseJacobian<Selected: TensorStructure>(
    wrt select: (repeat each Input) -> Selected, indices: [String: NDArray] = [:], mode: JacobianMode = .automatic,
    file: String = #fileID, line: Int = #line
  ) throws -> SparseFunction<repeat each Input> {
    let location = SourceLocation(file: file, line: line)
    let numbers = try selection(select, "sparseJacobian", location: location).numbers
    return try sparseFunction(location) { () throws(Diagnostics) in
      try graph.sparseJacobian(wrt: numbers, indices: indices, mode: mode)
    }
  }

  /// The Jacobian by one input that is one tensor.
  ///
  /// - Throws: `Diagnostics` if it has no derivative, indices do not fit, or the Jacobian is not sparse enough.
  public func sparseJacobian(
    wrt input: Int = 0, indices: [String: NDArray] = [:], mode: JacobianMode = .automatic, file: String = #fileID,
    line: Int = #line
  ) throws -> SparseFunction<repeat each Input> {
    let location = SourceLocation(file: file, line: line)
    let parameter = try parameter(input, "sparseJacobian", location: location)
    return try sparseFunction(location) { () throws(Diagnostics) in
      try graph.sparseJacobian(wrt: [parameter], indices: indices, mode: mode)
    }
  }

  /// The Hessian of a scalar function by the tensors that the closure picks, as a sparse matrix. See
  /// ``Graph/sparseHessian(wrt:indices:)``.
  ///
  /// - Throws: `Diagnostics` if f's first result is no floating scalar, what is picked has no derivative, indices do not
  ///   fit, or the Hessian is not sparse enough.
  public func sparseHessian<Selected: TensorStructure>(
    wrt select: (repeat each Input) -> Selected, indices: [String: NDArray] = [:], file: String = #fileID,
    line: Int = #line
  ) throws -> SparseFunction<repeat each Input> {
    let location = SourceLocation(file: file, line: line)
    let numbers = try selection(select, "sparseHessian", location: location).numbers
    return try sparseFunction(location) { () throws(Diagnostics) in
      try graph.sparseHessian(wrt: numbers, indices: indices)
    }
  }

  /// The Hessian by one input that is one tensor.
  ///
  /// - Throws: `Diagnostics` if f's first result is no floating scalar, x has no derivative, indices do not fit, or the
  ///   Hessian is not sparse enough.
  public func sparseHessian(
    wrt input: Int = 0, indices: [String: NDArray] = [:], file: String = #fileID, line: Int = #line
  ) throws -> SparseFunction<repeat each Input> {
    let location = SourceLocation(file: file, line: line)
    let parameter = try parameter(input, "sparseHessian", location: location)
    return try sparseFunction(location) { () throws(Diagnostics) in
      try graph.sparseHessian(wrt: [parameter], indices: indices)
    }
  }

  private func sparseFunction(
    _ location: SourceLocation, _ make: () throws(Diagnostics) -> SparseGraph
  ) throws(Diagnostics) -> SparseFunction<repeat each Input> {
    SparseFunction<repeat each Input>(try located(location, make), inputs: repeat each inputs)
  }
}
