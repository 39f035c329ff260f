import Basics
import TensorIR
import TensorOps

/// Functions within an op applied to stacks of operands: the same control flow over stacks.
struct ControlFlowBatching {
  typealias Part = (term: Term, isBatched: Bool)

  let builder: FunctionBuilder
  let operands: [Term]
  let isBatched: [Bool]
  let size: Int

  func batch(_ flow: ControlFlow) throws(Diagnostics) -> [Part] {
    switch flow {
    case .call(let call): try batch(call)
    case .conditional(let conditional): try batch(conditional)
    case .scan(let scan): try batch(scan)
    case .whileLoop(let loop): try batch(loop)
    case .customDerivative, .linearCall:
      // Whose functions differ in what they see, so that all of it is stacked.
      builder.apply(
        flow.replacing(
          try flow.functions.map { (function) throws(Diagnostics) in try allStacked(function) }
        ).op, operands.indices.map { stacked($0) }
      ).map { ($0, true) }
    }
  }

  private func stacked(_ index: Int) -> Term { isBatched[index] ? operands[index] : operands[index].repeated(size) }

  private func allStacked(_ function: Function) throws(Diagnostics) -> Function {
    try function.fullyStacked(batched: function.parameters.map { _ in true }, size: size)
  }

  private func batch(_ call: Call) throws(Diagnostics) -> [Part] {
    let (function, flags) = try call.function.stackedFunction(batched: isBatched, size: size)
    return zip(builder.apply(Call(function, isCheckpoint: call.isCheckpoint), operands), flags).map { ($0, $1) }
  }

  private func batch(_ conditional: Conditional) throws(Diagnostics) -> [Part] {
    if isBatched[0] { return try selected(conditional) }
    let arguments = Array(isBatched.dropFirst())
    let stacked = try conditional.branches.map { (branch) throws(Diagnostics) in
      try branch.stackedFunction(batched: arguments, size: size)
    }
    let needed = conditional.branches[0].results.indices.map { place in stacked.contains { $0.isBatched[place] } }
    let branches = try stacked.map { (branch) throws(Diagnostics) in
      try branch.function.repeatingResults(branch.isBatched, needed: needed, size: size)
    }
    return zip(builder.apply(Conditional(branches: branches), operands), needed).map { ($0, $1) }
  }

  /// Where every example chooses for itself, all branches are computed and one is picked.
  private func selected(_ conditional: Conditional) throws(Diagnostics) -> [Part] {
    let given = operands.indices.dropFirst().map { stacked($0).value }
    let results = try conditional.branches.map { (branch) throws(Diagnostics) in
      builder.terms(builder.inline(try allStacked(branch), given))
    }
    let selector = operands[0]
    let last = results.count - 1
    return results[0].indices.map { place in
      var term = results[last][place]
      for number in (0..<last).reversed() {
        // Everything up to branch 0 chooses branch 0, and so on.
        let chooses =
          selector.dtype == .bool
          ? selector.applying(.not) : selector.applying(.le, selector.splat(Double(number)))
        let mask = chooses.broadcast(to: term.shape, axes: [0])
        term = mask.select(results[number][place], term)
      }
      return (term, true)
    }
  }

  private func batch(_ scan: Scan) throws(Diagnostics) -> [Part] {
    var flags = isBatched
    var stacked = try scan.body.stackedFunction(batched: flags, size: size)
    while scan.carries.contains(where: { stacked.isBatched[$0] && !flags[$0] }) {
      for index in scan.carries where stacked.isBatched[index] { flags[index] = true }
      stacked = try scan.body.stackedFunction(batched: flags, size: size)
    }
    var needed = stacked.isBatched
    for index in scan.carries { needed[index] = flags[index] }
    let body = try stacked.function.repeatingResults(stacked.isBatched, needed: needed, size: size)
    let given = operands.indices.map { index in
      if scan.carries.contains(index), flags[index] { return self.stacked(index) }
      // Time goes before the batch.
      return scan.stacks.contains(index) && flags[index] ? operands[index].movingAxis(1, to: 0) : operands[index]
    }
    var changed = scan
    changed.body = body
    return builder.apply(changed, given).enumerated().map { index, term in
      index >= scan.carryCount && needed[index] ? (term.movingAxis(1, to: 0), true) : (term, needed[index])
    }
  }

