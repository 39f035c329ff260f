import Basics
import TensorIR

/// A result whose elements come in lanes that do not see each other, as a vectorised function's do: lane b of the result
/// depends on lane b of some values alone, the frontier, whose elements are elements of the parameters.
///
/// All lanes being alike, what holds for one holds for a hundred thousand.
struct Lanes {
  let count: Int
  let result: Value
  /// By value: its axis of lanes; -1 where there is none.
  let axes: [Int]
  /// Copies of elements of the parameters, each with an axis of lanes.
  let frontier: [Value]

  func axis(_ value: Value) -> Int { axes[Int(value.index)] }
}

/// Looks for lanes, from a result of a linear function back to its linear parameters.
struct LaneSearch {
  private let function: Function
  /// By value: whether it depends on the linear parameters.
  private let isLinear: [Bool]
  /// By value: whether its elements are elements of linear parameters, or depend on none.
  private let isSelection: [Bool]

  init(_ function: Function, linear: [Int], known: KnownIntegers) {
    self.function = function
    var isLinear = [Bool](repeating: false, count: function.valueCount)
    var isSelection = isLinear
    for index in linear { (isLinear[index], isSelection[index]) = (true, true) }
    for instruction in function.instructions {
      let operands = function.operands(of: instruction)
      let moving = operands.filter { isLinear[Int($0.index)] }
      guard !moving.isEmpty else { continue }
      for result in function.results(of: instruction) { isLinear[Int(result.index)] = true }
      guard moving.allSatisfy({ isSelection[Int($0.index)] }) else { continue }
      let result = Int(instruction.firstResult)
      switch function.op(of: instruction).lowering {
      case .view, .reshape, .place: isSelection[result] = true
      case .take: isSelection[result] = known.elements(operands[operands.startIndex + 1]) != nil
      case .dynamicSlice: isSelection[result] = operands.dropFirst().allSatisfy { known.elements($0) != nil }
      default: break
      }
    }
    (self.isLinear, self.isSelection) = (isLinear, isSelection)
  }

  /// The lanes of a result along its longest axis that has any; `nil` if none has.
  func lanes(of result: Value) -> Lanes? {
    let extents = function.type(of: result).shape.extents
    guard isLinear[Int(result.index)] else { return nil }
    let candidates = extents.indices.filter { extents[$0] > 1 }.sorted { (-extents[$0], $0) < (-extents[$1], $1) }
    for axis in candidates {
      if let lanes = lanes(of: result, along: axis) { return lanes }
    }
    return nil
  }

  private func lanes(of result: Value, along axis: Int) -> Lanes? {
    let count = function.type(of: result).shape[axis]
    var axes = [Int](repeating: -1, count: function.valueCount)
    axes[Int(result.index)] = axis
    var frontier: [Value] = []
    for instruction in function.instructions.reversed() {
      let values = function.results(of: instruction).filter { axes[Int($0.index)] >= 0 }
      guard let value = values.first, isLinear[Int(value.index)] else { continue }
      let axis = axes[Int(value.index)]
      guard values.allSatisfy({ axes[Int($0.index)] == axis }) else { return nil }
      guard let operands = operandAxes(instruction, value, axis) else {
        // What was only copied needs no lanes further back.
        guard values.count == 1, isSelection[Int(value.index)] else { return nil }
        frontier.append(value)
        continue
      }
      for (operand, place) in operands {
        let known = axes[Int(operand.index)]
        if known >= 0, known != place { return nil }
        axes[Int(operand.index)] = place
      }
    }
    frontier += function.parameterValues.map { Value($0) }.filter { axes[Int($0.index)] >= 0 }
    return Lanes(count: count, result: result, axes: axes, frontier: frontier.reversed())
  }

