package import Basics

/// How the functions within an op run. Transforms, passes and lowering look at this, never at an op's name.
package enum ControlFlow: Hashable, Sendable {
  case call(Call)
  case conditional(Conditional)
  case scan(Scan)
  case whileLoop(WhileLoop)
  case customDerivative(CustomDerivative)
  case linearCall(LinearCall)

  /// The functions within, in order.
  package var functions: [Function] {
    switch self {
    case .call(let call): [call.function]
    case .conditional(let conditional): conditional.branches
    case .scan(let scan): [scan.body]
    case .whileLoop(let loop): [loop.condition] + loop.stages.map(\.body)
    case .customDerivative(let custom): [custom.primal, custom.rule.function]
    case .linearCall(let call): [call.forward, call.transpose].compactMap { $0 }
    }
  }

  /// The same with other functions, which have the same parameters and results.
  package func replacing(_ functions: [Function]) -> ControlFlow {
    guard functions.count == self.functions.count else { return self }
    switch self {
    case .call(let call): return .call(Call(functions[0], isCheckpoint: call.isCheckpoint))
    case .conditional: return .conditional(Conditional(branches: functions))
    case .scan(var scan):
      scan.body = functions[0]
      return .scan(scan)
    case .whileLoop(var loop):
      loop.condition = functions[0]
      for index in loop.stages.indices { loop.stages[index].body = functions[index + 1] }
      return .whileLoop(loop)
    case .customDerivative(let custom):
      return .customDerivative(
        CustomDerivative(primal: functions[0], rule: custom.rule.replacing(functions[1])))
    case .linearCall(let call):
      return .linearCall(
        call.forward == nil
          ? LinearCall(forward: nil, transpose: functions[0], residualCount: call.residualCount)
          : LinearCall(forward: functions[0], transpose: functions[1], residualCount: call.residualCount))
    }
  }
}

/// `y… = f(x…)`.
package struct Call: Hashable, Sendable {
  package var function: Function
  /// Reverse mode keeps the operands alone and computes what else it needs again.
  package var isCheckpoint: Bool

  package init(_ function: Function, isCheckpoint: Bool) {
    self.function = function
    self.isCheckpoint = isCheckpoint
  }
}

/// `y… = branch[i](x…)`; operands are i, of dtype bool (false is 0) or integer and clamped into range, and x….
package struct Conditional: Hashable, Sendable {
  package var branches: [Function]

  package init(branches: [Function]) { self.branches = branches }
}

/// A loop that runs `length` times: `(c…, y_t…) = body(c…, x_t…, k…)`.
///
/// Operands are the first carry c…, the stacks x… whose axis 0 is time, and constants k…; results are the last carry
/// and the stacks y…. Time runs backwards if `isReversed`: y_t belongs to x_t all the same.
///
/// With checkpoints, reverse mode keeps that many carries at a time, and computes others again from them.
package struct Scan: Hashable, Sendable {
  package var body: Function
  package var length: Int
  package var carryCount: Int
  package var stackCount: Int
  package var isReversed: Bool
  /// `nil` if reverse mode keeps what it needs of every step.
  package var checkpointCount: Int?

  package init(
    body: Function, length: Int, carryCount: Int, stackCount: Int, isReversed: Bool, checkpointCount: Int? = nil
  ) {
    self.body = body
    self.length = length
    self.carryCount = carryCount
    self.stackCount = stackCount
    self.isReversed = isReversed
    self.checkpointCount = checkpointCount
  }

  /// Whether there are steps to compute again.
  package var isCheckpointed: Bool { checkpointCount != nil && length > 1 }
  package var constantCount: Int { body.parameters.count - carryCount - stackCount }
  /// The stacks among the results.
  package var outputCount: Int { body.results.count - carryCount }
  package var carries: Range<Int> { 0..<carryCount }
  package var stacks: Range<Int> { carryCount..<carryCount + stackCount }
  package var constants: Range<Int> { carryCount + stackCount..<body.parameters.count }
}

/// A loop whose number of runs n is not known before, and what runs over its steps again.
///
/// Stage 0 runs `(c…, r_t…) = body(c…, k…)` for t = 0, 1, … as long as `condition(c…, k…)`. Every further stage runs
/// over the same t, from n - 1 down to 0 if it is reversed, and sees the rows r_t… of all stages before it. Operands are
/// the first carries of all stages, then the constants k… that all functions see; results are the last carries of all.
package struct WhileLoop: Hashable, Sendable {
  package struct Stage: Hashable, Sendable {
    /// `(carry…, rows of earlier stages…, constants…) ↦ (carry…, rows…)`.
    package var body: Function
    package var carryCount: Int
    package var isReversed: Bool

    package init(body: Function, carryCount: Int, isReversed: Bool) {
      self.body = body
      self.carryCount = carryCount
      self.isReversed = isReversed
    }

    /// What it leaves at every step for the stages after it.
    package var rowTypes: [TensorType] { Array(body.resultTypes[carryCount...]) }
    package var carryTypes: [TensorType] { Array(body.resultTypes[..<carryCount]) }
  }

  package var condition: Function
  package var stages: [Stage]

  package init(condition: Function, stages: [Stage]) {
    self.condition = condition
    self.stages = stages
  }

  package var carryCount: Int { stages.reduce(0) { $0 + $1.carryCount } }
  package var constantCount: Int { condition.parameters.count - (stages.first?.carryCount ?? 0) }
  /// The carries of a stage among operands and results.
  package func carries(_ stage: Int) -> Range<Int> {
    let start = stages[..<stage].reduce(0) { $0 + $1.carryCount }
    return start..<start + stages[stage].carryCount
  }
  /// How many rows the stages before one leave.
  package func rowCount(before stage: Int) -> Int { stages[..<stage].reduce(0) { $0 + $1.rowTypes.count } }
}

/// `y… = primal(x…)` whose derivative is given.
package struct CustomDerivative: Hashable, Sendable {
  package enum Rule: Hashable, Sendable {
    /// `(x…, y…, ẋ…) ↦ ẏ…`, with tangents of the floating ones alone.
    case jvp(Function)
    /// `(x…, y…, ȳ…) ↦ x̄…`, with cotangents of the floating ones alone.
    case vjp(Function)

    package var function: Function {
      switch self {
      case .jvp(let function), .vjp(let function): function
      }
    }

    func replacing(_ function: Function) -> Rule {
      switch self {
      case .jvp: .jvp(function)
      case .vjp: .vjp(function)
      }
    }
  }

  package var primal: Function
  package var rule: Rule

  package init(primal: Function, rule: Rule) {
    self.primal = primal
    self.rule = rule
  }
}

/// `z… = forward(r…, t…)`, linear in t…, whose transpose `(r…, z̄…) ↦ t̄…` is given.
package struct LinearCall: Hashable, Sendable {
  /// `nil` if there is a transpose alone: then it can't be computed.
  package var forward: Function?
  package var transpose: Function
  /// The number of operands r….
  package var residualCount: Int

  package init(forward: Function?, transpose: Function, residualCount: Int) {
    self.forward = forward
    self.transpose = transpose
    self.residualCount = residualCount
  }
}
