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

enum Needs {
  /// The roots that `value` reads, found by expanding everything that is no root; `expanding` says whether the value
  /// itself is expanded even if it is one.
  static func collect(_ value: Value, expanding: Bool, _ view: LoweringView, _ isRoot: [Bool]) -> [Need] {
    let shape = view.function.type(of: value).shape
    var needs: [Need] = []
    var seen: Set<Need> = []
    var pending: [(Value, IndexMap?, Bool)] = [(value, IndexMap(axes: Array(shape.extents.indices)), expanding)]
    while let (current, map, expands) = pending.popLast() {
      if isRoot[Int(current.index)], !expands {
        let need = Need(root: current, map: map)
        if isNew(need, needs, &seen) { needs.append(need) }
        continue
      }
      guard let instruction = view.function.definition(of: current) else { continue }
      switch view.rule(instruction) {
      case .view(let axes):
        pending.append((view.operand(0, of: instruction), map.map { $0.through(axes) }, false))
      case .reshape:
        let operand = view.operand(0, of: instruction)
        let through = map.flatMap {
          $0.through(
            reshapeFrom: view.function.type(of: operand).shape, to: view.function.type(of: current).shape)
        }
        pending.append((operand, through, false))
      case .take(let axis):
        let selector = view.operand(1, of: instruction)
        let rank = view.function.type(of: selector).rank
        pending.append((view.operand(0, of: instruction), nil, false))
        pending.append((selector, map.map { IndexMap(Array($0.axes[axis..<axis + rank])) }, false))
      default:
        for operand in view.function.operands(of: instruction) { pending.append((operand, map, false)) }
      }
    }
    return needs
  }

  /// A few needs are compared one by one; many, as of a long formula over scalars, go through a set.
  private static func isNew(_ need: Need, _ needs: [Need], _ seen: inout Set<Need>) -> Bool {
    if needs.count < 16 { return !needs.contains(need) }
    if seen.isEmpty { seen = Set(needs) }
    return seen.insert(need).inserted
  }
}