  /// The axes of lanes of the linear operands, if the result's is `axis`; `nil` if lanes do not stay apart.
  private func operandAxes(
    _ instruction: Function.Instruction, _ result: Value, _ axis: Int
  ) -> [(Value, Int)]? {
    let operands = Array(function.operands(of: instruction))
    let shapes = operands.map { function.type(of: $0).shape }
    let shape = function.type(of: result).shape
    func isMoving(_ operand: Int) -> Bool { isLinear[Int(operands[operand].index)] }
    /// Those of the linear operands, each along an axis of its own.
    func along(_ axisOf: (Int) -> Int?) -> [(Value, Int)]? {
      var found: [(Value, Int)] = []
      for operand in operands.indices where isMoving(operand) {
        guard let place = axisOf(operand), shapes[operand][place] == shape[axis] else { return nil }
        found.append((operands[operand], place))
      }
      return found
    }
    switch function.op(of: instruction).lowering {
    case .scalar, .cast: return along { _ in axis }
    case .view(let views):
      let places = views.indices.filter { views[$0].terms.contains { $0.axis == axis } }
      guard places.count == 1, views[places[0]] == ViewAxis(resultAxis: axis) else { return nil }
      return along { _ in places[0] }
    case .reshape:
      let before = shape.extents[..<axis].reduce(1, *)
      return along { _ in
        var product = 1
        for (place, extent) in shapes[0].extents.enumerated() {
          if product == before, extent == shape[axis] { return place }
          product *= extent
        }
        return nil
      }
    case .place(let placements, _):
      let boxes = placements.filter { isMoving($0.operand) }
      // A filling scalar has no lanes.
      if operands.indices.contains(where: { operand in
        isMoving(operand) && !boxes.contains { $0.operand == operand }
      }) {
        return nil
      }
      guard boxes.allSatisfy({ $0.offsets[axis] == 0 && $0.strides[axis] == 1 }) else { return nil }
      return along { _ in axis }
    case .reduce(_, let axes):
      let kept = shapes[0].extents.indices.filter { !axes.contains($0) }
      return along { _ in kept[axis] }
    case .dot(let axes): return dotAxes(axes, operands, shapes, axis)
    case .take(let along):
      let picks = shapes[1].rank
      if isMoving(1) || (along..<along + picks).contains(axis) { return nil }
      return [(operands[0], axis < along ? axis : axis - picks + 1)]
    case .scatter(_, let target, _):
      if axis == target || isMoving(1) { return nil }
      let picks = shapes[1].rank
      return along { $0 == 0 || axis < target ? axis : axis + picks - 1 }
    case .dynamicSlice: return along { $0 == 0 ? axis : nil }
    case .dynamicUpdate:
      // An update of some lanes only makes them differ, whatever it depends on.
      return shapes[1][axis] == shape[axis] ? along { $0 < 2 ? axis : nil } : nil
    case .foldWindows(let geometry):
      return geometry.axes.contains(axis) ? nil : along { _ in geometry.axes.count + axis }
    case .cumulate(let recurrence): return axis == recurrence.axis ? nil : along { _ in axis }
    case .library(let rule):
      return axis < rule.batchRank(function.operandTypes(of: instruction)) ? along { _ in axis } : nil
    default: return nil
    }
  }

  private func dotAxes(_ axes: DotAxes, _ operands: [Value], _ shapes: [Shape], _ axis: Int) -> [(Value, Int)]? {
    let (moveLeft, moveRight) = (isLinear[Int(operands[0].index)], isLinear[Int(operands[1].index)])
    let batch = axes.leftBatch.count
    if axis < batch {
      return (moveLeft ? [(operands[0], axes.leftBatch[axis])] : [])
        + (moveRight ? [(operands[1], axes.rightBatch[axis])] : [])
    }
    let freeLeft = shapes[0].extents.indices.filter {
      !axes.leftBatch.contains($0) && !axes.leftContracting.contains($0)
    }
    if axis < batch + freeLeft.count { return moveRight ? nil : [(operands[0], freeLeft[axis - batch])] }
    let freeRight = shapes[1].extents.indices.filter {
      !axes.rightBatch.contains($0) && !axes.rightContracting.contains($0)
    }
    return moveLeft ? nil : [(operands[1], freeRight[axis - batch - freeLeft.count])]
  }
}
