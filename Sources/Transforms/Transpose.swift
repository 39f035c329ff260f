package import Basics
package import TensorIR
import TensorOps

/// What reverse mode starts from.
package enum CotangentSeeds {
  /// Parameters with these names, one for each result.
  case parameters([String])
  /// `z̄ = 1`.
  case ones
}

extension Function {
  /// The transpose of the part of this function that is linear in the parameters `linear`.
  ///
  /// With `(x…, t…) ↦ (y…, z…)`, z linear in t for fixed x, and z the results in `cotangentsOf`, gives
  /// `(x…, z̄…) ↦ (y…, t̄…)` with `t̄ = (∂z/∂t)ᵀ z̄`. The results y must not depend on t.
  package func transposed(
    linear: [Int], cotangentsOf results: [Int], seeds: CotangentSeeds
  ) throws(Diagnostics) -> Function {
    try unzipped(linear: linear).transposedSplit(linear: linear, cotangentsOf: results, seeds: seeds)
  }

  /// `transposed` for a function whose loops and branches are linear as a whole or not at all.
  private func transposedSplit(
    linear: [Int], cotangentsOf results: [Int], seeds: CotangentSeeds
  ) throws(Diagnostics) -> Function {
    let builder = FunctionBuilder()
    builder.reserve(2 * instructions.count)
    let isLinear = values(dependentOn: linear)

    var copier = FunctionCopier(self, builder)
    let linearParameters = Set(linear)
    for (index, parameter) in parameters.enumerated() where !linearParameters.contains(index) {
      copier.values[index] = builder.parameter(parameter.name, parameter.type)
    }
    var seeded: [(Value, Value)] = []
    for (index, result) in results.enumerated() {
      let value = self.results[result].value
      let seed =
        switch seeds {
        case .parameters(let names): builder.parameter(names[index], type(of: value))
        case .ones: builder.ones(type(of: value)).value
        }
      seeded.append((value, seed))
    }

    var linearPart: [Instruction] = []
    for instruction in instructions {
      if isLinear[Int(instruction.firstResult)] {
        linearPart.append(instruction)
      } else {
        copier.takeLocation(of: instruction)
        copier.copy(instruction)
      }
    }

    var pullback = Pullback(self, builder, copier.values, isLinear)
    for (value, seed) in seeded where isLinear[Int(value.index)] { pullback.add(seed, to: value) }
    for instruction in linearPart.reversed() {
      copier.takeLocation(of: instruction)
      try pullback.pull(instruction)
    }
    builder.location = nil

    var finished: [Result] = []
    let pulled = Set(results)
    for (index, result) in self.results.enumerated() where !pulled.contains(index) {
      finished.append(Result(result.name, copier[result.value]))
    }
    for index in linear {
      let cotangent = pullback.cotangent(of: Value(index))
      let value = cotangent == .poison ? builder.zeros(parameters[index].type).value : cotangent
      finished.append(Result(parameters[index].name, value))
    }
    return try builder.finish(name: name, results: finished)
  }

  /// For every value, whether it depends on one of these parameters.
  package func values(dependentOn chosen: [Int]) -> [Bool] {
    var dependent = [Bool](repeating: false, count: valueCount)
    for index in chosen { dependent[index] = true }
    for instruction in instructions
    where instruction.operandRange.contains(where: { dependent[Int(operandPool[$0].index)] }) {
      for result in 0..<Int(instruction.resultCount) { dependent[Int(instruction.firstResult) + result] = true }
    }
    return dependent
  }
}
