package import Basics
package import TensorIR
import TensorOps

extension Function {
  /// The function applied to `size` examples at once: parameters that are `batched` gain an axis 0 of that extent, and
  /// so do all results. `vmap(f)(x)[i] = f(x[i])`.
  package func vmap(batched: [Bool], size: Int) throws(Diagnostics) -> Function {
    guard batched.count == parameters.count, size >= 0 else {
      throw Diagnostics([
        Diagnostic("vmap of '\(name)' needs \(parameters.count) flags and a size ≥ 0, not \(batched.count) and \(size)")
      ])
    }
    return try fullyStacked(batched: batched, size: size).named("\(name)_vmap")
  }

  /// The function applied to stacks, all of whose results are stacks.
  func fullyStacked(batched: [Bool], size: Int) throws(Diagnostics) -> Function {
    let (function, isBatched) = try stackedFunction(batched: batched, size: size)
    return try function.repeatingResults(isBatched, needed: results.map { _ in true }, size: size)
  }

  /// What `stackedFunction` gives, with further results repeated to stacks, by `needed`.
  func repeatingResults(_ isBatched: [Bool], needed: [Bool], size: Int) throws(Diagnostics) -> Function {
    if needed == isBatched { return self }
    return try composed { (builder, own, _) throws(Diagnostics) in
      builder.terms(builder.inline(self, own)).enumerated().map { index, term in
        Result(self.results[index].name, needed[index] && !isBatched[index] ? term.repeated(size).value : term.value)
      }
    }
  }

  /// The function applied to stacks, and which of its results are stacks: those that depend on one.
  func stackedFunction(
    batched: [Bool], size: Int
  ) throws(Diagnostics) -> (function: Function, isBatched: [Bool]) {
    let builder = FunctionBuilder()
    builder.reserve(instructions.count)
    var copier = FunctionCopier(self, builder)
    var isBatched = [Bool](repeating: false, count: valueCount)
    for (index, parameter) in parameters.enumerated() {
      let shape = batched[index] ? parameter.type.shape.inserting(size, at: 0) : parameter.type.shape
      copier.values[index] = builder.parameter(parameter.name, parameter.type.with(shape))
      isBatched[index] = batched[index]
    }
    for instruction in instructions {
      builder.location = location(of: instruction)
      let operands = self.operands(of: instruction)
      // A stack may be too big to exist; rules expect operands that do.
      if operands.contains(where: { copier.values[Int($0.index)] == .poison }) {
        throw Diagnostics(builder.diagnostics)
      }
      guard operands.contains(where: { isBatched[Int($0.index)] }) else {
        copier.copy(instruction)
        continue
      }
      let results = try batch(
        op(of: instruction), builder, operands.map { copier.term($0) },
        operands.map { isBatched[Int($0.index)] }, size)
      for (offset, result) in results.enumerated() {
        copier.values[Int(instruction.firstResult) + offset] = result.term.value
        isBatched[Int(instruction.firstResult) + offset] = result.isBatched
      }
    }
    builder.location = nil
    let function = try builder.finish(
      name: name, results: results.map { Result($0.name, copier[$0.value]) })
    return (function, results.map { isBatched[Int($0.value.index)] })
  }

  private func batch(
    _ op: any Op, _ builder: FunctionBuilder, _ operands: [Term], _ isBatched: [Bool], _ size: Int
  ) throws(Diagnostics) -> [(term: Term, isBatched: Bool)] {
    switch op.batching {
    case .elementwise:
      return builder.apply(op, zip(operands, isBatched).map { $1 ? $0 : $0.repeated(size) }).map { ($0, true) }
    case .custom(let rule):
      return rule(BatchingArguments(builder: builder, operands: operands, isBatched: isBatched, batchSize: size))
        .map { ($0, true) }
    case .controlFlow(let flow):
      return try ControlFlowBatching(builder: builder, operands: operands, isBatched: isBatched, size: size).batch(flow)
    }
  }
}

extension Term {
  /// The term repeated along a new axis 0.
  func repeated(_ size: Int) -> Term {
    broadcast(to: shape.inserting(size, at: 0), axes: Array(1..<shape.rank + 1))
  }
}
