import Basics
import KernelIR
import TensorIR

/// A root that an expression reads, and where relative to the point at which the expression is computed.
struct Need: Hashable {
  var root: Value
  /// `nil`: at a place that is not an affine function of the point.
  var map: IndexMap?

  /// Whether the root is read at exactly the point itself, its axes being these axes of the domain.
  func isAt(_ axes: [Int], domain: Shape) -> Bool {
    guard let map, map.axes.count == axes.count else { return false }
    for (index, axis) in zip(map.axes, axes) where domain[axis] != 1 {
      guard index.offset == 0, index.terms == [.init(axis: axis, coefficient: 1)] else { return false }
    }
    return true
  }
}

/// Finds the roots that values read.
struct NeedCollector {
  private let view: LoweringView
  private let isRoot: [Bool]
  /// By value: the search that has seen it as a number; scalar functions have millions, and search long formulas.
  private var seenIn: [Int32]
  private var search: Int32 = 0
  private var pendingNumbers: [Value] = []
  private var pending: [(value: Value, map: IndexMap?, expands: Bool)] = []
  private var seen: Set<Need> = []

  init(_ view: LoweringView, _ isRoot: [Bool]) {
    self.view = view
    self.isRoot = isRoot
    seenIn = [Int32](repeating: -1, count: view.function.valueCount)
  }

  /// The roots that `value` reads, found by expanding everything that is no root; `expanding` says whether the value
  /// itself is expanded even if it is one.
  mutating func collect(_ value: Value, expanding: Bool) -> [Need] {
    var needs: [Need] = []
    search += 1
    seen.removeAll(keepingCapacity: true)
    let shape = view.function.type(of: value).shape
    if shape.rank == 0 {
      collectNumbers(value, expanding: expanding, &needs)
    } else {
      pending.append((value, IndexMap(axes: Array(shape.extents.indices)), expanding))
    }
    while let (current, map, expands) = pending.popLast() {
      if view.function.type(of: current).shape.rank == 0, !expands {
        collectNumbers(current, expanding: false, &needs)
      } else {
        visit(current, map, expands, &needs)
      }
    }
    return needs
  }

  /// The needs of a number, which all have the one map there is; what is not elementwise is left in `pending`.
  private mutating func collectNumbers(_ value: Value, expanding: Bool, _ needs: inout [Need]) {
    pendingNumbers.append(value)
    var expands = expanding
    while let current = pendingNumbers.popLast() {
      if seenIn[Int(current.index)] == search { continue }
      seenIn[Int(current.index)] = search
      if isRoot[Int(current.index)], !expands {
        needs.append(Need(root: current, map: IndexMap([])))
        continue
      }
      expands = false
      guard let instruction = view.function.definition(of: current) else { continue }
      switch view.rule(instruction) {
      case .scalar, .cast:
        for place in instruction.operandRange { pendingNumbers.append(view.function.operandPool[place]) }
      case .constant: break
      default: pending.append((current, IndexMap([]), true))
      }
    }
  }

  private mutating func visit(_ current: Value, _ map: IndexMap?, _ expands: Bool, _ needs: inout [Need]) {
    if isRoot[Int(current.index)], !expands {
      let need = Need(root: current, map: map)
      if isNew(need, needs) { needs.append(need) }
      return
    }
    guard let instruction = view.function.definition(of: current) else { return }
    switch view.rule(instruction) {
    case .view(let axes):
      pending.append((view.operand(0, of: instruction), map.map { $0.through(axes) }, false))
    case .reshape:
      let operand = view.operand(0, of: instruction)
      let through = map.flatMap {
        $0.through(reshapeFrom: view.function.type(of: operand).shape, to: view.function.type(of: current).shape)
      }
      pending.append((operand, through, false))
    case .take(let axis):
      let selector = view.operand(1, of: instruction)
      let rank = view.function.type(of: selector).rank
      pending.append((view.memoryBase(of: view.operand(0, of: instruction)), nil, false))
      pending.append((selector, map.map { IndexMap(Array($0.axes[axis..<axis + rank])) }, false))
    case .dynamicSlice:
      pending.append((view.memoryBase(of: view.operand(0, of: instruction)), nil, false))
      for start in view.function.operands(of: instruction).dropFirst() { pending.append((start, IndexMap([]), false)) }
    default:
      for operand in view.function.operands(of: instruction) { pending.append((operand, map, false)) }
    }
  }

  /// A few needs are compared one by one; many, as of a long formula, go through a set.
  private mutating func isNew(_ need: Need, _ needs: [Need]) -> Bool {
    if needs.count < 16 { return !needs.contains(need) }
    if seen.isEmpty { seen = Set(needs) }
    return seen.insert(need).inserted
  }
}
