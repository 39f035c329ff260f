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
    let builder = FunctionBuilder()
    builder.reserve(2 * instructions.count)
    let isLinear = values(dependentOn: linear)

    var copier = FunctionCopier(self, builder)
    for (index, parameter) in parameters.enumerated() where !linear.contains(index) {
      copier.values[index] = builder.parameter(parameter.name, parameter.type)
    }
    // Poison stands for a symbolic zero.
    var cotangents = [Value](repeating: .poison, count: valueCount)
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

    let pullback = Pullback(self, builder, copier.values, isLinear)
    for (value, seed) in seeded where isLinear[Int(value.index)] { pullback.add(seed, to: value, &cotangents) }
    for instruction in linearPart.reversed() {
      copier.takeLocation(of: instruction)
      pullback.pull(instruction, &cotangents)
    }
    builder.location = nil

    var finished: [Result] = []
    for (index, result) in self.results.enumerated() where !results.contains(index) {
      finished.append(Result(result.name, copier[result.value]))
    }
    for index in linear {
      let cotangent = cotangents[index]
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

/// Carries cotangents backwards over linear instructions.
private struct Pullback {
  let function: Function
  let builder: FunctionBuilder
  let copies: [Value]
  let isLinear: [Bool]
  /// By op number.
  let rules: [DerivativeRule]
  let addition: OpHandle

  init(_ function: Function, _ builder: FunctionBuilder, _ copies: [Value], _ isLinear: [Bool]) {
    self.function = function
    self.builder = builder
    self.copies = copies
    self.isLinear = isLinear
    rules = function.ops.map(\.derivative)
    addition = builder.handle(for: ElementwiseOp.add)
  }

  func add(_ cotangent: Value, to value: Value, _ cotangents: inout [Value]) {
    let index = Int(value.index)
    cotangents[index] =
      cotangents[index] == .poison ? cotangent : builder.emit(addition, cotangents[index], cotangent)
  }

  func pull(_ instruction: Function.Instruction, _ cotangents: inout [Value]) {
    let first = Int(instruction.firstResult)
    let count = Int(instruction.resultCount)
    guard (first..<first + count).contains(where: { cotangents[$0] != .poison }) else { return }
    let operands = function.operands(of: instruction)
    func fixed(_ value: Value) -> Term? {
      isLinear[Int(value.index)] ? nil : Term(builder, copies[Int(value.index)])
    }
    func arguments() -> TransposeArguments {
      TransposeArguments(
        builder: builder,
        cotangents: (first..<first + count).map { cotangents[$0] == .poison ? nil : Term(builder, cotangents[$0]) },
        operands: operands.map(fixed), operandTypes: operands.map { function.type(of: $0) })
    }

    switch rules[Int(instruction.op)] {
    case .zero: return

    case .signedSum(let signs):
      for (sign, operand) in zip(signs, operands) where isLinear[Int(operand.index)] {
        let cotangent = cotangents[first]
        add(sign == .plus ? cotangent : builder.emit(ElementwiseOp.neg, cotangent), to: operand, &cotangents)
      }

    case .linear(let linear, let transpose):
      let pulled = transpose(arguments())
      for (index, operand) in operands.enumerated() where isLinear[Int(operand.index)] {
        guard linear.contains(index) else { return notLinear(instruction, index) }
        if let cotangent = pulled[index] { add(cotangent.value, to: operand, &cotangents) }
      }

    case .bilinear(let left, let right):
      let (a, b) = (operands[operands.startIndex], operands[operands.startIndex + 1])
      let cotangent = Term(builder, cotangents[first])
      if let other = fixed(b) {
        add(left(cotangent, other, function.type(of: a)).value, to: a, &cotangents)
      } else if let other = fixed(a) {
        add(right(cotangent, other, function.type(of: b)).value, to: b, &cotangents)
      } else {
        notLinear(instruction, 0)
      }

    case .custom(_, let transpose?):
      let pulled = transpose(arguments())
      for (index, operand) in operands.enumerated() where isLinear[Int(operand.index)] {
        if let cotangent = pulled[index] { add(cotangent.value, to: operand, &cotangents) }
      }

    case .elementwise, .custom(_, nil):
      notLinear(instruction, 0)
    }
  }

  private func notLinear(_ instruction: Function.Instruction, _ operand: Int) {
    let name = function.op(of: instruction).name
    builder.record(
      Diagnostic("'\(name)' stands in a linear function but is not linear in operand \(operand)", kind: .bug))
  }
}
