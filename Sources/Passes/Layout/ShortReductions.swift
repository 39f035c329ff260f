package import Basics
import KernelIR
package import TensorIR
import TensorOps

// `Σ_r f(a[i, r], b[t, r])` with a short r, as of distances between all points of two sets: r is innermost in both
// operands, so tiles would be as short as r. With r before t, tiles go along t, each sum is one of tiles, and what is
// transposed for that is only an operand, much smaller than all pairs.
extension Function {
  /// The function with short innermost axes of reductions put before the next one; `nil` if there are none to move.
  package func withShortReductionsOutside() throws(Diagnostics) -> Function? {
    let inside = try replacingNestedFunctions { (function) throws(Diagnostics) in
      try function.withShortReductionsOutside()
    }
    let function = inside ?? self
    let moves = function.instructions.map { ShortReduction($0, function) }
    guard moves.contains(where: { $0 != nil }) else { return inside }
    let builder = FunctionBuilder()
    builder.reserve(function.instructions.count)
    var copier = FunctionCopier(function, builder)
    copier.declareParameters()
    for (instruction, move) in zip(function.instructions, moves) {
      copier.takeLocation(of: instruction)
      guard let move else {
        copier.copy(instruction)
        continue
      }
      let operand = move.moved(move.operand, copier)
      copier.values[Int(instruction.firstResult)] = operand.applying(Reduce(move.combiner, axes: [move.axis])).value
    }
    builder.location = nil
    let results = function.results.map { Function.Result($0.name, copier[$0.value]) }
    let result = try builder.finish(name: function.name, results: results)
    return result.withoutDeadCode() ?? result
  }
}

/// A reduction over a short innermost axis of what is computed element by element of broadcast operands.
private struct ShortReduction {
  private let function: Function
  let combiner: Combiner
  let operand: Value
  /// Where the reduced axis is to be.
  let axis: Int

  /// The reduction of an instruction, if moving its axis is worth the transposition of operands.
  init?(_ instruction: Function.Instruction, _ function: Function) {
    guard let reduce = function.op(of: instruction).cast(to: Reduce.self),
      let operand = function.operands(of: instruction).first
    else { return nil }
    let shape = function.type(of: operand).shape
    guard shape.rank >= 2, reduce.axes == [shape.rank - 1],
      2...CostModel.greatestMovedReduction ~= shape[shape.rank - 1],
      shape[shape.rank - 2] >= CostModel.leastTileInstead
    else { return nil }
    self.function = function
    combiner = reduce.combiner
    self.operand = operand
    axis = shape.rank - 2
    var (transposed, visits) = (0, 0)
    guard isMovable(operand, &transposed, &visits),
      shape.elementCount / CostModel.leastReuse >= transposed
    else { return nil }
  }

  /// Whether a value is computed of broadcast operands; adds up the elements of those that would be transposed.
  private func isMovable(_ value: Value, _ transposed: inout Int, _ visits: inout Int) -> Bool {
    visits += 1
    guard visits < 64, let definition = function.definition(of: value) else { return false }
    let op = function.op(of: definition)
    let operands = Array(function.operands(of: definition))
    if let broadcast = op as? Broadcast {
      if broadcast.axes.suffix(2) == [axis, axis + 1] { transposed += function.type(of: operands[0]).elementCount }
      return true
    }
    switch op.lowering {
    case .scalar, .cast: return operands.allSatisfy { isMovable($0, &transposed, &visits) }
    default: return false
    }
  }

  /// The value with its two innermost axes exchanged.
  func moved(_ value: Value, _ copier: FunctionCopier) -> Term {
    guard let definition = function.definition(of: value) else { return copier.term(value) }
    let operands = Array(function.operands(of: definition))
    guard let broadcast = function.op(of: definition) as? Broadcast else {
      return copier.builder.apply(function.op(of: definition), operands.map { moved($0, copier) })[0]
    }
    var extents = broadcast.shape.extents
    extents.swapAt(axis, axis + 1)
    var (source, axes) = (copier.term(operands[0]), broadcast.axes)
    if axes.suffix(2) == [axis, axis + 1] {
      let rank = axes.count
      source = source.transposed(Array(0..<rank - 2) + [rank - 1, rank - 2])
    } else if let last = axes.last, last >= axis {
      axes[axes.count - 1] = last == axis ? axis + 1 : axis
    }
    return source.applying(Broadcast(to: Shape(extents), axes: axes))
  }
}
