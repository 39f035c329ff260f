internal import Sparsity
internal import TensorIR

/// A matrix of derivatives as a program that computes the entries that may differ from zero, all others being left out.
public struct SparseGraph: Sendable {
  /// The entries, and where they are.
  public let structure: SparseStructure
  /// `x… ↦ values`: the entries in the order of the structure, a vector. A graph like any other.
  public let values: Graph
  /// How the entries are computed, for every group of rows.
  public let methods: [Method]

  /// How entries are computed: products of the matrix with a few vectors, from each of which entries of many rows or
  /// columns are read that do not mix.
  public struct Method: Sendable, Hashable, CustomStringConvertible {
    /// What is multiplied.
    public enum Direction: Sendable, Hashable {
      /// The Jacobian and a vector for every colour of columns: forward mode.
      case forward
      /// The transposed Jacobian and a vector for every colour of rows: reverse mode.
      case reverse
      /// The Hessian and a vector for every colour, entries being found in their row or in that of their mirror image.
      case symmetric
    }

    /// What is multiplied.
    public let direction: Direction
    /// The number of vectors.
    public let colorCount: Int
    /// The number of rows computed like this.
    public let rowCount: Int
    /// Of rows that come in blocks that are alike, each depending on elements of its own: how many blocks there are.
    public let blockCount: Int?
    /// The rows of one block, and the elements that it depends on.
    public let blockShape: Shape?

    init(_ method: SparsePlan.Method) {
      direction =
        switch method.direction {
        case .forward: .forward
        case .reverse: .reverse
        case .symmetric: .symmetric
        }
      (colorCount, rowCount) = (method.colorCount, method.rowCount)
      blockCount = method.lanes?.count
      blockShape = method.lanes.map { [$0.rows, $0.columns] }
    }

    /// The method in words.
    public var description: String {
      let mode =
        switch direction {
        case .forward: "forward mode"
        case .reverse: "reverse mode"
        case .symmetric: "Hessian–vector products"
        }
      let colors = colorCount == 1 ? "1 colour" : "\(colorCount) colours"
      guard let blockCount, let blockShape else { return "\(rowCount) rows by \(mode), \(colors)" }
      return "\(rowCount) rows by \(mode), \(colors): \(blockCount) blocks \(blockShape[0]) × \(blockShape[1])"
    }
  }

  /// The number of vectors in all.
  public var colorCount: Int { methods.reduce(0) { $0 + $1.colorCount } }

  init(_ plan: SparsePlan, timings: Timings) {
    structure = SparseStructure(plan.pattern)
    values = Graph(plan.values, timings: timings)
    methods = plan.methods.map(Method.init)
  }

  /// The matrix at a point, by the reference interpreter.
  ///
  /// - Parameter inputs: One array for every parameter, in order. Indices that the structure was made from must be the
  ///   same here.
  /// - Throws: `Diagnostics` if the number of inputs, a shape or a dtype does not fit.
  public func evaluate(_ inputs: [NDArray]) throws(Diagnostics) -> SparseMatrix {
    SparseMatrix(unchecked: structure, try values.evaluate(inputs)[0])
  }

  /// Machine code for the entries.
  ///
  /// - Throws: `Diagnostics` if an operation can't be compiled.
  public func compile(_ tier: Tier = .standard, contraction: Contraction = .fused) throws(Diagnostics)
    -> CompiledSparseGraph
  {
    CompiledSparseGraph(structure: structure, values: try values.compile(tier, contraction: contraction))
  }
}

extension SparseGraph: CustomStringConvertible {
  /// Size, density and how the entries are computed.
  public var description: String { ([structure.description] + methods.map(\.description)).joined(separator: "\n") }
}

/// Machine code of a ``SparseGraph``. Calls may run on any number of threads at once.
public struct CompiledSparseGraph: Sendable {
  /// The entries, and where they are.
  public let structure: SparseStructure
  /// The code that computes the entries: one result, a vector.
  public let values: CompiledGraph

  /// The matrix at a point.
  ///
  /// - Parameter inputs: One array for every parameter, in order. Indices that the structure was made from must be the
  ///   same here.
  /// - Throws: `Diagnostics` if the number of inputs, a shape or a dtype does not fit, or there is no memory.
  public func callAsFunction(_ inputs: [NDArray]) throws(Diagnostics) -> SparseMatrix {
    SparseMatrix(unchecked: structure, try values(inputs)[0])
  }
}

