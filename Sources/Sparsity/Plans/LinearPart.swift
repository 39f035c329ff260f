import Basics
import Passes
import TensorIR
import TensorOps
import Transforms

/// A part of a linear function that starts from some of its values, in the builder of the function that computes a
/// sparse derivative.
struct LinearPart {
  /// `(inputs…, captures…) ↦ results…`, linear in the inputs.
  let part: Function
  let inputCount: Int
  /// What the part needs to know of the point.
  let captures: [Value]
  let builder: FunctionBuilder

  /// - Parameters:
  ///   - inputs: Values of the tangents' function.
  ///   - builder: Has the parameters x.
  ///   - results: Makes results of copies of the tangents' function's values.
  init(
    _ tangents: Tangents, inputs: [Value], in builder: FunctionBuilder, _ results: (FunctionCopier) -> [Term]
  ) throws(Diagnostics) {
    let source = FunctionBuilder()
    source.reserve(tangents.function.instructions.count)
    var copier = FunctionCopier(tangents.function, source)
    copier.declareParameters()
    for instruction in tangents.function.instructions {
      copier.takeLocation(of: instruction)
      copier.copy(instruction)
    }
    source.location = nil
    let chosen = results(copier).map(\.value)
    let (part, captured) = try source.extract(chosen, from: inputs.map { copier[$0] })
    self.part = try (Passes.simplify.applied(to: part) ?? part).pruned()
    inputCount = inputs.count
    self.builder = builder
    let known = try source.finish(
      name: "known", results: captured.enumerated().map { .init("known\($0.offset)", $0.element) }
    ).pruned()
    let own = (0..<tangents.parameters.count).map { Value($0) }
    // What is captured does not depend on tangents.
    let zeros = tangents.linear.map { builder.zeros(tangents.function.parameters[$0].type).value }
    captures = captured.isEmpty ? [] : builder.inline(known, own + zeros)
  }

  /// Tangents of the results for tangents of the inputs, `count` of them along a new axis 0.
  func forward(_ seeds: [Term], count: Int) throws(Diagnostics) -> [Term] {
    let flags = [Bool](repeating: true, count: inputCount) + captures.map { _ in false }
    let pushed = try part.vmap(batched: flags, size: count)
    return builder.terms(builder.inline(pushed, seeds.map(\.value) + captures))
  }

  /// Cotangents of the inputs for cotangents of the results, `count` of them along a new axis 0.
  func reverse(_ seeds: [Term], count: Int) throws(Diagnostics) -> [Term] {
    let names = part.unusedParameterNames(seeds.indices.map { "seed\($0)" })
    let pulled = try part.transposed(
      linear: Array(0..<inputCount), cotangentsOf: Array(part.results.indices), seeds: .parameters(names))
    let flags = captures.map { _ in false } + seeds.map { _ in true }
    let stacked = try pulled.vmap(batched: flags, size: count)
    return builder.terms(builder.inline(stacked, captures + seeds.map(\.value)))
  }

  /// Cotangents of the inputs where that of one result is 1 and those of the others are 0.
  func gradient(of result: Int) throws(Diagnostics) -> [Term] {
    let chosen = try part.selectingResults([result]).pruned()
    let pulled = try chosen.transposed(linear: Array(0..<inputCount), cotangentsOf: [0], seeds: .ones)
    return builder.terms(builder.inline(pulled, captures))
  }
}
