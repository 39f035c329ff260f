package import Basics
package import TensorIR
import TensorOps

extension Function {
  /// The function whose loops, branches and checkpoints compute no result that nothing uses, take no operand they do not
  /// need, none twice, and carry nothing that never changes; `nil` if they are so already.
  package func withPrunedNestedFunctions() throws(Diagnostics) -> Function? {
    guard ops.contains(where: { if case .controlFlow = $0.lowering { true } else { false } }) else { return nil }
    let uses = useCounts()
    let builder = FunctionBuilder()
    builder.reserve(instructions.count)
    var copier = FunctionCopier(self, builder)
    copier.declareParameters()
    var isChanged = false
    for instruction in instructions {
      copier.takeLocation(of: instruction)
      let results = results(of: instruction)
      if case .controlFlow(let flow) = op(of: instruction).lowering {
        let operands = operands(of: instruction).map { copier[$0] }
        let used = results.map { uses[Int($0.index)] > 0 }
        if used.contains(true), !operands.contains(.poison),
          let pruned = try Pruning(builder: builder, operands: operands, used: used).prune(flow)
        {
          isChanged = true
          for (result, value) in zip(results, pruned) { copier[result] = value ?? .poison }
          continue
        }
      }
      copier.copy(instruction)
    }
    guard isChanged else { return nil }
    builder.location = nil
    return try builder.finish(name: name, results: results.map { Result($0.name, copier[$0.value]) })
  }
}

/// One op with functions within, made smaller.
private struct Pruning {
  let builder: FunctionBuilder
  let operands: [Value]
  /// By result.
  let used: [Bool]

  /// The results, `nil` for those that nothing uses; `nil` if there is nothing to prune.
  func prune(_ flow: ControlFlow) throws(Diagnostics) -> [Value?]? {
    switch flow {
    case .call(let call) where call.isCheckpoint: try prune(call)
    case .conditional(let conditional): try prune(conditional)
    case .scan(let scan): try prune(scan)
    case .whileLoop(let loop) where loop.stages.count == 1: try prune(loop)
    case .call, .whileLoop, .customDerivative, .linearCall: nil
    }
  }

  /// Results placed where they belong.
  private func placed(_ values: [Value], at places: [Int]) -> [Value?] {
    var all = [Value?](repeating: nil, count: used.count)
    for (place, value) in zip(places, values) { all[place] = value }
    return all
  }

  private func prune(_ call: Call) throws(Diagnostics) -> [Value?]? {
    let results = used.indices.filter { used[$0] }
    let function = call.function.selectingResults(results)
    let kept = Operands(operands, needed: function.neededParameters)
    if results.count == used.count, kept.isAll { return nil }
    let op = Call(try function.taking(kept.places), isCheckpoint: true)
    return placed(builder.emit(op, kept.values), at: results)
  }

  private func prune(_ conditional: Conditional) throws(Diagnostics) -> [Value?]? {
    let results = used.indices.filter { used[$0] }
    let branches = conditional.branches.map { $0.selectingResults(results) }
    var needed = branches[0].parameters.map { _ in false }
    for branch in branches { needed = zip(needed, branch.neededParameters).map { $0 || $1 } }
    let kept = Operands(Array(operands.dropFirst()), needed: needed)
    if results.count == used.count, kept.isAll { return nil }
    let op = Conditional(branches: try branches.map { (branch) throws(Diagnostics) in try branch.taking(kept.places) })
    return placed(builder.emit(op, [operands[0]] + kept.values), at: results)
  }

  private func prune(_ scan: Scan) throws(Diagnostics) -> [Value?]? {
    let body = scan.body
    let isFixed = scan.carries.map { body.results[$0].value == Value($0) }
    var isLive = used
    // What a live result needs of the carries lives too.
    var needed = body.parameters.map { _ in false }
    while true {
      needed =
        body.selectingResults(isLive.indices.filter { isLive[$0] && !(scan.carries.contains($0) && isFixed[$0]) })
        .neededParameters
      let grown = scan.carries.filter { needed[$0] && !isLive[$0] }
      if grown.isEmpty { break }
      for index in grown { isLive[index] = true }
    }
    let carries = scan.carries.filter { isLive[$0] && !isFixed[$0] }
    let outputs = (scan.carryCount..<used.count).filter { isLive[$0] }
    let stacks = Operands(operands, needed: needed, among: Array(scan.stacks))
    // A carry that is handed on as it is, is a constant.
    let constants = Operands(
      operands, needed: needed, among: scan.carries.filter { isFixed[$0] } + Array(scan.constants))
    let isAll =
      carries.count == scan.carryCount && outputs.count == scan.outputCount && stacks.isAll && constants.isAll
    if isAll { return nil }
    var places = [Int?](repeating: nil, count: body.parameters.count)
    for (place, index) in carries.enumerated() { places[index] = place }
    for (index, place) in stacks.placeOf { places[index] = carries.count + place }
    for (index, place) in constants.placeOf { places[index] = carries.count + stacks.values.count + place }
    let types =
      carries.map { body.parameterTypes[$0] } + stacks.first.map { body.parameterTypes[$0] }
      + constants.first.map { body.parameterTypes[$0] }
    let smaller = try body.selectingResults(carries + outputs).taking(places, types: types)
    let op = Scan(
      body: smaller, length: scan.length, carryCount: carries.count, stackCount: stacks.values.count,
      isReversed: scan.isReversed, checkpointCount: scan.checkpointCount)
    let values =
      carries.isEmpty && outputs.isEmpty
      ? [] : builder.emit(op, carries.map { operands[$0] } + stacks.values + constants.values)
    var results = placed(values, at: carries + outputs)
    for index in scan.carries where isFixed[index] { results[index] = operands[index] }
    return results
  }

