internal import TensorIR
internal import TensorOps
internal import Transforms

/// How a root or a minimum is looked for. The derivative does not depend on it.
public struct SolverOptions: Sendable, Hashable {
  /// How one step is made.
  public enum Method: Sendable, Hashable {
    /// Newton's, with the Jacobian of the equations: few steps of O(n³); shorter ones where the residual would not fall.
    case newton
    /// `x ← x - rate · f(x)`: for a minimum, gradient descent.
    case descent(rate: Double)
  }

  /// How one step is made.
  public var method: Method
  /// The search ends at a residual of at most this Euclidean norm; by default 1e-10 for `f64` and 1e-5 for `f32`.
  public var tolerance: Double?
  /// The search ends after as many steps, with what it has then.
  public var iterations: Int

  /// Options, all of which have defaults.
  public init(method: Method = .newton, tolerance: Double? = nil, iterations: Int = 1000) {
    self.method = method
    self.tolerance = tolerance
    self.iterations = iterations
  }
}

/// x with `f(x) = 0`, found from a first guess.
///
/// The derivative is that of the implicit function theorem: with θ for what f uses of the trace around,
/// `dx/dθ = -(∂f/∂x)⁻¹ ∂f/∂θ`, in either mode and of any order. It does not depend on the search, nor on the guess.
///
/// - Parameters:
///   - initial: The first guess: floating tensors of one dtype.
///   - options: How to search.
///   - f: As many equations as unknowns, in the form of x.
/// - Returns: x; poison if shapes or dtypes do not fit.
public func root<Unknowns: TensorStructure>(
  _ initial: Unknowns, options: SolverOptions = SolverOptions(), file: String = #fileID, line: Int = #line,
  of f: (Unknowns) throws -> Unknowns
) rethrows -> Unknowns {
  let location = SourceLocation(file: file, line: line)
  return try Region.record("root", initial.tensors, at: location) { region in
    var equations = initial
    return try region.solve(initial, { equations = try f($0) }, { equations.tensors }, options) {
      (function, count, method, limits) throws(Diagnostics) in
      try function.implicitRoot(unknownCount: count, method: method, limits: limits)
    }
  }
}

/// x with `x = g(x)`, found by iterating g from a first guess, or by Newton's method for `x - g(x)`.
///
/// The derivative is that of ``root(_:options:file:line:of:)``.
public func fixedPoint<Unknowns: TensorStructure>(
  _ initial: Unknowns, options: SolverOptions = SolverOptions(method: .descent(rate: 1)), file: String = #fileID,
  line: Int = #line, of g: (Unknowns) throws -> Unknowns
) rethrows -> Unknowns {
  try root(initial, options: options, file: file, line: line) { x in
    x.mapTensors(with: try g(x), file: file, line: line) { $0 - $1 }
  }
}

/// The x near a first guess where a scalar function is least: where its gradient is zero.
///
/// The derivative is that of the root of the gradient: `dx/dθ = -(∂²f/∂x²)⁻¹ ∂²f/∂x∂θ`. Newton's method finds stationary
/// points of any kind; descent finds minima.
///
/// - Parameters:
///   - initial: The first guess: floating tensors of one dtype.
///   - options: How to search.
///   - f: A floating scalar.
/// - Returns: x; poison if f is no floating scalar, or shapes or dtypes do not fit.
public func minimise<Unknowns: TensorStructure>(
  _ initial: Unknowns, options: SolverOptions = SolverOptions(), file: String = #fileID, line: Int = #line,
  _ f: (Unknowns) throws -> Tensor
) rethrows -> Unknowns {
  let location = SourceLocation(file: file, line: line)
  return try Region.record("minimise", initial.tensors, at: location) { region in
    var value = Tensor(0)
    return try region.solve(initial, { value = try f($0) }, { [value] }, options) {
      (function, count, method, limits) throws(Diagnostics) in
      try function.implicitMinimum(unknownCount: count, method: method, limits: limits)
    }
  }
}

extension Region {
  fileprivate func solve<Unknowns: TensorStructure>(
    _ initial: Unknowns, _ body: (Unknowns) throws -> Void, _ results: () -> [Tensor], _ options: SolverOptions,
    _ makeOp: (Function, Int, RootMethod, RootLimits) throws(Diagnostics) -> CustomDerivative
  ) rethrows -> Unknowns {
    let leaves = initial.tensors
    var operands: [Value] = []
    var (tensors, parameters): ([Tensor], [Value]) = ([], [])
    let dtype = try Tensor.dtype(of: initial, trying: body, results) ?? .f32
    do throws(Diagnostic) {
      operands = try values(leaves, literals: leaves.map { _ in dtype })
      (tensors, parameters, _) = self.parameters(types(of: operands))
    } catch {
      let poison = fault(error)
      try body(initial.mapTensors { _ in poison })
      return initial.mapTensors { _ in poison }
    }
    var rest = tensors[...]
    try body(initial.filled(from: &rest))
    var found = solution(results(), operands, parameters, options, makeOp)[...]
    return initial.filled(from: &found)
  }

  private func solution(
    _ outputs: [Tensor], _ operands: [Value], _ parameters: [Value], _ options: SolverOptions,
    _ makeOp: (Function, Int, RootMethod, RootLimits) throws(Diagnostics) -> CustomDerivative
  ) -> [Tensor] {
    do throws(Diagnostic) {
      let dtype = types(of: operands).first?.dtype ?? .f32
      let values = try self.values(outputs, literals: outputs.map { _ in dtype })
      let method: RootMethod =
        switch options.method {
        case .newton: .newton
        case .descent(let rate): .descent(rate: rate)
        }
      let limits = RootLimits(
        tolerance: options.tolerance ?? (dtype == .f32 ? 1e-5 : 1e-10), iterations: max(options.iterations, 0))
      return emit { builder in
        let (function, captures) = try builder.extract(values, from: parameters)
        let op = try makeOp(function.renamedPositionally(operation), operands.count, method, limits)
        return builder.emit(op, operands + captures)
      }
    } catch {
      return [fault(error)]
    }
  }
}

extension Tensor {
  /// The dtype that the tensors of a structure have, where all are numbers the one a closure makes of them.
  static func dtype<Structure: TensorStructure>(
    of structure: Structure, trying body: (Structure) throws -> Void, _ results: () -> [Tensor]
  ) rethrows -> DType? {
    let leaves = structure.tensors
    if leaves.contains(where: { !$0.isLiteral }) { return commonDType(leaves) }
    if leaves.isEmpty { return nil }
    try body(structure)
    return commonDType(results()) ?? .f32
  }
}
