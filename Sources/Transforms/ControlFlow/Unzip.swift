import Basics
import TensorIR
import TensorOps

extension Function {
  /// The function with every loop or branch that computes with values linear in the parameters `linear` and with others
  /// split in two: one that computes the others and keeps what the linear part needs of them, and the linear part.
  func unzipped(linear: [Int]) throws(Diagnostics) -> Function {
    let isFlow = ops.map { if case .controlFlow = $0.derivative { true } else { false } }
    let dependent = values(dependentOn: linear)
    guard instructions.contains(where: { isFlow[Int($0.op)] && dependent[Int($0.firstResult)] }) else { return self }
    let builder = FunctionBuilder()
    builder.reserve(2 * instructions.count)
    var copier = FunctionCopier(self, builder)
    copier.declareParameters()
    var isLinear = [Bool](repeating: false, count: valueCount)
    for index in linear { isLinear[index] = true }
    for instruction in instructions {
      copier.takeLocation(of: instruction)
      let operands = operands(of: instruction)
      let flags = operands.map { isLinear[Int($0.index)] }
      let results = self.results(of: instruction)
      if flags.contains(true), case .controlFlow(let flow) = op(of: instruction).derivative {
        if operands.contains(where: { copier[$0] == .poison }) { throw Diagnostics(builder.diagnostics) }
        let split = try Unzip(builder: builder, operands: operands.map { copier.term($0) }, isLinear: flags).split(flow)
        for (value, part) in zip(results, split) {
          copier[value] = part.term.value
          isLinear[Int(value.index)] = part.isLinear
        }
      } else {
        copier.copy(instruction)
        for value in results { isLinear[Int(value.index)] = flags.contains(true) }
      }
    }
    builder.location = nil
    return try builder.finish(name: name, results: results.map { Result($0.name, copier[$0.value]) })
  }
}

/// Splits one op into the part that is linear in some of its operands, and the rest.
struct Unzip {
  typealias Part = (term: Term, isLinear: Bool)

  let builder: FunctionBuilder
  let operands: [Term]
  let isLinear: [Bool]

  func split(_ flow: ControlFlow) throws(Diagnostics) -> [Part] {
    switch flow {
    case .call(let call): try split(call)
    case .conditional(let conditional): try split(conditional)
    case .scan(let scan): try split(scan)
    case .whileLoop(let loop): try split(loop)
    // Linear in what moves, and in nothing else.
    case .linearCall(let call): builder.apply(call, operands).map { ($0, true) }
    // Whatever depends on what moves is no custom derivative any more; transposition says so.
    case .customDerivative(let custom): builder.apply(custom, operands).map { ($0, true) }
    }
  }

  private func split(_ call: Call) throws(Diagnostics) -> [Part] {
    let function = try call.function.unzipped(linear: isLinear.trueIndices)
    let dependent = function.values(dependentOn: isLinear.trueIndices)
    let flags = function.results.map { dependent[Int($0.value.index)] }
    if !call.isCheckpoint {
      return zip(builder.terms(builder.inline(function, operands.map(\.value))), flags).map { ($0, $1) }
    }
    // The linear part computes again what it needs.
    let fixed = isLinear.map { !$0 }
    let known = flags.map { !$0 }.trueIndices
    let part = try function.selectingResults(known).dependingOnly(on: fixed.trueIndices)
    var kept = builder.apply(Call(part, isCheckpoint: true), fixed.trueIndices.map { operands[$0] }).makeIterator()
    var moved = builder.apply(
      Call(function.selectingResults(flags.trueIndices), isCheckpoint: true), operands
    ).makeIterator()
    return try flags.map { (flag) throws(Diagnostics) in
      guard let term = flag ? moved.next() : kept.next() else { throw Diagnostics(builder.diagnostics) }
      return (term, flag)
    }
  }

  private func split(_ conditional: Conditional) throws(Diagnostics) -> [Part] {
    let linear = isLinear.dropFirst().map { $0 }.trueIndices
    let branches = try conditional.branches.map { (branch) throws(Diagnostics) in try branch.unzipped(linear: linear) }
    var flags = branches[0].results.map { _ in false }
    for branch in branches {
      let dependent = branch.values(dependentOn: linear)
      flags = zip(flags, branch.results).map { $0 || dependent[Int($1.value.index)] }
    }
    let parts = try branches.map { (branch) throws(Diagnostics) in
      try LinearPart(of: branch, linear: linear, results: flags.trueIndices)
    }
    // One of the branches runs: what they keep shares places.
    var slots: [TensorType] = []
    let places = parts.map { part in
      var free = Array(slots.indices)
      return part.residuals.map { residual in
        let type = part.builder.type(of: residual)
        if let place = free.firstIndex(where: { slots[$0] == type }) { return free.remove(at: place) }
        slots.append(type)
        return slots.count - 1
      }
    }
    let fixed = isLinear.dropFirst().map { !$0 }.trueIndices
    let known = flags.map { !$0 }.trueIndices
    let knownBranches = try zip(parts, places).map { (part, places) throws(Diagnostics) in
      try part.known(parameters: fixed, results: known, residualsAt: places, slots: slots)
    }
    let kept = builder.apply(
      Conditional(branches: knownBranches), [operands[0]] + fixed.map { operands[$0 + 1] })
    // Linear branches see the linear operands, all others, and the slots.
    let linearBranches = try zip(parts, places).map { (part, places) throws(Diagnostics) in
      try part.linear(others: fixed, residualsAt: places, slots: slots)
    }
    let moved = builder.apply(
      Conditional(branches: linearBranches),
      [operands[0]] + (linear + fixed).map { operands[$0 + 1] } + kept[known.count...])
    return merged(flags, Array(kept[..<known.count]), moved)
  }