  private func prune(_ loop: WhileLoop) throws(Diagnostics) -> [Value?]? {
    let stage = loop.stages[0]
    let (body, count) = (stage.body, stage.carryCount)
    let isFixed = (0..<count).map { body.results[$0].value == Value($0) }
    // Parameters of the condition are those of the body.
    let asked = loop.condition.neededParameters
    var isLive = (0..<count).map { used[$0] || asked[$0] }
    var needed = asked
    while true {
      needed = zip(
        asked, body.selectingResults((0..<count).filter { isLive[$0] && !isFixed[$0] }).neededParameters
      ).map { $0 || $1 }
      let grown = (0..<count).filter { needed[$0] && !isLive[$0] }
      if grown.isEmpty { break }
      for index in grown { isLive[index] = true }
    }
    let carries = (0..<count).filter { isLive[$0] && !isFixed[$0] }
    let constants = Operands(
      operands, needed: needed, among: (0..<count).filter { isFixed[$0] } + Array(count..<operands.count))
    if carries.count == count, constants.isAll { return nil }
    var places = [Int?](repeating: nil, count: body.parameters.count)
    for (place, index) in carries.enumerated() { places[index] = place }
    for (index, place) in constants.placeOf { places[index] = carries.count + place }
    let types = (carries + constants.first).map { body.parameterTypes[$0] }
    let op = WhileLoop(
      condition: try loop.condition.taking(places, types: types),
      stages: [
        .init(
          body: try body.selectingResults(carries).taking(places, types: types), carryCount: carries.count,
          isReversed: false)
      ])
    var results = placed(builder.emit(op, carries.map { operands[$0] } + constants.values), at: carries)
    for index in 0..<count where isFixed[index] { results[index] = operands[index] }
    return results
  }
}

/// Operands that are needed, each once.
private struct Operands {
  /// By operand that is looked at: its place among those kept.
  private(set) var placeOf: [Int: Int] = [:]
  private(set) var values: [Value] = []
  /// By place: the first operand there.
  private(set) var first: [Int] = []
  private let count: Int
  private let all: Int

  init(_ operands: [Value], needed: [Bool], among chosen: [Int]? = nil) {
    let chosen = chosen ?? Array(operands.indices)
    count = chosen.count
    all = operands.count
    var known: [Value: Int] = [:]
    for index in chosen where needed[index] {
      if let place = known[operands[index]] {
        placeOf[index] = place
      } else {
        placeOf[index] = values.count
        known[operands[index]] = values.count
        values.append(operands[index])
        first.append(index)
      }
    }
  }

  /// Whether all that were looked at are kept, no two as one.
  var isAll: Bool { values.count == count }
  /// By operand, its place.
  var places: [Int?] { (0..<all).map { placeOf[$0] } }
}

extension Function {
  /// By parameter, whether a result depends on it.
  fileprivate var neededParameters: [Bool] {
    var live = [Bool](repeating: false, count: valueCount)
    for result in results { live[Int(result.value.index)] = true }
    for instruction in instructions.reversed() {
      let first = Int(instruction.firstResult)
      guard (first..<first + Int(instruction.resultCount)).contains(where: { live[$0] }) else { continue }
      for place in instruction.operandRange { live[Int(operandPool[place].index)] = true }
    }
    return Array(live[..<parameters.count])
  }

  /// The function of parameters of these types, where this one's are those at `places`, and no result depends on one
  /// that has none.
  fileprivate func taking(_ places: [Int?], types: [TensorType]? = nil) throws(Diagnostics) -> Function {
    let builder = FunctionBuilder()
    builder.reserve(instructions.count)
    var own = types ?? []
    if types == nil {
      let count = (places.compactMap { $0 }.max() ?? -1) + 1
      own = (0..<count).map { place in
        parameters[places.firstIndex(of: place) ?? 0].type
      }
    }
    let declared = own.enumerated().map { builder.parameter("x\($0.offset)", $0.element) }
    let operands = zip(places, parameters).map { place, parameter in
      place.map { declared[$0] } ?? builder.zeros(parameter.type).value
    }
    let values = builder.inline(self, operands)
    let function = try builder.finish(
      name: name, results: values.enumerated().map { Result("y\($0.offset)", $0.element) })
    return function.withoutDeadCode() ?? function
  }
}
