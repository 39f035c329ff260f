import Basics
import TensorIR
import TensorOps

extension Function {
  /// The function of some of its parameters; the results must not depend on the others.
  func dependingOnly(on chosen: [Int]) throws(Diagnostics) -> Function {
    let builder = FunctionBuilder()
    builder.reserve(instructions.count)
    let own = parameters.map { builder.parameter($0.name, $0.type) }
    let results = builder.inline(self, own)
    let part = try builder.extract(results, from: chosen.map { own[$0] }, since: 0)
    guard part.captures.isEmpty else {
      throw Diagnostics([Diagnostic("a part of '\(name)' depends on more than it should", kind: .bug)])
    }
    return part.function.renamed(
      parameters: chosen.map { parameters[$0].name }, results: self.results.map(\.name)
    ).named(name)
  }
}

/// A function in which what depends on some parameters is told from the rest.
struct LinearPart {
  /// Holds the function; its parameters have the same numbers.
  let builder: FunctionBuilder
  let function: Function
  let linearParameters: [Int]
  /// The results that are linear.
  let linearResults: [Int]
  private let values: [Value]
  /// Values, none of them parameters or numbers, that the linear part needs of the rest.
  let residuals: [Value]
  /// The parameters that the linear part needs and that are not linear.
  let fixedParameters: [Int]

  /// - Parameter results: The results that are linear, or zero.
  init(of function: Function, linear: [Int], results: [Int]) throws(Diagnostics) {
    let builder = FunctionBuilder()
    self.function = function
    self.builder = builder
    builder.reserve(function.instructions.count)
    let parameters = function.parameters.map { builder.parameter($0.name, $0.type) }
    linearParameters = linear
    linearResults = results
    let values = builder.inline(function, parameters)
    self.values = values
    let chosen = results.map { values[$0] }
    let captures = try builder.extract(chosen, from: linear.map { Value($0) }).captures
    residuals = captures.filter { $0.index >= parameters.count }
    fixedParameters = captures.filter { $0.index < parameters.count }.map { Int($0.index) }
  }

  /// `parameters… ↦ results…, kept…`, which do not depend on the linear parameters.
  func known(parameters: [Int], results: [Int], keeping kept: [Value]) throws(Diagnostics) -> Function {
    try part(results.map { values[$0] } + kept, from: parameters.map { Value($0) }, "known")
  }

  /// The same with the residuals in numbered places among values of other types, which are zero.
  func known(
    parameters: [Int], results: [Int], residualsAt places: [Int], slots: [TensorType]
  ) throws(Diagnostics) -> Function {
    var kept = slots.map { builder.zeros($0).value }
    for (place, residual) in zip(places, residuals) { kept[place] = residual }
    return try known(parameters: parameters, results: results, keeping: kept)
  }

  /// `parameters… ↦ linear results…`, where the parameters are linear ones, fixed ones and residuals, all that are
  /// needed, in any order.
  func linear(parameters: [Value]) throws(Diagnostics) -> Function {
    try part(linearResults.map { values[$0] }, from: parameters, "linear")
  }

  /// `(linear…, others…, slots…) ↦ linear results…`.
  func linear(others: [Int], residualsAt places: [Int], slots: [TensorType]) throws(Diagnostics) -> Function {
    let whole = try linear(parameters: (linearParameters + others).map { Value($0) } + residuals)
    let count = linearParameters.count + others.count
    let free = slots.indices.filter { !places.contains($0) }
    var order = Array(0..<count)
    for slot in slots.indices {
      if let place = places.firstIndex(of: slot) {
        order.append(count + place)
      } else {
        order.append(count + residuals.count + (free.firstIndex(of: slot) ?? 0))
      }
    }
    return try whole.ignoring(free.map { slots[$0] })
      .rearranged(parameters: order, results: Array(whole.results.indices))
  }

  private func part(_ results: [Value], from inputs: [Value], _ name: String) throws(Diagnostics) -> Function {
    // What depends on no parameter is computed by whoever needs it.
    let part = try builder.extract(results, from: inputs, since: 0)
    guard part.captures.isEmpty else {
      throw Diagnostics([
        Diagnostic("the \(name) part of '\(function.name)' depends on more than it should", kind: .bug)
      ])
    }
    return part.function.named(function.name)
  }
}
