package import Basics
package import TensorIR
import TensorOps

extension Function {
  /// Forward mode: `(x…, ẋ…) ↦ (y…, ẏ…)` with `ẏ = ∂y/∂x · ẋ`.
  ///
  /// Parameters are this function's, then a tangent for every parameter in `wrt`; results are this function's, then a
  /// tangent for every result of a floating dtype, zeros where it does not depend on `wrt`.
  package func jvp(wrt: [Int]) throws(Diagnostics) -> Function {
    try checkDifferentiable(wrt)
    let names = unusedParameterNames(wrt.map { "\(parameters[$0].name)_tangent" })
    let extra = zip(names, wrt).map { Parameter($0, parameters[$1].type) }
    return try composed(name: "\(name)_jvp", adding: extra, expecting: 4 * instructions.count) {
      (builder, own, added) throws(Diagnostics) in
      var tangents = [Term?](repeating: nil, count: own.count)
      for (index, value) in zip(wrt, added) { tangents[index] = Term(builder, value) }
      let pushed = try Pushforward(self, builder).run(builder.terms(own), tangents)
      var results = zip(self.results, pushed.primals).map { Result($0.name, $1.value) }
      for (index, result) in self.results.enumerated() {
        let type = self.type(of: result.value)
        guard type.dtype.isFloating else { continue }
        let tangent = pushed.tangents[index] ?? builder.zeros(type)
        results.append(Result("\(result.name)_tangent", tangent.value))
      }
      return results
    }
  }

  /// Throws if `wrt` holds a number that is no parameter, twice the same, or a parameter of an integer dtype or bool.
  func checkDifferentiable(_ wrt: [Int]) throws(Diagnostics) {
    var found: [Diagnostic] = []
    for index in wrt {
      guard parameters.indices.contains(index) else {
        found.append(Diagnostic("'\(name)' has \(parameters.count) parameter(s), so no parameter \(index)"))
        continue
      }
      let parameter = parameters[index]
      if !parameter.type.dtype.isFloating {
        found.append(
          Diagnostic("can't differentiate '\(name)' by '\(parameter.name)': \(parameter.type) is not floating"))
      }
    }
    if Set(wrt).count != wrt.count { found.append(Diagnostic("'\(name)' is differentiated twice by one parameter")) }
    if !found.isEmpty { throw Diagnostics(found) }
  }
}

extension Function {
  /// Forward mode for a function within another: results are this one's, then tangents of those that depend on `wrt`;
  /// `hasTangent` says which these are.
  func pushedForward(wrt: [Int]) throws(Diagnostics) -> (function: Function, hasTangent: [Bool]) {
    let names = unusedParameterNames(wrt.map { "\(parameters[$0].name)_tangent" })
    let extra = zip(names, wrt).map { Parameter($0, parameters[$1].type) }
    var hasTangent: [Bool] = []
    let function = try composed(adding: extra, expecting: 4 * instructions.count) {
      (builder, own, added) throws(Diagnostics) in
      var tangents = [Term?](repeating: nil, count: own.count)
      for (index, value) in zip(wrt, added) { tangents[index] = Term(builder, value) }
      let pushed = try Pushforward(self, builder).run(builder.terms(own), tangents)
      hasTangent = pushed.tangents.map { $0 != nil }
      let moving = zip(self.results, pushed.tangents).compactMap { result, tangent in
        tangent.map { Result("\(result.name)_tangent", $0.value) }
      }
      return zip(self.results, pushed.primals).map { Result($0.name, $1.value) } + moving
    }
    return (function, hasTangent)
  }

  /// What `pushedForward` gives, with zeros as tangents of further results, by `needed`. It is not derived again for
  /// that: doing so at every level of functions within functions would take time exponential in their depth.
  func addingZeroTangents(_ hasTangent: [Bool], needed: [Bool]) throws(Diagnostics) -> Function {
    if needed == hasTangent { return self }
    return try composed { (builder, own, _) throws(Diagnostics) in
      let all = zip(self.results, builder.inline(self, own)).map { Result($0.name, $1) }
      var finished = Array(all.prefix(hasTangent.count))
      var tangents = all.dropFirst(hasTangent.count).makeIterator()
      for (result, (has, isNeeded)) in zip(self.results, zip(hasTangent, needed)) {
        if has, let tangent = tangents.next() {
          finished.append(tangent)
        } else if isNeeded {
          finished.append(Result("\(result.name)_tangent", builder.zeros(self.type(of: result.value)).value))
        }
      }
      return finished
    }
  }
}

/// Runs a function in a builder on primals and tangents at once.
struct Pushforward {
  private let function: Function
  let builder: FunctionBuilder

  init(_ function: Function, _ builder: FunctionBuilder) {
    self.function = function
    self.builder = builder
  }

