package import Basics
import KernelIR
package import TensorIR
import TensorOps

// What a while loop leaves at every step for those that run over its steps again costs memory, a store and a load. What follows
// from other rows, and from what all steps see, in a few operations is computed there again.

extension Function {
  /// The function whose while loops record no row that nothing reads, none twice, and none that is cheap to compute from
  /// others; `nil` if they do not.
  package func withFewerRecordedRows() throws(Diagnostics) -> Function? {
    var changed: [Int: any Op] = [:]
    for (index, op) in ops.enumerated() {
      guard case .controlFlow(.whileLoop(let loop)) = op.lowering, loop.stages.count > 1 else { continue }
      var smaller = loop
      var isChanged = false
      for stage in loop.stages.indices.dropLast() {
        guard let next = try RecordedRows(smaller, stage)?.smaller() else { continue }
        smaller = next
        isChanged = true
      }
      if isChanged { changed[index] = smaller }
    }
    return changed.isEmpty ? nil : try replacingOps(changed)
  }
}

/// The rows that one stage leaves.
private struct RecordedRows {
  private let loop: WhileLoop
  private let number: Int
  private let body: Function
  /// By row, whether it is recorded; others are computed again or not needed.
  private var isKept: [Bool]
  private let isRead: [Bool]
  /// What later stages have without recording it.
  private var known: Set<Value>

  /// Values that one row is computed from at most.
  private static let greatestValueCount = 64

  private var stage: WhileLoop.Stage { loop.stages[number] }
  private var rows: [Value] { body.results[stage.carryCount...].map(\.value) }

  /// `nil` if all rows have to be recorded.
  init?(_ loop: WhileLoop, _ number: Int) {
    self.loop = loop
    self.number = number
    let stage = loop.stages[number]
    body = stage.body
    let rows = body.results[stage.carryCount...].map(\.value)
    let before = loop.rowCount(before: number)
    var isRead = rows.map { _ in false }
    for later in loop.stages[(number + 1)...] {
      let uses = later.body.useCounts()
      for row in rows.indices where uses[later.carryCount + before + row] > 0 { isRead[row] = true }
    }
    self.isRead = isRead
    isKept = isRead
    known = Set((stage.carryCount..<body.parameters.count).map { Value($0) })
    // What follows from something is defined behind it.
    for row in rows.indices.sorted(by: { rows[$0].index < rows[$1].index }) where isRead[row] {
      var seen: Set<Value> = []
      if let work = work(rows[row], &seen), work <= CostModel.greatestRecomputation {
        isKept[row] = false
      } else {
        known.insert(rows[row])
      }
    }
    if !isKept.contains(false) { return nil }
  }

  /// The operations that a value takes beyond what is known, `nil` if they are too many or not all of single elements.
  private func work(_ value: Value, _ seen: inout Set<Value>) -> Int32? {
    if known.contains(value) || !seen.insert(value).inserted { return 0 }
    // Views and constants take none, and may be many.
    guard seen.count <= Self.greatestValueCount, let instruction = body.definition(of: value) else { return nil }
    var total: Int32
    switch body.op(of: instruction).lowering {
    case .scalar(let op): total = Int32(op.work)
    case .cast: total = 1
    case .constant, .iota, .view, .reshape: total = 0
    default: return nil
    }
    for operand in body.operands(of: instruction) {
      guard let more = work(operand, &seen) else { return nil }
      total += more
      if total > CostModel.greatestRecomputation { return nil }
    }
    return total
  }

  func smaller() throws(Diagnostics) -> WhileLoop {
    var loop = loop
    let kept = isKept.indices.filter { isKept[$0] }
    let left = body.selectingResults(Array(0..<stage.carryCount) + kept.map { stage.carryCount + $0 })
    loop.stages[number].body = left.withoutDeadCode() ?? left
    for later in loop.stages.indices.dropFirst(number + 1) {
      loop.stages[later].body = try reading(loop.stages[later])
    }
    return loop
  }

  /// A later stage that sees the rows that are kept, and computes the others.
  private func reading(_ later: WhileLoop.Stage) throws(Diagnostics) -> Function {
    let builder = FunctionBuilder()
    builder.reserve(later.body.instructions.count + rows.count)
    let start = later.carryCount + loop.rowCount(before: number)
    let own = start..<start + rows.count
    var operands: [Value] = later.body.parameters.indices.map { index in
      if own.contains(index), !isKept[index - start] { return .poison }
      let parameter = later.body.parameters[index]
      return builder.parameter(parameter.name, parameter.type)
    }
    var copier = FunctionCopier(body, builder)
    // What both see: rows of stages before, and constants.
    for index in 0..<loop.rowCount(before: number) {
      copier[Value(stage.carryCount + index)] = operands[later.carryCount + index]
    }
    for index in 0..<loop.constantCount {
      copier[Value(body.parameters.count - 1 - index)] = operands[operands.count - 1 - index]
    }
    for (row, value) in rows.enumerated() where isKept[row] { copier[value] = operands[start + row] }
    for (row, value) in rows.enumerated() where !isKept[row] {
      if isRead[row] {
        compute(value, &copier)
        operands[start + row] = copier[value]
      } else {
        operands[start + row] = builder.zeros(body.type(of: value)).value
      }
    }
    let results = builder.inline(later.body, operands)
    builder.location = nil
    let function = try builder.finish(
      name: later.body.name, results: zip(later.body.results, results).map { Function.Result($0.name, $1) })
    return function.withoutDeadCode() ?? function
  }

  private func compute(_ value: Value, _ copier: inout FunctionCopier) {
    guard copier[value] == .poison, let instruction = body.definition(of: value) else { return }
    for operand in body.operands(of: instruction) { compute(operand, &copier) }
    copier.takeLocation(of: instruction)
    copier.copy(instruction)
  }
}
