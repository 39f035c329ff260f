import Basics
import TensorIR
import TensorOps

/// What of a while loop is linear in some of its operands, stage by stage.
struct WhileParts {
  let loop: WhileLoop
  /// By operand: carries grow linear as the loop runs.
  private(set) var moves: [Bool]
  /// By stage, by row it leaves.
  private var rowMoves: [[Bool]] = []
  private var parts: [LinearPart] = []

  private var constants: Range<Int> { loop.carryCount..<loop.carryCount + loop.constantCount }

  init(of loop: WhileLoop, isLinear: [Bool]) throws(Diagnostics) {
    self.loop = loop
    moves = isLinear
    for (number, stage) in loop.stages.enumerated() {
      let range = loop.carries(number)
      let later = rowMoves.flatMap { $0 } + moves[constants]
      var body = stage.body
      var flags: [Bool] = []
      while true {
        let linear = (moves[range] + later).trueIndices
        body = try stage.body.unzipped(linear: linear)
        let dependent = body.values(dependentOn: linear)
        flags = body.results.map { dependent[Int($0.value.index)] }
        guard range.enumerated().contains(where: { flags[$0.offset] && !moves[$0.element] }) else { break }
        for (place, index) in range.enumerated() where flags[place] { moves[index] = true }
      }
      for (place, index) in range.enumerated() { flags[place] = moves[index] }
      rowMoves.append(Array(flags[range.count...]))
      parts.append(
        try LinearPart(of: body, linear: (moves[range] + later).trueIndices, results: flags.trueIndices))
    }
  }

  // MARK: The part that is not linear

  private func fixedCarries(_ stage: Int) -> [Int] { loop.carries(stage).filter { !moves[$0] } }
  private var fixedConstants: [Int] { constants.filter { !moves[$0] } }

  /// The parameters of a stage's body that are not linear, by what they stand for.
  private func fixedParameters(_ stage: Int) -> (carries: [Int], rows: [[Int]], constants: [Int]) {
    let range = loop.carries(stage)
    let carries = range.indices.filter { !moves[$0] }.map { $0 - range.lowerBound }
    var next = range.count
    let rows = rowMoves[..<stage].map { moves in
      defer { next += moves.count }
      return moves.indices.filter { !moves[$0] }.map { next + $0 }
    }
    return (carries, rows, constants.filter { !moves[$0] }.map { next + $0 - constants.lowerBound })
  }

  /// The stages without what is linear, each leaving the rows that are not, and then, if asked for, its residuals:
  /// what its own linear part needs, be it a carry or computed.
  private func knownStages(keepingResiduals: Bool) throws(Diagnostics) -> [WhileLoop.Stage] {
    var stages: [WhileLoop.Stage] = []
    for (number, stage) in loop.stages.enumerated() {
      let part = parts[number]
      let (carries, rows, constants) = fixedParameters(number)
      let results =
        carries + rowMoves[number].indices.filter { !rowMoves[number][$0] }.map { stage.carryCount + $0 }
      var body = try part.known(
        parameters: carries + rows.flatMap { $0 } + constants, results: results,
        keeping: keepingResiduals ? residuals(number) : [])
      if keepingResiduals {
        // Bodies see what earlier stages leave for their own linear parts, too.
        body = try body.ignoringBehind(
          groups: [carries.count] + rows.map(\.count) + [constants.count],
          extra: [[]] + (0..<number).map { residualTypes($0) } + [[]])
      }
      stages.append(WhileLoop.Stage(body: body, carryCount: carries.count, isReversed: stage.isReversed))
    }
    return stages
  }

  /// The condition of the carries and constants that are not linear.
  private func knownCondition() throws(Diagnostics) -> Function {
    let first = loop.carries(0)
    let chosen = first.filter { !moves[$0] } + fixedConstants.map { $0 - loop.carryCount + first.count }
    return try loop.condition.dependingOnly(on: chosen)
  }