  private func batch(_ loop: WhileLoop) throws(Diagnostics) -> [Part] {
    let constants = loop.carryCount..<loop.carryCount + loop.constantCount
    var flags = isBatched
    var rowFlags: [Bool] = []
    var stages: [WhileLoop.Stage] = []
    // Whether examples end at different times: then those that are done stand still.
    var standsStill = false
    var condition = loop.condition
    for (number, stage) in loop.stages.enumerated() {
      let range = loop.carries(number)
      var stacked: (function: Function, isBatched: [Bool])
      while true {
        stacked = try stage.body.stackedFunction(
          batched: Array(flags[range]) + rowFlags + flags[constants], size: size)
        if number == 0 {
          let stops = try loop.condition.stackedFunction(
            batched: Array(flags[range]) + flags[constants], size: size)
          condition = stops.function
          standsStill = stops.isBatched[0]
        }
        let grown = range.enumerated().filter { (standsStill || stacked.isBatched[$0.offset]) && !flags[$0.element] }
        if grown.isEmpty { break }
        for (_, index) in grown { flags[index] = true }
      }
      var needed = stacked.isBatched
      for (place, index) in range.enumerated() { needed[place] = flags[index] }
      let body = try stacked.function.repeatingResults(stacked.isBatched, needed: needed, size: size)
      stages.append(WhileLoop.Stage(body: body, carryCount: stage.carryCount, isReversed: stage.isReversed))
      rowFlags += needed[stage.carryCount...]
    }
    var changed = WhileLoop(condition: condition, stages: stages)
    if standsStill { changed = try changed.standingStill(size) }
    let given = operands.indices.map { flags[$0] && !isBatched[$0] ? stacked($0) : operands[$0] }
    return zip(builder.apply(changed, given), flags).map { ($0, $1) }
  }
}

extension WhileLoop {
  /// A loop over stacks whose condition says for every example whether it goes on, as a loop that runs as long as one
  /// does: carries of those that are done stay as they are. The first stage leaves who runs as a further row.
  fileprivate func standingStill(_ size: Int) throws(Diagnostics) -> WhileLoop {
    let anyRuns = try condition.composed { (builder, own, _) throws(Diagnostics) in
      [Function.Result("runs", Term(builder, builder.inline(condition, own)[0]).reduce(.or, axes: [0]).value)]
    }
    let rowCount = stages[0].rowTypes.count
    let changed = try stages.enumerated().map { (number, stage) throws(Diagnostics) in
      let builder = FunctionBuilder()
      var parameters: [Term] = []
      var mask: Term?
      func seeMask() { mask = Term(builder, builder.parameter("runs", TensorType(.bool, [size]))) }
      for parameter in stage.body.parameters {
        if number > 0, parameters.count == stage.carryCount + rowCount { seeMask() }
        parameters.append(Term(builder, builder.parameter(parameter.name, parameter.type)))
      }
      if number > 0, parameters.count == stage.carryCount + rowCount { seeMask() }
      let carries = parameters[..<stage.carryCount]
      let seen = (carries + parameters.suffix(constantCount)).map(\.value)
      let runs = mask ?? Term(builder, builder.inline(condition, seen)[0])
      let results = builder.terms(builder.inline(stage.body, parameters.map(\.value)))
      var next = zip(carries, results).map { carry, result in
        runs.broadcast(to: result.shape, axes: [0]).select(result, carry)
      }
      next += results[stage.carryCount...]
      if number == 0 { next.append(runs) }
      let body = try builder.finish(
        name: stage.body.name,
        results: next.enumerated().map { Function.Result("next\($0.offset)", $0.element.value) })
      return Stage(body: body, carryCount: stage.carryCount, isReversed: stage.isReversed)
    }
    return WhileLoop(condition: anyRuns, stages: changed)
  }
}
