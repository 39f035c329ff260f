internal import TensorIR
internal import Transforms

extension Graph {
  /// What can be made of a function by differentiation.
  public enum Transform: String, Sendable, Hashable, CaseIterable {
    /// `x ↦ (f(x), ∂f/∂x)` of a scalar function.
    case valueAndGrad = "value-and-grad"
    /// `x ↦ ∂f/∂x` of a scalar function.
    case grad
    /// Forward mode: `(x, ẋ) ↦ (f(x), ∂f/∂x · ẋ)`.
    case jvp
    /// Reverse mode: `(x, ȳ) ↦ (f(x), (∂f/∂x)ᵀ ȳ)`.
    case vjp
    /// `x ↦ ∂²f/∂x²` of a scalar function.
    case hessian
    /// `(x, v) ↦ (∂f/∂x, ∂²f/∂x² · v)` of a scalar function.
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
    let numbers = try parameterNumbers(names)
    var timings = timings
    let function = try timings.measure(.transform) { () throws(Diagnostics) -> Function in
      switch transform {
      case .valueAndGrad: try self.function.valueAndGrad(wrt: numbers)
      case .grad: try self.function.grad(wrt: numbers)
      case .jvp: try self.function.jvp(wrt: numbers)
      case .vjp: try self.function.vjp(wrt: numbers)
      case .hessian: try self.function.hessian(wrt: numbers)
      case .hvp: try self.function.hvp(wrt: numbers)
      }
    }
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