  func run(
    _ primals: [Term], _ tangents: [Term?]
  ) throws(Diagnostics) -> (primals: [Term], tangents: [Term?]) {
    var copier = FunctionCopier(function, builder)
    let rules = function.ops.map(\.derivative)
    // Poison stands for a symbolic zero.
    var dots = [Value](repeating: .poison, count: function.valueCount)
    for (index, primal) in primals.enumerated() {
      copier.values[index] = primal.value
      dots[index] = tangents[index]?.value ?? .poison
    }
    for instruction in function.instructions {
      copier.takeLocation(of: instruction)
      let moves = instruction.operandRange.contains { dots[Int(function.operandPool[$0].index)] != .poison }
      if moves, case .controlFlow(let flow) = rules[Int(instruction.op)] {
        // Primals and tangents come out of one loop.
        try push(flow, instruction, &copier, &dots)
        continue
      }
      copier.copy(instruction)
      if moves { push(instruction, rules[Int(instruction.op)], &copier, &dots) }
    }
    builder.location = nil
    return (
      function.results.map { copier.term($0.value) },
      function.results.map {
        let dot = dots[Int($0.value.index)]
        return dot == .poison ? nil : Term(builder, dot)
      }
    )
  }

  private func push(
    _ flow: ControlFlow, _ instruction: Function.Instruction, _ copier: inout FunctionCopier, _ dots: inout [Value]
  ) throws(Diagnostics) {
    let operands = function.operands(of: instruction)
    if operands.contains(where: { copier[$0] == .poison }) { throw Diagnostics(builder.diagnostics) }
    let tangents = operands.map { (operand) -> Term? in
      let dot = dots[Int(operand.index)]
      return dot == .poison ? nil : Term(builder, dot)
    }
    let pushed = try push(flow, operands.map { copier.term($0) }, tangents)
    for (value, (primal, tangent)) in zip(function.results(of: instruction), zip(pushed.primals, pushed.tangents)) {
      copier[value] = primal.value
      dots[Int(value.index)] = tangent?.value ?? .poison
    }
  }

  private func push(
    _ instruction: Function.Instruction, _ rule: DerivativeRule, _ copier: inout FunctionCopier, _ dots: inout [Value]
  ) {
    let operands = function.operands(of: instruction)
    let first = Int(instruction.firstResult)
    let values = copier.values
    func term(_ value: Value) -> Term { Term(builder, values[Int(value.index)]) }
    func tangent(_ value: Value) -> Term? {
      let dot = dots[Int(value.index)]
      return dot == .poison ? nil : Term(builder, dot)
    }

    switch rule {
    case .zero, .controlFlow: return

    case .elementwise(let partials):
      let x = operands.map(term)
      let y = Term(builder, values[first])
      var sum: Term?
      for (partial, operand) in zip(partials, operands) {
        guard let dot = tangent(operand) else { continue }
        let part = partial(x, y) * dot
        sum = sum.map { $0 + part } ?? part
      }
      dots[first] = sum?.value ?? .poison

    case .signedSum(let signs):
      var sum: Value?
      for (sign, operand) in zip(signs, operands) {
        guard let dot = tangent(operand)?.value else { continue }
        if let partial = sum {
          sum = builder.emit(sign == .plus ? ElementwiseOp.add : ElementwiseOp.sub, partial, dot)
        } else {
          sum = sign == .plus ? dot : builder.emit(ElementwiseOp.neg, dot)
        }
      }
      dots[first] = sum ?? .poison

    case .linear(let linear, _):
      guard operands.enumerated().contains(where: { linear.contains($0.offset) && tangent($0.element) != nil })
      else { return }
      let arguments = operands.enumerated().map { index, operand in
        !linear.contains(index) ? term(operand) : tangent(operand) ?? builder.zeros(function.type(of: operand))
      }
      if arguments.count <= 2, instruction.resultCount == 1 {
        let second = arguments.count == 2 ? arguments[1].value : .poison
        let dot = builder.emit(copier.handle(instruction), arguments[0].value, second)
        if function.type(of: Value(first)).dtype.isFloating { dots[first] = dot }
        return
      }
      for (offset, dot) in builder.apply(function.op(of: instruction), arguments).enumerated()
      where dot.dtype.isFloating { dots[first + offset] = dot.value }

    case .bilinear:
      let (left, right) = (operands[operands.startIndex], operands[operands.startIndex + 1])
      let handle = copier.handle(instruction)
      if left == right, builder.scalarOp(of: handle)?.isCommutative == true, let dot = tangent(left) {
        // Of a square the two halves are one; that is said before the operand, so that a constant cotangent doubles.
        let half = Term(builder, builder.emit(handle, dot.value, term(left).value))
        dots[first] = (half + half).value
        return
      }
      let byLeft = tangent(left).map { Term(builder, builder.emit(handle, $0.value, term(right).value)) }
      let byRight = tangent(right).map { Term(builder, builder.emit(handle, term(left).value, $0.value)) }
      if let byLeft, let byRight {
        dots[first] = (byLeft + byRight).value
      } else {
        dots[first] = (byLeft ?? byRight)?.value ?? .poison
      }

    case .custom(let jvp, _):
      let count = Int(instruction.resultCount)
      let pushed = jvp(
        JVPArguments(
          builder: builder, operands: operands.map(term),
          results: (0..<count).map { Term(builder, values[first + $0]) }, tangents: operands.map(tangent)))
      for (offset, dot) in pushed.prefix(count).enumerated() { dots[first + offset] = dot?.value ?? .poison }
    }
  }
}
