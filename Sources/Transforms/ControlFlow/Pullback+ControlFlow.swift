import Basics
import TensorIR
import TensorOps

/// Reverse mode through functions within an op: their transposes under the same control flow.
struct ControlFlowPullback {
  let builder: FunctionBuilder
  /// `nil` for those to find a cotangent for.
  let operands: [Term?]
  let operandTypes: [TensorType]
  /// By result; `nil` is zero.
  let cotangents: [Term?]

  private var linear: [Int] { operands.map { $0 == nil }.trueIndices }
  private var fixed: [Int] { operands.map { $0 != nil }.trueIndices }
  private var seeded: [Int] { cotangents.map { $0 != nil }.trueIndices }

  /// Cotangents of the linear operands.
  func pull(_ flow: ControlFlow) throws(Diagnostics) -> [Term?] {
    switch flow {
    case .call(let call): try pull(call)
    case .conditional(let conditional): try pull(conditional)
    case .scan(let scan): try pull(scan)
    case .whileLoop(let loop):
      try WhileParts(of: loop, isLinear: operands.map { $0 == nil }).pull(
        operands.indices.map { operands[$0] ?? builder.zeros(operandTypes[$0]) }, cotangents, builder)
    case .linearCall(let call): try pull(call)
    case .customDerivative(let custom):
      throw Diagnostics([
        Diagnostic("'\(custom.name)' stands in a linear function but is not linear", kind: .bug)
      ])
    }
  }

  private func placed(_ terms: some Sequence<Term>) -> [Term?] {
    var result = [Term?](repeating: nil, count: operands.count)
    for (index, term) in zip(linear, terms) { result[index] = term }
    return result
  }

  /// `(fixed…, cotangents of the seeded results…) ↦ cotangents of the linear parameters…`.
  private func transposed(_ function: Function, linear: [Int]) throws(Diagnostics) -> Function {
    try function.selectingResults(seeded).transposed(
      linear: linear, cotangentsOf: Array(seeded.indices),
      seeds: .parameters(function.unusedParameterNames(seeded.map { "\(function.results[$0].name)_cotangent" })))
  }

  private func pull(_ call: Call) throws(Diagnostics) -> [Term?] {
    let function = try transposed(call.function, linear: linear)
    let given = fixed.compactMap { operands[$0] } + cotangents.compactMap { $0 }
    return placed(builder.apply(Call(function, isCheckpoint: call.isCheckpoint), given))
  }

  private func pull(_ conditional: Conditional) throws(Diagnostics) -> [Term?] {
    let branches = try conditional.branches.map { (branch) throws(Diagnostics) in
      try transposed(branch, linear: linear.map { $0 - 1 })
    }
    let given = fixed.compactMap { operands[$0] } + cotangents.compactMap { $0 }
    return placed(builder.apply(Conditional(branches: branches), given))
  }

