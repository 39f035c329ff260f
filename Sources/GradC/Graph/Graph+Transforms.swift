internal import TensorIR
internal import Transforms

extension Graph {
  /// What can be made of a function by differentiation. Results of f that are not floating have no derivative, and no
  /// tangent, cotangent or Jacobian.
  public enum Transform: String, Sendable, Hashable, CaseIterable {
    /// `x ↦ (f(x), ∂f/∂x)` of a scalar function.
    case valueAndGrad = "value-and-grad"
    /// `x ↦ ∂f/∂x` of a scalar function.
    case grad
    /// Forward mode: `(x, ẋ) ↦ (f(x), ∂f/∂x · ẋ)`.
    case jvp
    /// Reverse mode: `(x, ȳ) ↦ (f(x), (∂f/∂x)ᵀ ȳ)`.
    case vjp
    /// `x ↦ ∂y/∂x` for every result y and in it for every x, in whichever mode needs fewer passes;
    /// `shape(∂y/∂x) = shape(y) + shape(x)`.
    case jacobian
    /// The same with one forward pass for every element of x.
    case jacobianForward = "jacobian-forward"
    /// The same with one reverse pass for every element of y.
    case jacobianReverse = "jacobian-reverse"
    /// `x ↦ ∂²f/∂xᵢ∂xⱼ` of a scalar function, for every i and in it for every j; `shape(xᵢ) + shape(xⱼ)`. Forward over
    /// reverse.
    case hessian
    /// `(x, v) ↦ (∂f/∂x, ∂²f/∂x² · v)` of a scalar function, without forming the Hessian.
    case hvp
  }

  /// A derivative of the function, which is a graph again.
  ///
  /// - Parameters:
  ///   - transform: Which derivative.
  ///   - names: The parameters to differentiate by; `nil` is all of a floating dtype.
  /// - Throws: `Diagnostics` if a parameter is not there or has no derivative, or the transform needs a scalar function
  ///   and this is none.
  public func transformed(_ transform: Transform, wrt names: [String]? = nil) throws(Diagnostics) -> Graph {
    try transformed(transform, wrt: parameterNumbers(names))
  }

  /// The same with parameters by their positions.
  func transformed(_ transform: Transform, wrt numbers: [Int]) throws(Diagnostics) -> Graph {
    try timed { () throws(Diagnostics) in
      switch transform {
      case .valueAndGrad: try function.valueAndGrad(wrt: numbers)
      case .grad: try function.grad(wrt: numbers)
      case .jvp: try function.jvp(wrt: numbers)
      case .vjp: try function.vjp(wrt: numbers)
      case .jacobian: try function.jacobian(wrt: numbers)
      case .jacobianForward: try function.jacobianForward(wrt: numbers)
      case .jacobianReverse: try function.jacobianReverse(wrt: numbers)
      case .hessian: try function.hessian(wrt: numbers)
      case .hvp: try function.hvp(wrt: numbers)
      }
    }
  }

  /// f applied to `size` examples at once: `vmap(f)(x)[i] = f(x[i])`. Stacked parameters, and all results, have an axis
  /// 0 of that extent more.
  ///
  /// - Parameters:
  ///   - names: The parameters that are stacked; the others are the same for all examples. `nil` is all.
  ///   - size: The number of examples.
  /// - Throws: `Diagnostics` if a parameter is not there, the size is negative or an operation can't be vectorised.
  public func vmap(stacked names: [String]? = nil, size: Int) throws(Diagnostics) -> Graph {
    let numbers = names == nil ? Array(function.parameters.indices) : try parameterNumbers(names)
    return try vmap(stacked: function.parameters.indices.map { numbers.contains($0) }, size: size)
  }

  /// The same with a flag for every parameter.
  func vmap(stacked: [Bool], size: Int) throws(Diagnostics) -> Graph {
    try timed { () throws(Diagnostics) in try function.vmap(batched: stacked, size: size) }
  }

  /// The first-order approximation at a point: values of f, and the linear map of tangents of `numbers` to tangents of
  /// the results.
  func linearized(at point: [NDArray], wrt numbers: [Int]) throws(Diagnostics) -> (values: [NDArray], map: Graph) {
    var values: [NDArray] = []
    let map = try timed { () throws(Diagnostics) in
      do {
        let (reference, linear) = try function.linearized(at: point.map(\.referenceTensor), wrt: numbers)
        values = try reference.map { try NDArray(reference: $0) }
        return linear
      } catch {
        throw Diagnostics(wrapping: error)
      }
    }
    return (values, map)
  }

  private func timed(_ transform: () throws(Diagnostics) -> Function) throws(Diagnostics) -> Graph {
    var timings = timings
    let function = try timings.measure(.transform, transform)
    return Graph(function, timings: timings)
  }

  /// The positions of parameters; all floating ones for `nil`.
  func parameterNumbers(_ names: [String]?) throws(Diagnostics) -> [Int] {
    guard let names else {
      let numbers = function.parameters.indices.filter { function.parameters[$0].type.dtype.isFloating }
      if numbers.isEmpty {
        throw Diagnostics([Diagnostic("'\(name)' has no floating parameter to differentiate by")])
      }
      return numbers
    }
    var numbers: [Int] = []
    for name in names {
      guard let number = function.parameters.firstIndex(where: { $0.name == name }) else {
        let known = function.parameters.map { "'\($0.name)'" }.joined(separator: ", ")
        throw Diagnostics([Diagnostic("'\(self.name)' has no parameter '\(name)', only \(known)")])
      }
      if !numbers.contains(number) { numbers.append(number) }
    }
    return numbers
  }
}
