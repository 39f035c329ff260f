import Basics
import KernelIR
import TensorIR

extension Propagation {
  func scalar(_ op: ScalarOp, _ operands: [Value], _ result: Value) -> [Int32]? {
    guard function.type(of: result).dtype.isFloating else { return nil }
    func set(_ operand: Int) -> [Int32]? { sets[Int(operands[operand].index)] }
    let hasLanes = laneAxes[Int(result.index)] >= 0
    if op == .select, !hasLanes, let chosen = known.elements(operands[0]) {
      let (a, b) = (set(1), set(2))
      return chosen.indices.map { (chosen[$0] != 0 ? a : b)?[$0] ?? SetTable.empty }
    }
    var all: [Int32]?
    for operand in operands { all = unions(all, sets[Int(operand.index)]) }
    // What is multiplied by 0 depends on nothing.
    if op == .mul, !hasLanes, var masked = all {
      for operand in operands where sets[Int(operand.index)] == nil {
        guard let zeros = zeros(of: operand) else { continue }
        for (place, isZero) in zeros.enumerated() where isZero { masked[place] = SetTable.empty }
      }
      return masked
    }
    return all
  }

  /// Which elements of a floating value are 0 whatever the parameters are; `nil` if none are known to be.
  private func zeros(of value: Value, depth: Int = 0) -> [Bool]? {
    guard depth < 16, let instruction = function.definition(of: value) else { return nil }
    let operands = function.operands(of: instruction)
    switch function.op(of: instruction).lowering {
    case .constant(let tensor):
      let zeros = tensor.doubles.map { $0 == 0 }
      return zeros.contains(true) ? zeros : nil
    case .cast:
      return operands.first.flatMap { known.elements($0) }.map { $0.map { $0 == 0 } }
    case .reshape: return operands.first.flatMap { zeros(of: $0, depth: depth + 1) }
    case .view(let axes):
      guard let operand = operands.first, let zeros = zeros(of: operand, depth: depth + 1) else { return nil }
      return zeros.viewed(axes, of: function.type(of: operand).shape, as: function.type(of: value).shape)
    default: return nil
    }
  }

  func dot(_ axes: DotAxes, _ operands: [Value], _ result: Shape) -> [Int32]? {
    let (a, b) = (shape(operands[0]), shape(operands[1]))
    let freeLeft = a.extents.indices.filter { !axes.leftBatch.contains($0) && !axes.leftContracting.contains($0) }
    let freeRight = b.extents.indices.filter { !axes.rightBatch.contains($0) && !axes.rightContracting.contains($0) }
    /// The sets of what is left of an operand, spread over the result.
    func spread(_ operand: Int, _ shape: Shape, _ batch: [Int], _ contracting: [Int], _ places: [Int: Int]) -> [Int32]?
    {
      guard let own = sets[Int(operands[operand].index)] else { return nil }
      let sums = union(own, shape, over: contracting.sorted())
      let kept = shape.extents.indices.filter { !contracting.contains($0) }
      let strides = Shape(kept.map { shape[$0] }).strides
      var spread = [Int](repeating: 0, count: result.rank)
      for (axis, stride) in zip(kept, strides) { if let place = places[axis] { spread[place] = stride } }
      return sums.strided(result.extents, spread)
    }
    var (left, right): ([Int: Int], [Int: Int]) = ([:], [:])
    for (place, axis) in (axes.leftBatch + freeLeft).enumerated() { left[axis] = place }
    for (place, axis) in axes.rightBatch.enumerated() { right[axis] = place }
    for (place, axis) in freeRight.enumerated() { right[axis] = axes.leftBatch.count + freeLeft.count + place }
    return unions(
      spread(0, a, axes.leftBatch, axes.leftContracting, left),
      spread(1, b, axes.rightBatch, axes.rightContracting, right))
  }

  // MARK: Elements picked by indices

  /// The extents before an axis, of it, and behind it, multiplied.
  private func parts(_ shape: Shape, _ axis: Int) -> (before: Int, extent: Int, behind: Int) {
    (shape.extents[..<axis].reduce(1, *), shape[axis], shape.extents[(axis + 1)...].reduce(1, *))
  }

  func take(_ own: [Int32], _ shape: Shape, _ indices: Value, _ axis: Int, _ result: Shape) -> [Int32] {
    let (before, extent, behind) = parts(shape, axis)
    guard let picks = known.elements(indices) else {
      let all = union(own, shape, over: [axis])
      let count = function.type(of: indices).shape.elementCount
      return all.strided([before, count, behind], [behind, 0, 1])
    }
    var result: [Int32] = []
    result.reserveCapacity(before * picks.count * behind)
    for start in 0..<before {
      for pick in picks {
        let row = (start * extent + min(max(pick, 0), extent - 1)) * behind
        if behind == 1 { result.append(own[row]) } else { result.append(contentsOf: own[row..<row + behind]) }
      }
    }
    return result
  }