  private func pull(_ scan: Scan) throws(Diagnostics) -> [Term?] {
    if scan.isCheckpointed {
      let (body, moves, _) = try scan.linearity(operands.map { $0 == nil })
      if scan.carries.contains(where: { !moves[$0] }) {
        return try BinomialReversal(
          scan: scan, unzipped: body, moves: moves, operands: operands, operandTypes: operandTypes,
          cotangents: cotangents, builder: builder
        ).pull()
      }
    }
    func linear(_ range: Range<Int>) -> [Int] { range.filter { operands[$0] == nil } }
    func fixed(_ range: Range<Int>) -> [Int] { range.filter { operands[$0] != nil } }
    // Cotangents of all carries; those of rows that have one.
    let results = Array(scan.carries) + seeded.filter { $0 >= scan.carryCount }
    let body = scan.body.selectingResults(results)
    let pulled = try body.transposed(
      // A carry may start at a zero that is fixed.
      linear: Array(scan.carries) + linear(scan.stacks) + linear(scan.constants), cotangentsOf: Array(results.indices),
      seeds: .parameters(body.unusedParameterNames(results.map { "cotangent\($0)" })))

    // Its parameters: fixed stacks, fixed constants, cotangents of carries, of rows; its results: cotangents of carries,
    // of stacks, of constants.
    let (stacks, constants) = (fixed(scan.stacks), fixed(scan.constants))
    let (linearStacks, linearConstants) = (linear(scan.stacks), linear(scan.constants))
    let rowPlaces = (stacks.count + constants.count + scan.carryCount..<pulled.parameters.count).map { $0 }
    let products = try StackedProducts(
      pulled, constantCount: linearConstants.count, stacks: Array(stacks.indices) + rowPlaces)
    let summed = linearConstants.indices.filter { products.isSummedInside[$0] }.map { linearConstants[$0] }
    let step = FunctionBuilder()
    func parameters(_ name: String, _ types: [TensorType]) -> [Term] {
      types.enumerated().map { Term(step, step.parameter("\(name)\($0.offset)", $0.element)) }
    }
    let types = scan.body.parameterTypes
    let carry = parameters("cotangent", scan.carries.map { types[$0] })
    let sums = parameters("sum", summed.map { types[$0] })
    let rows = parameters("row_cotangent", results.dropFirst(scan.carryCount).map { scan.body.resultTypes[$0] })
    let residuals = parameters("residual", stacks.map { types[$0] })
    let known = parameters("constant", constants.map { types[$0] })
    let parts = step.terms(step.inline(products.body, (residuals + known + carry + rows).map(\.value)))
    let stackStart = scan.carryCount
    let constantStart = stackStart + linearStacks.count
    let rowStart = constantStart + summed.count
    var next = parts[..<stackStart] + zip(sums, parts[constantStart..<rowStart]).map { $0 + $1 }
    next += parts[stackStart..<constantStart] + parts[rowStart...]
    let reversed = try step.finish(
      name: "\(scan.body.name)_transposed",
      results: next.enumerated().map { Function.Result("next\($0.offset)", $0.element.value) })

    var given = scan.carries.map { cotangents[$0] ?? builder.zeros(operandTypes[$0]) }
    given += summed.map { builder.zeros(operandTypes[$0]) }
    let rowCotangents = results.dropFirst(scan.carryCount).compactMap { cotangents[$0] }
    given += rowCotangents + (stacks + constants).compactMap { operands[$0] }
    let carryCount = carry.count + sums.count
    let values = builder.apply(
      Scan(
        body: reversed, length: scan.length, carryCount: carryCount, stackCount: rows.count + residuals.count,
        isReversed: !scan.isReversed, checkpointCount: scan.checkpointCount),
      given)
    var result = [Term?](repeating: nil, count: operands.count)
    for index in scan.carries { result[index] = values[index] }
    for (place, index) in summed.enumerated() { result[index] = values[scan.carryCount + place] }
    for (place, index) in linearStacks.enumerated() { result[index] = values[carryCount + place] }
    var stackOf = Dictionary(uniqueKeysWithValues: zip(rowPlaces, rowCotangents))
    for (place, index) in stacks.enumerated() { stackOf[place] = operands[index] }
    for (place, index) in linearConstants.enumerated() where !products.isSummedInside[place] {
      result[index] = products.sum(
        place, parameters: stackOf, rows: Array(values[(carryCount + linearStacks.count)...]))
    }
    return result
  }

  private func pull(_ call: LinearCall) throws(Diagnostics) -> [Term?] {
    let seeds = zip(cotangents, call.transpose.parameterTypes[call.residualCount...]).map { $0 ?? builder.zeros($1) }
    let given = operands[..<call.residualCount].compactMap { $0 } + seeds
    let found = builder.terms(builder.inline(call.transpose, given.map(\.value)))
    // The transpose gives cotangents of all tangents; those that are constant, zeros say, take none.
    return operands.indices.map { linear.contains($0) ? found[$0 - call.residualCount] : nil }
  }
}