  private func split(_ scan: Scan) throws(Diagnostics) -> [Part] {
    let (body, moves, flags) = try scan.linearity(isLinear)
    let part = try LinearPart(of: body, linear: moves.trueIndices, results: flags.trueIndices)
    if scan.isCheckpointed { return try split(scan, part, moves, flags) }

    // What depends on constants alone is computed once, before the loop.
    let constants = scan.constants.filter { !moves[$0] }
    let varying = part.builder.valuesDependent(
      on: (scan.carries.map { $0 } + scan.stacks).filter { !moves[$0] }.map { Value($0) })
    let invariants = part.residuals.filter { !varying[Int($0.index)] }
    let rows =
      part.fixedParameters.filter { scan.carries.contains($0) }.map { Value($0) }
      + part.residuals.filter { varying[Int($0.index)] }
    let hoisted = try part.builder.extract(invariants, from: constants.map { Value($0) }, since: 0).function
    let before = builder.terms(builder.inline(hoisted, constants.map { operands[$0].value }))

    let (carries, stacks) = (scan.carries.filter { !moves[$0] }, scan.stacks.filter { !moves[$0] })
    let known = flags.map { !$0 }.trueIndices
    let knownBody = try part.known(parameters: carries + stacks + constants, results: known, keeping: rows)
    let kept = builder.apply(
      Scan(
        body: knownBody, length: scan.length, carryCount: carries.count, stackCount: stacks.count,
        isReversed: scan.isReversed),
      (carries + stacks + constants).map { operands[$0] })

    let (linearCarries, linearStacks) = (scan.carries.filter { moves[$0] }, scan.stacks.filter { moves[$0] })
    let linearConstants = scan.constants.filter { moves[$0] }
    let order =
      (linearCarries + linearStacks + stacks).map { Value($0) } + rows
      + (linearConstants + constants).map { Value($0) } + invariants
    let linearBody = try part.linear(parameters: order)
    var given = (linearCarries + linearStacks + stacks).map { operands[$0] }
    given += kept[known.count...]
    given += (linearConstants + constants).map { operands[$0] }
    let moved = builder.apply(
      Scan(
        body: linearBody, length: scan.length, carryCount: linearCarries.count,
        stackCount: linearStacks.count + stacks.count + rows.count, isReversed: scan.isReversed),
      given + before)
    return merged(flags, Array(kept[..<known.count]), moved)
  }

  /// The linear part runs the whole loop again: see `BinomialReversal`.
  private func split(
    _ scan: Scan, _ part: LinearPart, _ moves: [Bool], _ flags: [Bool]
  ) throws(Diagnostics) -> [Part] {
    let (carries, stacks) = (scan.carries.filter { !moves[$0] }, scan.stacks.filter { !moves[$0] })
    let fixed = carries + stacks + scan.constants.filter { !moves[$0] }
    let known = flags.map { !$0 }.trueIndices
    let body = try part.known(parameters: fixed, results: known, keeping: [])
    let kept = builder.apply(
      Scan(
        body: body, length: scan.length, carryCount: carries.count, stackCount: stacks.count,
        isReversed: scan.isReversed, checkpointCount: scan.checkpointCount),
      fixed.map { operands[$0] })
    let moved = builder.apply(scan, operands)
    return merged(flags, kept, flags.trueIndices.map { moved[$0] })
  }

  private func split(_ loop: WhileLoop) throws(Diagnostics) -> [Part] {
    let parts = try WhileParts(of: loop, isLinear: isLinear)
    let known = try parts.knownLoop()
    let kept = builder.apply(known.loop, known.operands.map { operands[$0] })
    // The linear part runs the whole loop: its rows are its own.
    let moved = builder.apply(loop, operands)
    var next = 0
    return (0..<loop.carryCount).map { index in
      if parts.moves[index] { return (moved[index], true) }
      next += 1
      return (kept[next - 1], false)
    }
  }

  private func merged(_ flags: [Bool], _ kept: [Term], _ moved: [Term]) -> [Part] {
    var (known, linear) = (kept.makeIterator(), moved.makeIterator())
    return flags.compactMap { flag in (flag ? linear.next() : known.next()).map { ($0, flag) } }
  }
}

extension Scan {
  /// The unzipped body, which operands are linear if some are, as carries grow linear, and which results are.
  func linearity(_ isLinear: [Bool]) throws(Diagnostics) -> (body: Function, operands: [Bool], results: [Bool]) {
    var moves = isLinear
    while true {
      let body = try self.body.unzipped(linear: moves.trueIndices)
      let dependent = body.values(dependentOn: moves.trueIndices)
      var flags = body.results.map { dependent[Int($0.value.index)] }
      if !carries.contains(where: { flags[$0] && !moves[$0] }) {
        // A carry that starts linear stays so, though what follows be zero.
        for index in carries { flags[index] = moves[index] }
        return (body, moves, flags)
      }
      for index in carries where flags[index] { moves[index] = true }
    }
  }
}
