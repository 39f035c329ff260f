import Basics
import KernelIR
import TensorIR

/// Chooses the values that are computed once and kept: roots.
///
/// Results, whatever a library call or a gather reads from memory, what is not element by element, and values whose
/// repetition at every use would cost more than keeping them.
struct RootSelection {
  private let view: LoweringView
  private var isRoot: [Bool]
  /// Operations needed to compute a value again from roots.
  private var cost: [Int32]

  /// Above this many operations a value with several uses is kept.
  private static let recomputationLimit: Int32 = 6

  static func select(_ view: LoweringView, dots: [Int: DotPlan], calls: [Int: CallPlan]) -> [Bool] {
    var selection = RootSelection(
      view: view, isRoot: [Bool](repeating: false, count: view.function.valueCount),
      cost: [Int32](repeating: 0, count: view.function.valueCount))
    selection.force(dots, calls)
    selection.weigh()
    return selection.isRoot
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
        if small > 1, small < large, cost[Int(operand.index)] > Self.recomputationLimit {
          isRoot[Int(operand.index)] = true
          total = 1
        }
      }
      cost[value] = total
      if view.useCounts[value] > 1, total > Self.recomputationLimit { isRoot[value] = true }
    }
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