  /// The loop without what is linear, and which of this one's operands are its.
  func knownLoop() throws(Diagnostics) -> (loop: WhileLoop, operands: [Int]) {
    (
      WhileLoop(condition: try knownCondition(), stages: try knownStages(keepingResiduals: false)),
      loop.stages.indices.flatMap { fixedCarries($0) } + fixedConstants
    )
  }

  // MARK: The transpose

  /// What the linear part of a stage needs of its known part at every step: values it computed, and carries.
  private func residuals(_ stage: Int) -> [Value] {
    let carryCount = loop.stages[stage].carryCount
    return parts[stage].fixedParameters.filter { $0 < carryCount }.map { Value($0) } + parts[stage].residuals
  }

  private func residualTypes(_ stage: Int) -> [TensorType] {
    residuals(stage).map { parts[stage].builder.type(of: $0) }
  }

  /// The loop that runs the known stages, leaving residuals, and then the transposes of the linear parts, last stage
  /// first, each the other way round.
  ///
  /// Its operands are the known carries and the carries of the transposes, then the known constants. The carries of the
  /// transpose of stage i are cotangents of the stage's linear carries, and sums for all linear constants.
  func transposedLoop() throws(Diagnostics) -> WhileLoop {
    var stages = try knownStages(keepingResiduals: true)
    // Rows by the stage that leaves them: what they are to the transposes.
    var rows: [[Row]] = loop.stages.indices.map { number in
      rowMoves[number].indices.filter { !rowMoves[number][$0] }.map { Row.known(number, $0) }
        + residuals(number).map { Row.residual(number, $0) }
    }
    for number in loop.stages.indices.reversed() {
      let left = try transposedStage(number, rows)
      stages.append(left.stage)
      rows.append(left.rows)
    }
    return WhileLoop(condition: try knownCondition(), stages: stages)
  }

  private enum Row: Hashable {
    /// A row of a stage that is not linear.
    case known(Int, Int)
    case residual(Int, Value)
    /// A part of the cotangent of a linear row of a stage.
    case cotangent(Int, Int)
  }

  private func transposedStage(
    _ number: Int, _ rows: [[Row]]
  ) throws(Diagnostics) -> (stage: WhileLoop.Stage, rows: [Row]) {
    let (stage, part) = (loop.stages[number], parts[number])
    let (carries, fixedRows, constants) = fixedParameters(number)
    let linear = part.linearParameters
    // The linear part: its own parameters, the fixed ones of the stage, and residuals.
    let fixed = carries + fixedRows.flatMap { $0 } + constants
    let function = try part.linear(parameters: (linear + fixed).map { Value($0) } + part.residuals)
    let names = function.results.indices.map { "cotangent\($0)" }
    let transposed = try function.transposed(
      linear: Array(linear.indices), cotangentsOf: Array(function.results.indices), seeds: .parameters(names))

    let builder = FunctionBuilder()
    func parameter(_ name: String, _ type: TensorType) -> Term { Term(builder, builder.parameter(name, type)) }
    let range = loop.carries(number)
    let carryTypes = range.filter { moves[$0] }.map { stage.body.resultTypes[$0 - range.lowerBound] }
    let constantTypes = self.constants.filter { moves[$0] }.map { constantType($0) }
    let cotangents = carryTypes.enumerated().map { parameter("carry\($0.offset)", $0.element) }
    let sums = constantTypes.enumerated().map { parameter("sum\($0.offset)", $0.element) }
    var given: [Row: Term] = [:]
    var partsOfRow: [Int: [Term]] = [:]
    for (group, kinds) in rows.enumerated() {
      for (place, row) in kinds.enumerated() {
        let term = parameter("row\(group)_\(place)", type(of: row))
        if case .cotangent(number, let index) = row { partsOfRow[index, default: []].append(term) }
        given[row] = term
      }
    }
    let knownConstants = fixedConstants.map { index in
      parameter("constant\(index)", constantType(index))
    }

    // The operands of the transpose: fixed parameters and residuals, then a cotangent for every linear result.
    var operands = carries.map { given[.residual(number, Value($0))] }
    for (earlier, indices) in fixedRows.enumerated() {
      let known = rowMoves[earlier].indices.filter { !rowMoves[earlier][$0] }
      operands += zip(indices, known).map { given[.known(earlier, $1)] }
    }
    operands += knownConstants.map { $0 }
    operands += part.residuals.map { given[.residual(number, $0)] }
    for index in part.linearResults {
      if index < stage.carryCount {
        let place = part.linearResults.firstIndex(of: index) ?? 0
        operands.append(cotangents[place])
      } else {
        let type = stage.body.resultTypes[index]
        let terms = partsOfRow[index - stage.carryCount] ?? []
        operands.append(terms.dropFirst().reduce(terms.first ?? builder.zeros(type)) { $0 + $1 })
      }
    }
    // Carries that the linear part does not need have left no residual.
    let types = transposed.parameterTypes
    let values = zip(operands, types).map { ($0 ?? builder.zeros($1)).value }
    let pulled = builder.terms(builder.inline(transposed, values))

    // By linear parameter: carries, rows of earlier stages, constants.
    let nextCarries = Array(pulled[..<cotangents.count])
    let rowCotangents = pulled[cotangents.count..<pulled.count - sums.count]
    let nextSums = zip(sums, pulled[(pulled.count - sums.count)...]).map { $0 + $1 }
    var left: [Row] = []
    for earlier in 0..<number {
      left += rowMoves[earlier].trueIndices.map { Row.cotangent(earlier, $0) }
    }
    let results = (nextCarries + nextSums + rowCotangents).enumerated().map {
      Function.Result("next\($0.offset)", $0.element.value)
    }
    let body = try builder.finish(name: "\(stage.body.name)_transposed", results: results)
    return (
      WhileLoop.Stage(
        body: body, carryCount: cotangents.count + sums.count, isReversed: !stage.isReversed), left
    )
  }

