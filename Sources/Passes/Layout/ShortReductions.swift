package import Basics
import KernelIR
package import TensorIR
import TensorOps

// `Σ_r f(a[i, r], b[t, r])` with a short r, as of distances between all points of two sets: r is innermost in both
// operands, so tiles would be as short as r. With r before t, tiles go along t, each sum is one of tiles, and what is
// transposed for that is only an operand, much smaller than all pairs. The least of a few such sums, `min_t Σ_r f(…)` with a
// short t, has tiles along i in the same way, and so have the sums.
extension Function {
  /// The function with short innermost axes of reductions put before the next one; `nil` if there are none to move.
  package func withShortReductionsOutside() throws(Diagnostics) -> Function? {
    let inside = try replacingNestedFunctions { (function) throws(Diagnostics) in
      try function.withShortReductionsOutside()
    }
    let function = inside ?? self
    let moves = function.shortReductions()
    if moves.isEmpty { return inside }
    let builder = FunctionBuilder()
    builder.reserve(function.instructions.count)
    var copier = FunctionCopier(function, builder)
    copier.declareParameters()
    for (number, instruction) in function.instructions.enumerated() {
      guard let move = moves[number] else {
        copier.takeLocation(of: instruction)
        copier.copy(instruction)
        continue
      }
      let operand = move.movedOperand(&copier)
      copier.takeLocation(of: instruction)
      copier.values[Int(instruction.firstResult)] = operand.applying(Reduce(move.combiner, axes: [move.axis])).value
    }
    builder.location = nil
    let results = function.results.map { Function.Result($0.name, copier[$0.value]) }
    let result = try builder.finish(name: function.name, results: results)
    return result.withoutDeadCode() ?? result
  }

  /// By instruction, the reductions to move. What a reduction inside another is needed for besides would have it twice.
  private func shortReductions() -> [Int: ShortReduction] {
    let reduces = ops.map { $0.cast(to: Reduce.self) != nil }
    var moves: [Int: ShortReduction] = [:]
    for (number, instruction) in instructions.enumerated() where reduces[Int(instruction.op)] {
      if let move = ShortReduction(instruction, self) { moves[number] = move }
    }
    guard moves.values.contains(where: { !$0.inner.isEmpty }) else { return moves }
    var users = [[Int]](repeating: [], count: valueCount)
    for (number, instruction) in instructions.enumerated() {
      for operand in operands(of: instruction) { users[Int(operand.index)].append(number) }
    }
    let kept = Set(results.map(\.value))
    var changes = true
    while changes {
      changes = false
      let moved = moves.values.reduce(into: Set<Value>()) { $0.formUnion($1.values) }
      for (number, move) in moves {
        let isAlone = move.inner.allSatisfy { value in
          !kept.contains(value)
            && users[Int(value.index)].allSatisfy {
              moves[$0]?.inner.contains(value) == true
                || moved.contains(Value(Int(instructions[$0].firstResult)))
            }
        }
        if !isAlone {
          moves[number] = nil
          changes = true
        }
      }
    }
    return moves
  }
}

/// A reduction over a short innermost axis of what is computed element by element of broadcast operands, or of reductions of
/// such.
private struct ShortReduction {
  private let function: Function
  let combiner: Combiner
  private let operand: Value
  /// Where the reduced axis is to be.
  let axis: Int
  /// What is computed anew, and the reductions among it.
  private(set) var values: Set<Value> = []
  private(set) var inner: Set<Value> = []
  private var transposed = 0
  private var work = 0
  private var visits = 0

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
    work = shape.elementCount
    guard isMovable(operand, ShortReduction.exchange(shape.rank)), work / CostModel.leastReuse >= transposed else {
      return nil
    }
  }

  /// The order of axes with the last two exchanged: the axis that is at each place.
  private static func exchange(_ rank: Int) -> [Int] { Array(0..<rank - 2) + [rank - 1, rank - 2] }

  /// The places of a broadcast's operand axes in another order of its result's, and the order that makes them ascend.
  private static func places(_ broadcast: Broadcast, _ order: [Int]) -> (axes: [Int], permutation: [Int]) {
    let places = broadcast.axes.map { axis in order.firstIndex(of: axis) ?? axis }
    let permutation = places.indices.sorted { places[$0] < places[$1] }
    return (permutation.map { places[$0] }, permutation)
  }

  /// The order of the axes of a reduction's operand for an order of those of its result: what is reduced stands before the
  /// last.
  private static func orderOfOperand(_ reduce: Reduce, _ rank: Int, _ order: [Int]) -> [Int] {
    let kept = (0..<rank).filter { !reduce.axes.contains($0) }
    return order.dropLast().map { kept[$0] } + reduce.axes + order.suffix(1).map { kept[$0] }
  }

  /// Whether a value is computed of broadcast operands; adds up the elements of those that would be transposed.
  private mutating func isMovable(_ value: Value, _ order: [Int]) -> Bool {
    visits += 1
    guard visits < 128, let definition = function.definition(of: value) else { return false }
    if !values.insert(value).inserted { return true }
    let op = function.op(of: definition)
    let operands = Array(function.operands(of: definition))
    if op is Iota { return true }
    if let broadcast = op as? Broadcast {
      let permutation = ShortReduction.places(broadcast, order).permutation
      if permutation != Array(permutation.indices) { transposed += function.type(of: operands[0]).elementCount }
      return true
    }
    if let reduce = op as? Reduce {
      let shape = function.type(of: operands[0]).shape
      guard reduce.axes.last == shape.rank - 1,
        reduce.axes.allSatisfy({ 1...CostModel.greatestMovedReduction ~= shape[$0] })
      else { return false }
      work += shape.elementCount
      inner.insert(value)
      return isMovable(operands[0], ShortReduction.orderOfOperand(reduce, shape.rank, order))
    }
    switch op.lowering {
    case .scalar, .cast:
      for operand in operands where !isMovable(operand, order) { return false }
      return true
    default: return false
    }
  }

  /// The operand with its two innermost axes exchanged.
  func movedOperand(_ copier: inout FunctionCopier) -> Term {
    moved(operand, ShortReduction.exchange(function.type(of: operand).shape.rank), &copier)
  }

  /// The value with its axes in another order.
  private func moved(_ value: Value, _ order: [Int], _ copier: inout FunctionCopier) -> Term {
    guard let definition = function.definition(of: value) else { return copier.term(value) }
    let op = function.op(of: definition)
    let operands = Array(function.operands(of: definition))
    let shape = Shape(order.map { function.type(of: value).shape[$0] })
    if let broadcast = op as? Broadcast {
      copier.takeLocation(of: definition)
      let (axes, permutation) = ShortReduction.places(broadcast, order)
      return copier.term(operands[0]).transposed(permutation).applying(Broadcast(to: shape, axes: axes))
    }
    if let iota = op as? Iota {
      copier.takeLocation(of: definition)
      let type = TensorType(iota.type.dtype, shape)
      return copier.builder.apply(Iota(type, axis: order.firstIndex(of: iota.axis) ?? iota.axis), [])[0]
    }
    if let reduce = op as? Reduce {
      let rank = function.type(of: operands[0]).shape.rank
      let operand = moved(operands[0], ShortReduction.orderOfOperand(reduce, rank, order), &copier)
      copier.takeLocation(of: definition)
      let first = order.count - 1
      return operand.applying(Reduce(reduce.combiner, axes: Array(first..<first + reduce.axes.count)))
    }
    var terms: [Term] = []
    for operand in operands { terms.append(moved(operand, order, &copier)) }
    copier.takeLocation(of: definition)
    return copier.builder.apply(op, terms)[0]
  }
}
