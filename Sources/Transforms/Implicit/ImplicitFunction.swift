package import Basics
package import TensorIR
import TensorOps

/// How the solution of equations is found.
package enum RootMethod: Hashable, Sendable {
  /// `x ← x - (∂f/∂x)⁻¹ f(x)`, in shorter steps where the residual would not fall.
  case newton
  /// `x ← x - rate · f(x)`: for a gradient, gradient descent; for `x - g(x)` and rate 1, iteration of g.
  case descent(rate: Double)
}

/// When the search ends.
package struct RootLimits: Hashable, Sendable {
  /// At a residual of at most this Euclidean norm.
  package var tolerance: Double
  package var iterations: Int

  package init(tolerance: Double, iterations: Int) {
    self.tolerance = tolerance
    self.iterations = iterations
  }
}

extension Function {
  /// `(x₀…, k…) ↦ x…` with `f(x…, k…) = 0`, found from x₀, where f is this function and the first `unknownCount` of its
  /// parameters are x.
  ///
  /// Its derivative is that of the implicit function theorem, `ẋ = -(∂f/∂x)⁻¹ ∂f/∂k · k̇`, and does not depend on how the
  /// solution was found, nor on x₀.
  package func implicitRoot(
    unknownCount: Int, method: RootMethod, limits: RootLimits
  ) throws(Diagnostics) -> CustomDerivative {
    let unknowns = try Flattening(Array(parameterTypes[..<unknownCount]))
    guard resultTypes == unknowns.types else {
      throw Diagnostics([
        Diagnostic("as many equations as unknowns are needed: \(unknowns.types), not \(resultTypes)")
      ])
    }
    let residual = try flattened(unknowns, results: unknowns)
    let solution = try ImplicitFunction(residual: residual, unknowns: unknowns, method: method, limits: limits)
    return CustomDerivative(primal: try solution.primal(), rule: .jvp(try solution.tangents()))
  }

  /// The same for the point where a scalar function is stationary: its gradient is zero there.
  package func implicitMinimum(
    unknownCount: Int, method: RootMethod, limits: RootLimits
  ) throws(Diagnostics) -> CustomDerivative {
    try grad(wrt: Array(0..<unknownCount)).implicitRoot(unknownCount: unknownCount, method: method, limits: limits)
  }
}

/// The solution of `f(v, k…) = 0` for a vector v.
private struct ImplicitFunction {
  /// `(v, k…) ↦ f`.
  let residual: Function
  let unknowns: Flattening
  let method: RootMethod
  let limits: RootLimits
  /// `(v, k…) ↦ ∂f/∂v`.
  let jacobian: Function

  init(residual: Function, unknowns: Flattening, method: RootMethod, limits: RootLimits) throws(Diagnostics) {
    self.residual = residual
    self.unknowns = unknowns
    self.method = method
    self.limits = limits
    jacobian = try residual.jacobian(wrt: [0])
  }

  private var constantTypes: [TensorType] { Array(residual.parameterTypes.dropFirst()) }

  private func declare(_ types: [TensorType], _ name: String, in builder: FunctionBuilder) -> [Term] {
    types.enumerated().map { Term(builder, builder.parameter("\(name)\($0.offset)", $0.element)) }
  }

  private func norm(_ vector: Term) -> Term { (vector * vector).sum(axes: [0]).applying(.sqrt) }

  private func evaluate(_ function: Function, _ v: Term, _ constants: [Term]) -> Term {
    Term(v.builder, v.builder.inline(function, [v.value] + constants.map(\.value))[0])
  }

  /// `A⁻¹ b`.
  private func solution(of matrix: Term, _ b: Term) -> Term {
    matrix.solve(b.reshaped(to: [unknowns.count, 1])).reshaped(to: [unknowns.count])
  }

  // MARK: Finding it