extension Graph {
  /// Which entries of the Jacobian may differ from zero, without computing it: rows are the elements of all floating
  /// results in order, columns those of the parameters to differentiate by.
  ///
  /// Every entry that differs from zero somewhere is among them. Others may be too where the structure depends on values
  /// (the branch of a `cond`, a gather by indices that are not given).
  ///
  /// - Parameters:
  ///   - names: The parameters to differentiate by; `nil` is all of a floating dtype.
  ///   - indices: The values of integer parameters, by name. Where elements are gathered from, or scattered to, depends on
  ///     such; the structure is that for these values.
  /// - Throws: `Diagnostics` if a parameter is not there or does not fit, or so many entries may differ from zero that
  ///   they can't be kept.
  public func sparsity(
    wrt names: [String]? = nil, indices: [String: NDArray] = [:]
  ) throws(Diagnostics) -> SparseStructure {
    let results = function.resultTypes.indices.filter { function.resultTypes[$0].dtype.isFloating }
    return SparseStructure(
      try function.sparsity(wrt: parameterNumbers(names), results: results, given: integers(indices)))
  }

  /// The Jacobian of all floating results, `∂y/∂x`, with the structure of ``sparsity(wrt:indices:)``.
  ///
  /// Rows (reverse mode) or columns (forward mode) that do not mix get one colour, and there is one pass for each colour
  /// instead of one for each row or column. If a result comes in lanes that do not see each other, as `vmap` makes
  /// them, the Jacobian is made of blocks that are alike, and is found out and computed like one.
  ///
  /// - Parameters:
  ///   - names: The parameters to differentiate by; `nil` is all of a floating dtype.
  ///   - indices: The values of integer parameters, by name; see ``sparsity(wrt:indices:)``. Calls must be given the same.
  ///   - mode: Which mode computes it.
  /// - Throws: `Diagnostics` if a parameter is not there or does not fit, or the Jacobian is not sparse enough.
  public func sparseJacobian(
    wrt names: [String]? = nil, indices: [String: NDArray] = [:], mode: JacobianMode = .automatic
  ) throws(Diagnostics) -> SparseGraph {
    try sparseJacobian(wrt: parameterNumbers(names), indices: indices, mode: mode)
  }

  func sparseJacobian(
    wrt numbers: [Int], indices: [String: NDArray], mode: JacobianMode
  ) throws(Diagnostics) -> SparseGraph {
    let results = function.resultTypes.indices.filter { function.resultTypes[$0].dtype.isFloating }
    let sparseMode: SparseMode =
      switch mode {
      case .automatic: .automatic
      case .forward: .forward
      case .reverse: .reverse
      }
    var timings = timings
    let plan = try timings.measure(.transform) { () throws(Diagnostics) in
      try function.sparseJacobian(wrt: numbers, results: results, given: integers(indices), mode: sparseMode)
    }
    return SparseGraph(plan, timings: timings)
  }

  /// The Hessian `∂²f/∂x²` of the first result, a floating scalar; rows and columns are the elements of the parameters to
  /// differentiate by, in order. Both an entry and its mirror image are there.
  ///
  /// Entries are read off Hessian–vector products, one for every colour of a star coloring of the symmetric structure.
  ///
  /// - Parameters:
  ///   - names: The parameters to differentiate by; `nil` is all of a floating dtype.
  ///   - indices: The values of integer parameters, by name; see ``sparsity(wrt:indices:)``. Calls must be given the same.
  /// - Throws: `Diagnostics` if the first result is no floating scalar, a parameter is not there or does not fit, or the
  ///   Hessian is not sparse enough.
  public func sparseHessian(
    wrt names: [String]? = nil, indices: [String: NDArray] = [:]
  ) throws(Diagnostics) -> SparseGraph {
    try sparseHessian(wrt: parameterNumbers(names), indices: indices)
  }

  func sparseHessian(wrt numbers: [Int], indices: [String: NDArray]) throws(Diagnostics) -> SparseGraph {
    var timings = timings
    let plan = try timings.measure(.transform) { () throws(Diagnostics) in
      try function.sparseHessian(wrt: numbers, given: integers(indices))
    }
    return SparseGraph(plan, timings: timings)
  }

  /// The elements of integer parameters, by their numbers.
  private func integers(_ indices: [String: NDArray]) throws(Diagnostics) -> [Int: [Int]] {
    var integers: [Int: [Int]] = [:]
    for (name, array) in indices.sorted(by: { $0.key < $1.key }) {
      guard let number = parameters.firstIndex(where: { $0.name == name }) else {
        throw Diagnostics([Diagnostic("indices: '\(self.name)' has no parameter '\(name)'")])
      }
      let type = parameters[number].type
      guard array.tensorType == type, !type.dtype.isFloating else {
        throw Diagnostics([
          Diagnostic("indices: '\(name)' of '\(self.name)' is \(type), the values are \(array.tensorType)")
        ])
      }
      integers[number] = array.integers
    }
    return integers
  }
}

extension NDArray {
  /// The elements of an array of an integer dtype or bool.
  fileprivate var integers: [Int] {
    withUnsafeBytes { bytes in
      switch dtype {
      case .i32: bytes.bindMemory(to: Int32.self).map { Int($0) }
      case .i64: bytes.bindMemory(to: Int64.self).map { Int($0) }
      default: bytes.map { Int($0) }
      }
    }
  }
}
