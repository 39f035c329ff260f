import Basics
import TensorIR
import TensorOps

extension [Term] {
  /// The terms in the order of their places, each of which occurs once.
  fileprivate func placed(at places: [Int]) -> [Term] {
    zip(places, self).sorted { $0.0 < $1.0 }.map(\.1)
  }
}

/// Primals of results, and tangents of those that have any.
typealias Pushed = (primals: [Term], tangents: [Term?])

extension Pushforward {
  /// Forward mode through functions within an op: the same control flow over values and tangents at once.
  func push(_ flow: ControlFlow, _ operands: [Term], _ tangents: [Term?]) throws(Diagnostics) -> Pushed {
    switch flow {
    case .call(let call): try push(call, operands, tangents)
    case .conditional(let conditional): try push(conditional, operands, tangents)
    case .scan(let scan): try push(scan, operands, tangents)
    case .whileLoop(let loop): try push(loop, operands, tangents)
    case .customDerivative(let custom): try push(custom, operands, tangents)
    case .linearCall(let call): try push(call, operands, tangents)
    }
  }

  /// Results of which the first are primals and the others the tangents that there are.
  private func split(_ results: [Term], _ hasTangent: [Bool]) -> Pushed {
    var next = hasTangent.count
    let tangents = hasTangent.map { (has) -> Term? in
      guard has else { return nil }
      next += 1
      return results[next - 1]
    }
    return (Array(results.prefix(hasTangent.count)), tangents)
  }

  private func push(_ call: Call, _ operands: [Term], _ tangents: [Term?]) throws(Diagnostics) -> Pushed {
    let wrt = tangents.map { $0 != nil }.trueIndices
    let (function, hasTangent) = try call.function.pushedForward(wrt: wrt)
    return split(
      builder.apply(Call(function, isCheckpoint: call.isCheckpoint), operands + wrt.compactMap { tangents[$0] }),
      hasTangent)
  }

  private func push(
    _ conditional: Conditional, _ operands: [Term], _ tangents: [Term?]
  ) throws(Diagnostics) -> Pushed {
    let wrt = tangents.dropFirst().map { $0 != nil }.trueIndices
    let pushed = try conditional.branches.map { (branch) throws(Diagnostics) in try branch.pushedForward(wrt: wrt) }
    let needed = conditional.branches[0].results.indices.map { place in pushed.contains { $0.hasTangent[place] } }
    let branches = try pushed.map { (branch) throws(Diagnostics) in
      try branch.function.addingZeroTangents(branch.hasTangent, needed: needed)
    }
    return split(
      builder.apply(Conditional(branches: branches), operands + wrt.compactMap { tangents[$0 + 1] }), needed)
  }

  private func push(_ scan: Scan, _ operands: [Term], _ tangents: [Term?]) throws(Diagnostics) -> Pushed {
    var moves = tangents.map { $0 != nil }
    var derived = try scan.body.pushedForward(wrt: moves.trueIndices)
    while scan.carries.contains(where: { derived.hasTangent[$0] && !moves[$0] }) {
      for index in scan.carries where derived.hasTangent[index] { moves[index] = true }
      derived = try scan.body.pushedForward(wrt: moves.trueIndices)
    }
    var hasTangent = derived.hasTangent
    for index in scan.carries { hasTangent[index] = moves[index] }
    let wrt = moves.trueIndices
    let pushed = try derived.function.addingZeroTangents(derived.hasTangent, needed: hasTangent)

    // Tangents stand behind the primals of their kind.
    let order = interleaved(moves, groups: [scan.carryCount, scan.stackCount, scan.constantCount])
    let places = interleaved(hasTangent, groups: [scan.carryCount, scan.outputCount])
    let all = operands + wrt.map { tangents[$0] ?? builder.zeros(operands[$0].type) }
    let body = try pushed.rearranged(parameters: order, results: places)
    func count(_ range: Range<Int>) -> Int { 2 * range.count - moves[range].count { !$0 } }
    let results = builder.apply(
      Scan(
        body: body, length: scan.length, carryCount: count(scan.carries), stackCount: count(scan.stacks),
        isReversed: scan.isReversed, checkpointCount: scan.checkpointCount),
      order.map { all[$0] })
    return split(results.placed(at: places), hasTangent)
  }