  /// `(x₀…, k…) ↦ x…`: a loop whose carry is v, its residual and the number of steps.
  func primal() throws(Diagnostics) -> Function {
    let builder = FunctionBuilder()
    let start = declare(unknowns.types, "start", in: builder)
    let constants = declare(constantTypes, "constant", in: builder)
    let first = unknowns.flat(start)
    let count = Term(builder, builder.splat(Scalar(Int64(0), as: .i64), .scalar).value)
    let loop = WhileLoop(
      condition: try condition(), stages: [.init(body: try step(), carryCount: 3, isReversed: false)])
    let found = builder.apply(loop, [first, evaluate(residual, first, constants), count] + constants)
    return try builder.finish(
      name: "solution",
      results: unknowns.split(found[0]).enumerated().map { .init("x\($0.offset)", $0.element.value) })
  }

  private var carryTypes: [TensorType] { [unknowns.type, unknowns.type, TensorType(.i64, .scalar)] }

  /// Whether the residual is too large yet. A NaN ends the search.
  private func condition() throws(Diagnostics) -> Function {
    let builder = FunctionBuilder()
    let carry = declare(carryTypes, "carry", in: builder)
    _ = declare(constantTypes, "constant", in: builder)
    let size = norm(carry[1])
    let goesOn = size.applying(.gt, size.splat(limits.tolerance))
      .applying(.and, carry[2].applying(.lt, carry[2].splat(Double(limits.iterations))))
    return try builder.finish(name: "unsolved", results: [.init("runs", goesOn.value)])
  }

  private func step() throws(Diagnostics) -> Function {
    let builder = FunctionBuilder()
    let carry = declare(carryTypes, "carry", in: builder)
    let constants = declare(constantTypes, "constant", in: builder)
    let next: Term
    switch method {
    case .descent(let rate): next = carry[0] - carry[1] * rate
    case .newton:
      let direction = solution(of: evaluate(jacobian, carry[0], constants), carry[1])
      next = shortened(carry[0], direction, norm(carry[1]), constants)
    }
    let results = [next, evaluate(residual, next, constants), carry[2] + 1]
    return try builder.finish(
      name: "step", results: results.enumerated().map { .init("next\($0.offset)", $0.element.value) })
  }

  /// The longest of the steps 1, 1/4, 1/16, 1/64 that makes the residual smaller, or the shortest.
  private func shortened(_ v: Term, _ direction: Term, _ size: Term, _ constants: [Term]) -> Term {
    var next = v - direction * (1.0 / 64)
    for fraction in [1.0 / 16, 1.0 / 4, 1] {
      let candidate = v - direction * fraction
      let falls = norm(evaluate(residual, candidate, constants)).applying(.lt, size)
      next = falls.broadcast(to: v.shape, axes: []).select(candidate, next)
    }
    return next
  }

  // MARK: Its derivative

  /// `(x₀…, k…, x…, ẋ₀…, k̇…) ↦ ẋ…`.
  func tangents() throws(Diagnostics) -> Function {
    let builder = FunctionBuilder()
    let moving = constantTypes.indices.filter { constantTypes[$0].dtype.isFloating }
    _ = declare(unknowns.types, "start", in: builder)
    let constants = declare(constantTypes, "constant", in: builder)
    let found = declare(unknowns.types, "x", in: builder)
    _ = declare(unknowns.types, "start_tangent", in: builder)
    let directions = declare(moving.map { constantTypes[$0] }, "tangent", in: builder)
    let v = unknowns.flat(found)
    let result: [Term]
    if moving.isEmpty {
      result = found.map(\.zeros)
    } else {
      let forward = try residual.jvp(wrt: moving.map { $0 + 1 }).keepingResults(from: 1)
      let pushed = Term(builder, builder.inline(forward, ([v] + constants + directions).map(\.value))[0])
      result = unknowns.split(-solution(of: evaluate(jacobian, v, constants), pushed))
    }
    return try builder.finish(
      name: "implicit", results: result.enumerated().map { .init("tangent\($0.offset)", $0.element.value) })
  }
}