  func scatter(
    _ combiner: ScatterCombiner, axis: Int, drops: Bool, _ operands: [Value], _ shape: Shape
  ) -> [Int32]? {
    let (base, updates) = (sets[Int(operands[0].index)], sets[Int(operands[2].index)])
    let (before, extent, behind) = parts(shape, axis)
    var result = base ?? [Int32](repeating: SetTable.empty, count: shape.elementCount)
    let count = function.type(of: operands[1]).shape.elementCount
    guard let picks = known.elements(operands[1]) else {
      guard let updates else { return base }
      let all = union(updates, [before, count, behind], over: [1])
      return unions(base, all.strided([before, extent, behind], [behind, 0, 1]))
    }
    for start in 0..<before {
      for (number, pick) in picks.enumerated() {
        if drops, pick < 0 || pick >= extent { continue }
        let row = (start * extent + min(max(pick, 0), extent - 1)) * behind
        let source = (start * count + number) * behind
        for place in 0..<behind {
          let update = updates?[source + place] ?? SetTable.empty
          result[row + place] = combiner == .set ? update : table.union(result[row + place], update)
        }
      }
    }
    return result
  }

  /// Where a box starts, axis by axis; `nil` where that is not known.
  private func starts(_ values: [Value], _ shape: Shape, _ sizes: [Int]) -> [Int?] {
    values.enumerated().map { axis, value in
      if sizes[axis] == shape[axis] { return 0 }
      return known.elements(value)?.first.map { min(max($0, 0), shape[axis] - sizes[axis]) }
    }
  }

  func dynamicSlice(
    _ own: [Int32], _ shape: Shape, _ sizes: [Int], _ startValues: [Value], _ result: Shape
  ) -> [Int32] {
    // Lanes are never cut.
    let starts = starts(startValues, shape, result.extents)
    let unknown = starts.indices.filter { starts[$0] == nil }
    let sums = union(own, shape, over: unknown)
    let kept = shape.extents.indices.filter { !unknown.contains($0) }
    var strides = [Int](repeating: 0, count: shape.rank)
    var offset = 0
    for (axis, stride) in zip(kept, Shape(kept.map { shape[$0] }).strides) {
      strides[axis] = stride
      offset += stride * (starts[axis] ?? 0)
    }
    return sums.strided(result.extents, strides, offset)
  }

  func dynamicUpdate(_ operands: [Value], _ result: Value) -> [Int32]? {
    let (base, update) = (sets[Int(operands[0].index)], sets[Int(operands[1].index)])
    let shape = self.shape(result)
    // The update may depend on nothing, and have no lanes for that.
    let axis = laneAxes[Int(result.index)]
    let box = function.type(of: operands[1]).shape.collapsing(axis < 0 ? [] : [axis])
    let starts = starts(Array(operands[2...]), shape, box.extents)
    if !starts.contains(where: { $0 == nil }) {
      var result = base ?? [Int32](repeating: SetTable.empty, count: shape.elementCount)
      let own = update ?? [Int32](repeating: SetTable.empty, count: box.elementCount)
      result.place(own, box.extents, at: starts.map { $0 ?? 0 }, steps: box.extents.map { _ in 1 }, in: shape)
      return result
    }
    guard let update else { return base }
    let cut = shape.extents.indices.filter { box[$0] != shape[$0] }
    let sums = union(update, box, over: cut)
    let kept = shape.extents.indices.filter { !cut.contains($0) }
    var strides = [Int](repeating: 0, count: shape.rank)
    for (axis, stride) in zip(kept, Shape(kept.map { box[$0] }).strides) { strides[axis] = stride }
    return unions(base, sums.strided(shape.extents, strides))
  }

  /// Every element depends on the elements of all windows that lie on it.
  func foldWindows(_ geometry: WindowGeometry, _ own: [Int32], _ windows: Shape, _ shape: Shape) -> [Int32] {
    let (strides, offset) = geometry.view.positions(in: shape, rank: windows.rank)
    var result = [Int32](repeating: SetTable.empty, count: shape.elementCount)
    var place = 0
    forEachPosition(windows.extents, strides, offset) { position in
      result[position] = table.union(result[position], own[place])
      place += 1
    }
    return result
  }

  /// Every element depends on all before it along the axis.
  func cumulate(_ recurrence: Recurrence, _ operands: [Value], _ shape: Shape) -> [Int32]? {
    var own: [Int32]?
    for operand in operands { own = unions(own, sets[Int(operand.index)]) }
    guard var result = own else { return nil }
    let (before, extent, behind) = parts(shape, recurrence.axis)
    for line in 0..<before * behind {
      let first = line / behind * extent * behind + line % behind
      var sum = SetTable.empty
      for step in 0..<extent {
        let place = first + (recurrence.isReversed ? extent - 1 - step : step) * behind
        let next = table.union(sum, result[place])
        if case .combineBefore = recurrence.kind { result[place] = sum } else { result[place] = next }
        sum = next
      }
    }
    return result
  }
}