  private func push(_ loop: WhileLoop, _ operands: [Term], _ tangents: [Term?]) throws(Diagnostics) -> Pushed {
    let constants = loop.carryCount..<loop.carryCount + loop.constantCount
    var moves = tangents.map { $0 != nil }
    // By row of the stages so far.
    var rowMoves: [Bool] = []
    var stages: [WhileLoop.Stage] = []
    for (number, stage) in loop.stages.enumerated() {
      let range = loop.carries(number)
      func wrt() -> [Int] { (moves[range] + rowMoves + moves[constants]).trueIndices }
      var derived = try stage.body.pushedForward(wrt: wrt())
      while range.enumerated().contains(where: { derived.hasTangent[$0.offset] && !moves[$0.element] }) {
        for (place, index) in range.enumerated() where derived.hasTangent[place] { moves[index] = true }
        derived = try stage.body.pushedForward(wrt: wrt())
      }
      var hasTangent = derived.hasTangent
      for (place, index) in range.enumerated() { hasTangent[place] = moves[index] }
      let pushed = try derived.function.addingZeroTangents(derived.hasTangent, needed: hasTangent)
      let earlier = loop.stages[..<number].map(\.rowTypes.count)
      let order = interleaved(
        moves[range] + rowMoves + moves[constants], groups: [range.count] + earlier + [constants.count])
      let places = interleaved(hasTangent, groups: [range.count, stage.rowTypes.count])
      stages.append(
        WhileLoop.Stage(
          body: try pushed.rearranged(parameters: order, results: places),
          carryCount: range.count + moves[range].count { $0 }, isReversed: stage.isReversed))
      rowMoves += hasTangent[range.count...]
    }
    let seen = Array(loop.carries(0)) + Array(constants)
    let condition = try loop.condition
      .ignoring(seen.filter { moves[$0] }.map { operands[$0].type })
      .rearranged(
        parameters: interleaved(seen.map { moves[$0] }, groups: [loop.stages[0].carryCount, constants.count]),
        results: [0])

    let all = operands + moves.trueIndices.map { tangents[$0] ?? builder.zeros(operands[$0].type) }
    let groups = loop.stages.map(\.carryCount)
    let results = builder.apply(
      WhileLoop(condition: condition, stages: stages),
      interleaved(moves, groups: groups + [constants.count]).map { all[$0] })
    let carryMoves = Array(moves[..<loop.carryCount])
    return split(results.placed(at: interleaved(carryMoves, groups: groups)), carryMoves)
  }

  private func push(
    _ custom: CustomDerivative, _ operands: [Term], _ tangents: [Term?]
  ) throws(Diagnostics) -> Pushed {
    let results = builder.apply(custom, operands)
    let moving = operands.indices.filter { operands[$0].dtype.isFloating }
    let directions = moving.map { tangents[$0] ?? operands[$0].zeros }
    let dots: [Term]
    switch custom.rule {
    case .jvp(let rule): dots = builder.terms(builder.inline(rule, (operands + results + directions).map(\.value)))
    case .vjp(let rule):
      let fixed = operands.count + results.count
      let linear = Array(fixed..<rule.parameters.count)
      // A rule that is not linear in its cotangent, one that clips it say, has no transpose.
      let forward = try? rule.transposed(
        linear: linear, cotangentsOf: Array(rule.results.indices),
        seeds: .parameters(rule.results.indices.map { "tangent\($0)" }))
      dots = builder.apply(
        LinearCall(forward: forward, transpose: rule, residualCount: fixed), operands + results + directions)
    }
    var next = 0
    let all = results.map { (result) -> Term? in
      guard result.dtype.isFloating, next < dots.count else { return nil }
      next += 1
      return dots[next - 1]
    }
    return (results, all)
  }

  private func push(_ call: LinearCall, _ operands: [Term], _ tangents: [Term?]) throws(Diagnostics) -> Pushed {
    let results = builder.apply(call, operands)
    if tangents[..<call.residualCount].allSatisfy({ $0 == nil }) {
      let directions = operands.indices.map { index in
        index < call.residualCount ? operands[index] : tangents[index] ?? operands[index].zeros
      }
      return (results, builder.apply(call, directions))
    }
    guard let forward = call.forward else { throw Diagnostics([LinearCall.noForward]) }
    let wrt = tangents.map { $0 != nil }.trueIndices
    let (function, hasTangent) = try forward.pushedForward(wrt: wrt)
    let values = builder.inline(function, (operands + wrt.compactMap { tangents[$0] }).map(\.value))
    return (results, split(builder.terms(values), hasTangent).tangents)
  }
}
