import Basics
import KernelIR
import TensorIR

/// For every element of the values of a function that is linear in some of them, on which elements of these it depends.
///
/// Where an op is not understood, or picks elements by indices that are not known, an element depends on all that it may
/// depend on. A value may have an axis of lanes, all alike: then it stands for one of them, as if the axis had extent 1.
final class Propagation {
  let function: Function
  let table: SetTable
  let known: KnownIntegers
  /// By value: the axis of lanes; -1 where there is none.
  let laneAxes: [Int]
  /// By value: the set of every element; `nil` for values that depend on nothing.
  var sets: [[Int32]?]

  init(_ function: Function, _ table: SetTable, _ known: KnownIntegers, laneAxes: [Int]? = nil) {
    self.function = function
    self.table = table
    self.known = known
    self.laneAxes = laneAxes ?? [Int](repeating: -1, count: function.valueCount)
    sets = [[Int32]?](repeating: nil, count: function.valueCount)
  }

  /// The shape of a value, of one lane if it has any.
  func shape(_ value: Value) -> Shape {
    let shape = function.type(of: value).shape
    let axis = laneAxes[Int(value.index)]
    return axis < 0 ? shape : shape.collapsing([axis])
  }

  /// The sets of some values, given those of others.
  func run(_ seeds: [Value: [Int32]], to targets: [Value]) throws(Diagnostics) -> [[Int32]?] {
    var isNeeded = [Bool](repeating: false, count: function.valueCount)
    for target in targets { isNeeded[Int(target.index)] = true }
    var needed = [Bool](repeating: false, count: function.instructions.count)
    var uses = [Int](repeating: 0, count: function.valueCount)
    for target in targets { uses[Int(target.index)] += 1 }
    for (value, seed) in seeds {
      sets[Int(value.index)] = seed
      uses[Int(value.index)] += 1
    }
    for (number, instruction) in function.instructions.enumerated().reversed() {
      let results = function.results(of: instruction)
      guard results.contains(where: { isNeeded[Int($0.index)] && seeds[$0] == nil }) else { continue }
      needed[number] = true
      for operand in function.operands(of: instruction) {
        isNeeded[Int(operand.index)] = true
        uses[Int(operand.index)] += 1
      }
    }
    for (number, instruction) in function.instructions.enumerated() where needed[number] {
      let operands = function.operands(of: instruction)
      if operands.contains(where: { sets[Int($0.index)] != nil }) {
        for (value, found) in zip(function.results(of: instruction), try apply(instruction)) where seeds[value] == nil {
          sets[Int(value.index)] = found
        }
        if table.isFull {
          throw Diagnostics([
            Diagnostic(
              "what the values of '\(function.name)' depend on takes more than \(SetTable.maximumItemCount) numbers, its"
                + " Jacobian is not sparse enough; give the values of indices, or use jacobian", kind: .unsupported,
              at: function.location(of: instruction))
          ])
        }
      }
      for operand in operands {
        uses[Int(operand.index)] -= 1
        if uses[Int(operand.index)] == 0 { sets[Int(operand.index)] = nil }
      }
    }
    return targets.map { sets[Int($0.index)] }
  }

  private func apply(_ instruction: Function.Instruction) throws(Diagnostics) -> [[Int32]?] {
    let operands = Array(function.operands(of: instruction))
    let results = function.results(of: instruction)
    func set(_ operand: Int) -> [Int32]? { sets[Int(operands[operand].index)] }
    let shapes = operands.map(shape)
    let resultShape = shape(results[0])
    switch function.op(of: instruction).lowering {
    case .scalar(let op): return [scalar(op, operands, results[0])]
    case .cast: return [function.type(of: results[0]).dtype.isFloating ? set(0) : nil]
    case .constant, .iota: return [nil]
    case .view(let axes): return [set(0)?.viewed(axes, of: shapes[0], as: resultShape)]
    case .reshape: return [set(0)]
    case .place(let placements, let fill):
      var filled = SetTable.empty
      if case .operand(let operand)? = fill, let own = set(operand)?.first { filled = own }
      var placed = [Int32](repeating: filled, count: resultShape.elementCount)
      for placement in placements {
        let own = set(placement.operand)
        if own == nil, filled == SetTable.empty { continue }
        placed.place(
          own ?? [Int32](repeating: SetTable.empty, count: shapes[placement.operand].elementCount),
          shapes[placement.operand].extents, at: placement.offsets, steps: placement.strides, in: resultShape)
      }
      return [placed]
    case .reduce(_, let axes): return [set(0).map { union($0, shapes[0], over: axes) }]
    case .dot(let axes): return [dot(axes, operands, resultShape)]
    case .take(let axis): return [set(0).map { take($0, shapes[0], operands[1], axis, resultShape) }]
    case .scatter(let combiner, let axis, let drops):
      return [scatter(combiner, axis: axis, drops: drops, operands, resultShape)]
    case .dynamicSlice(let sizes):
      return [set(0).map { dynamicSlice($0, shapes[0], sizes, Array(operands[1...]), resultShape) }]
    case .dynamicUpdate: return [dynamicUpdate(operands, results[0])]
    case .cumulate(let recurrence): return [cumulate(recurrence, operands, resultShape)]
    case .foldWindows(let geometry): return [set(0).map { foldWindows(geometry, $0, shapes[0], resultShape) }]
    case .library(let rule):
      let rank = rule.batchRank(function.operandTypes(of: instruction))
      return slices(operands, results, batchRank: rank)
    case .controlFlow(let flow): return try controlFlow(flow, operands, results)
    default: return slices(operands, results, batchRank: 0)
    }
  }

  // MARK: Pieces that rules are made of

  func unions(_ a: [Int32]?, _ b: [Int32]?) -> [Int32]? {
    guard let a else { return b }
    guard let b else { return a }
    var result = a
    for place in b.indices where b[place] != result[place] { result[place] = table.union(result[place], b[place]) }
    return result
  }

  /// The union over axes, which leave the shape.
  func union(_ sets: [Int32], _ shape: Shape, over axes: [Int]) -> [Int32] {
    if axes.isEmpty { return sets }
    let kept = shape.extents.indices.filter { !axes.contains($0) }
    let (strides, inner) = (shape.strides, Shape(axes.map { shape[$0] }))
    let innerStrides = axes.map { strides[$0] }
    var result: [Int32] = []
    forEachPosition(kept.map { shape[$0] }, kept.map { strides[$0] }, 0) { start in
      result.append(table.union(sets.strided(inner.extents, innerStrides, start)))
    }
    return result
  }

  /// For ops that compute slices of a batch: every element of a slice depends on all of its operands' slices.
  private func slices(_ operands: [Value], _ results: [Value], batchRank: Int) -> [[Int32]?] {
    var whole: [Int32]?
    for operand in operands {
      guard let own = sets[Int(operand.index)] else { continue }
      let shape = shape(operand)
      whole = unions(whole, union(own, shape, over: Array(min(batchRank, shape.rank)..<shape.rank)))
    }
    return results.map { result in
      guard let whole, function.type(of: result).dtype.isFloating else { return nil }
      let shape = shape(result)
      let batch = Shape(Array(shape.extents[..<min(batchRank, shape.rank)]))
      let strides = batch.strides + [Int](repeating: 0, count: shape.rank - batch.rank)
      return whole.strided(shape.extents, strides)
    }
  }

  /// Every element of all results depends on all elements of the operands.
  func everything(_ operands: [Value], _ results: [Value]) -> [[Int32]?] {
    slices(operands, results, batchRank: 0)
  }
}
