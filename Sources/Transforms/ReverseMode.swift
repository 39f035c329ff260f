package import Basics
package import TensorIR
import TensorOps

extension Function {
  /// Reverse mode: `(x…, ȳ…) ↦ (y…, x̄…)` with `x̄ = (∂y/∂x)ᵀ ȳ`, by transposing the linear part of `jvp`.
  ///
  /// Parameters are this function's, then a cotangent for every result in `seeded`, by default all of a floating
  /// dtype; results are this function's, then a cotangent for every parameter in `wrt`.
  package func vjp(wrt: [Int], seeded: [Int]? = nil) throws(Diagnostics) -> Function {
    try checkDifferentiable(wrt)
    let seeded = seeded ?? results.indices.filter { type(of: results[$0].value).dtype.isFloating }
    let names = unusedParameterNames(seeded.map { "\(results[$0].name)_cotangent" })
    return try reversed(
      wrt: wrt, seeded: seeded, seeds: .parameters(names),
      results: results.map(\.name) + wrt.map { "\(parameters[$0].name)_cotangent" }
    ).named("\(name)_vjp")
  }

  private func reversed(
    wrt: [Int], seeded: [Int], seeds: CotangentSeeds, results names: [String]
  ) throws(Diagnostics) -> Function {
    let floating = results.indices.filter { type(of: results[$0].value).dtype.isFloating }
    let forward = try jvp(wrt: wrt)
    let tangentOf = Dictionary(uniqueKeysWithValues: zip(floating, results.count...))
    let tangentResults = seeded.compactMap { tangentOf[$0] }
    let linear = forward.selectingResults(Array(results.indices) + tangentResults)
    return try linear.transposed(
      linear: Array(parameters.count..<forward.parameters.count),
      cotangentsOf: Array(results.count..<linear.results.count), seeds: seeds
    ).renamed(results: names)
  }

  /// `x… ↦ (y…, ∂y₀/∂x…)`: the results, and the gradient of the first one, a floating scalar.
  package func valueAndGrad(wrt: [Int]) throws(Diagnostics) -> Function {
    try checkDifferentiable(wrt)
    guard let first = results.first, type(of: first.value).shape == .scalar, type(of: first.value).dtype.isFloating
    else {
      let found = results.first.map { "\(type(of: $0.value))" } ?? "nothing"
      throw Diagnostics([
        Diagnostic(
          "a gradient needs a floating scalar as first result; '\(name)' returns \(found). Sum it, or use vjp or jacobian."
        )
      ])
    }
    return try reversed(
      wrt: wrt, seeded: [0], seeds: .ones,
      results: results.map(\.name) + wrt.map { "\(parameters[$0].name)_gradient" }
    ).named("\(name)_value_and_grad")
  }

  /// `x… ↦ ∂y/∂x…`: the gradient of the first result, a floating scalar.
  package func grad(wrt: [Int]) throws(Diagnostics) -> Function {
    try valueAndGrad(wrt: wrt).keepingResults(from: results.count).named("\(name)_grad")
  }

  /// The function under another name.
  package func named(_ name: String) -> Function {
    var copy = self
    copy.name = name
    return copy
  }

  /// The function without its first `count` results.
  package func keepingResults(from count: Int) -> Function {
    selectingResults(Array(count..<results.count))
  }
}
