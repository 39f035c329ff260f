import Basics
import KernelIR
import TensorIR
import TensorOps

/// Chooses the values that are computed once and kept: roots.
///
/// Results, whatever a library call or a gather reads from memory, what is not element by element, and values whose
/// repetition at every use would cost more than keeping them.
struct RootSelection {
  private let view: LoweringView
  private var isRoot: [Bool]
  /// Operations needed to compute a value again from roots.
  private var cost: [Int32]
  /// Whether more elements of a value are asked for than it has, so that some would be computed again.
  private var isAskedAgain: [Bool]
  /// Values that are not kept for their cost alone, to save memory.
  private var recomputation: Recomputation.Scope?
  /// Values that are kept for their cost alone, and cost little enough to be computed again if memory is scarce.
  private var keptForCost: [Value] = []

  static func select(
    _ view: LoweringView, dots: [Int: DotPlan], calls: [Int: CallPlan], _ recomputation: Recomputation.Scope? = nil
  ) -> [Bool] {
    var selection = RootSelection(
      view: view, isRoot: [Bool](repeating: false, count: view.function.valueCount),
      cost: [Int32](repeating: 0, count: view.function.valueCount), isAskedAgain: askedAgain(view))
    selection.force(dots, calls)
    selection.recomputation = recomputation
    selection.weigh()
    recomputation?.note(selection.keptForCost, of: view.function)
    return selection.isRoot
  }

  /// Uses that see different parts of a value do not compute anything twice; a tenth of overlap is cheaper than memory.
  private static func askedAgain(_ view: LoweringView) -> [Bool] {
    let function = view.function
    var isAskedAgain = view.useCounts.map { $0 > 1 }
    guard isAskedAgain.contains(true) else { return isAskedAgain }
    var parts: [Value: Int] = [:]
    for instruction in function.instructions {
      guard case .view = view.rule(instruction) else { continue }
      let operand = view.operand(0, of: instruction)
      let result = Value(Int(instruction.firstResult))
      let (whole, part) = (function.type(of: operand).elementCount, function.type(of: result).elementCount)
      guard part < whole, view.useCounts[Int(operand.index)] > 1 else { continue }
      parts[operand, default: 0] += part * Int(view.useCounts[Int(result.index)]) - whole
    }
    for (value, excess) in parts {
      let count = function.type(of: value).elementCount
      let asked = count * Int(view.useCounts[Int(value.index)]) + excess
      isAskedAgain[Int(value.index)] = asked * 10 > count * 11
    }
    return isAskedAgain
  }

  private mutating func keep(_ value: Value) {
    if !view.isInMemory(value) { isRoot[Int(value.index)] = true }
  }

  private mutating func force(_ dots: [Int: DotPlan], _ calls: [Int: CallPlan]) {
    for result in view.function.results { keep(result.value) }
    for (number, instruction) in view.function.instructions.enumerated() {
      switch view.rule(instruction) {
      case .dot:
        if let plan = dots[number] {
          keep(plan.a.base)
          keep(plan.b.base)
        }
        keep(Value(Int(instruction.firstResult)))
      case .library, .cumulate:
        for operand in calls[number]?.operands ?? [] { keep(operand.base) }
        for result in view.function.results(of: instruction) { keep(result) }
      case .take, .dynamicSlice: keep(view.memoryBase(of: view.operand(0, of: instruction)))
      case .place, .reduce, .scatter, .dynamicUpdate, .foldWindows: keep(Value(Int(instruction.firstResult)))
      case .reshape where view.isOpaqueReshape(instruction): keep(view.operand(0, of: instruction))
      case .controlFlow:
        for operand in view.function.operands(of: instruction) { keep(operand) }
        for result in view.function.results(of: instruction) { keep(result) }
      case .scalar, .cast, .constant, .iota, .view, .reshape, .composed: break
      }
    }
  }

  private mutating func weigh() {
    for instruction in view.function.instructions {
      switch view.rule(instruction) {
      case .place, .scatter, .cumulate, .foldWindows:
        for operand in view.function.operands(of: instruction) { keepNumber(operand) }
      case .dynamicUpdate:
        for index in 0..<2 { keepNumber(view.operand(index, of: instruction)) }
      default: break
      }
      guard view.isFusible(instruction) else { continue }
      let value = Int(instruction.firstResult)
      var total = ownCost(instruction)
      for operand in view.function.operands(of: instruction) where !isRoot[Int(operand.index)] {
        total = min(total + cost[Int(operand.index)], 1 << 20)
      }
      if case .view = view.rule(instruction) {
        let operand = view.operand(0, of: instruction)
        let (small, large) = (
          view.function.type(of: operand).elementCount, view.function.type(of: Value(value)).elementCount
        )
        // A repeated computation is worth a pass of its own over the smaller tensor. Scalars are computed outside
        // the loops anyway.
        if small > 1, small < large, cost[Int(operand.index)] > CostModel.greatestRecomputation, keepForCost(operand) {
          total = 1
        }
        if small <= large / CostModel.leastReuse, isReadAcrossRows(operand, in: instruction) {
          _ = keepForCost(operand)
        }
      }
      cost[value] = total
      if isAskedAgain[value], total > CostModel.greatestRecomputation { _ = keepForCost(Value(value)) }
    }
  }

  /// Whether a broadcast operand is a transposition that makes rows of columns in memory, and is repeated row by row.
  private func isReadAcrossRows(_ operand: Value, in instruction: Function.Instruction) -> Bool {
    guard let broadcast = view.function.op(of: instruction) as? Broadcast,
      let definition = view.function.definition(of: operand),
      let transpose = view.function.op(of: definition) as? Transpose
    else { return false }
    let source = view.memoryBase(of: view.operand(0, of: definition))
    let shape = view.function.type(of: operand).shape
    return transpose.movesInnermost && broadcast.axes.last == broadcast.shape.rank - 1
      && shape[shape.rank - 1] >= CostModel.leastTileInstead && (view.isInMemory(source) || isRoot[Int(source.index)])
  }

  /// Keeps a value that would be costly to compute again, unless that saves memory; whether it is kept.
  private mutating func keepForCost(_ value: Value) -> Bool {
    let index = Int(value.index)
    if isRoot[index] { return true }
    if recomputation?.isRecomputed(value) == true { return false }
    if cost[index] <= CostModel.greatestScarceRecomputation { keptForCost.append(value) }
    isRoot[index] = true
    return true
  }

  /// Keeps a computed number that is put into a tensor: the kernel that does so would repeat all that it depends on,
  /// and needs buffers for the roots in there.
  private mutating func keepNumber(_ value: Value) {
    guard view.function.type(of: value).elementCount == 1 else { return }
    var source = value
    while cost[Int(source.index)] > 0, !isRoot[Int(source.index)],
      let instruction = view.function.definition(of: source)
    {
      switch view.rule(instruction) {
      case .view, .reshape: source = view.operand(0, of: instruction)
      default: return keep(source)
      }
      guard view.function.type(of: source).elementCount == 1 else { return }
    }
  }

  private func ownCost(_ instruction: Function.Instruction) -> Int32 {
    switch view.rule(instruction) {
    case .scalar(let op): Int32(op.work)
    case .take: 4
    case .dynamicSlice: 1
    case .cast: 1
    default: 0
    }
  }
}