  /// The type of a constant, given by its place among the operands.
  private func constantType(_ index: Int) -> TensorType {
    loop.condition.parameterTypes[index - loop.carryCount + loop.stages[0].carryCount]
  }

  private func type(of row: Row) -> TensorType {
    switch row {
    case .known(let stage, let index), .cotangent(let stage, let index): loop.stages[stage].rowTypes[index]
    case .residual(let stage, let value): parts[stage].builder.type(of: value)
    }
  }

  /// The operands of `transposedLoop`, and what becomes of its results.
  func pull(_ operands: [Term], _ cotangents: [Term?], _ builder: FunctionBuilder) throws(Diagnostics) -> [Term?] {
    let transposed = try transposedLoop()
    let sums = constants.filter { moves[$0] }
    var given: [Term] = loop.stages.indices.flatMap { fixedCarries($0) }.map { operands[$0] }
    let knownCount = given.count
    for number in loop.stages.indices.reversed() {
      given += loop.carries(number).filter { moves[$0] }.map { cotangents[$0] ?? builder.zeros(operands[$0].type) }
      given += sums.map { builder.zeros(operands[$0].type) }
    }
    let results = builder.apply(transposed, given + fixedConstants.map { operands[$0] })
    var pulled = [Term?](repeating: nil, count: operands.count)
    var next = knownCount
    for number in loop.stages.indices.reversed() {
      for index in loop.carries(number) where moves[index] {
        pulled[index] = results[next]
        next += 1
      }
      for index in sums {
        pulled[index] = pulled[index].map { $0 + results[next] } ?? results[next]
        next += 1
      }
    }
    return pulled
  }
}

extension Function {
  /// The function with further parameters, which it ignores, behind each group of its own.
  fileprivate func ignoringBehind(groups: [Int], extra: [[TensorType]]) throws(Diagnostics) -> Function {
    let count = parameters.count
    let whole = try ignoring(extra.flatMap { $0 })
    var order: [Int] = []
    var (own, added) = (0, count)
    for (group, types) in zip(groups, extra) {
      order += own..<own + group
      order += added..<added + types.count
      own += group
      added += types.count
    }
    return try whole.rearranged(parameters: order, results: Array(results.indices))
  }
}
