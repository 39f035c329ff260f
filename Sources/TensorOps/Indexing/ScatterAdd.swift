package import Basics
package import TensorIR

/// `y = base`, and then `y[…, indices[i…], …] += updates[…, i…, …]` for every `i…` in order: operands base, indices of
/// dtype i32 or i64 and clamped into range, updates; the axes of the indices replace the axis in the updates.
///
/// `dy = scatter_add(dbase, indices, dupdates)`; its transpose gives the base the cotangent, and the updates what
/// `Take` picks of it.
package struct ScatterAdd: Op {
  package let axis: Int

  package init(axis: Int) { self.axis = axis }

  package var name: String { "scatter_add" }
  package var attributes: [Attribute] { [Attribute("axis", .integer(axis))] }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 3)
    let (base, updates) = (operands[0], operands[2])
    guard base.dtype != .bool else { throw Diagnostic("'scatter_add' is not defined on bool (base of type \(base))") }
    let expected = base.with(try checkPicks(base, operands[1], axis: axis))
    guard updates == expected else {
      throw Diagnostic(
        "'scatter_add' into \(base) along axis \(axis) by \(operands[1]) needs updates of type \(expected), not \(updates)"
      )
    }
    return [base]
  }

  package var derivative: DerivativeRule {
    .linear(.only([0, 2])) { arguments in
      guard let cotangent = arguments.cotangents[0], let indices = arguments.operands[1] else {
        return [nil, nil, nil]
      }
      return [cotangent, nil, cotangent.take(indices, axis: axis)]
    }
  }

  package var batching: BatchingRule {
    .custom { arguments in
      func stacked(_ operand: Int) -> Term {
        arguments.isBatched[operand]
          ? arguments.operands[operand] : arguments.operands[operand].stacked(arguments.batchSize)
      }
      let (base, indices, updates) = (stacked(0), arguments.operands[1], stacked(2))
      if !arguments.isBatched[1] { return [base.applying(ScatterAdd(axis: axis + 1), indices, updates)] }
      // Batch and axis become one axis, as for `Take`.
      let moved = base.movingAxis(axis + 1, to: 1)
      var rows = updates
      for place in 0..<indices.shape.rank - 1 { rows = rows.movingAxis(axis + 1 + place, to: 1 + place) }
      // Merging the batch with the first axis of picks would lose the order of rank-0 picks; both stay.
      let merged = moved.mergingBatchAndRows()
      let sum = merged.applying(ScatterAdd(axis: 0), indices.offsetByBatch(base.shape[axis + 1]), rows)
      return [sum.reshaped(to: moved.shape).movingAxis(1, to: axis + 1)]
    }
  }

  package var lowering: LoweringRule { .scatterAdd(axis: axis) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let (base, indices, updates) = (operands[0], operands[1], operands[2])
    let picks = Picks(axis: axis, shape: base.shape, indices: indices)
    let positions = (0..<updates.count).map { picks.position(updates.shape.index(at: $0)) }
    switch (base.elements, updates.elements) {
    case (.floating(var sums), .floating(let values)):
      for (position, value) in zip(positions, values) { sums[position] += value }
      return [ReferenceTensor(floating: sums, type: base.type)]
    default:
      var sums = base.integers
      for (position, value) in zip(positions, updates.integers) { sums[position] &+= value }
      return [ReferenceTensor(integer: sums, type: base.type)]
    }
  }

  package static let family = OpFamily(
    names: ["scatter_add"],
    make: { (_, attributes) throws(Diagnostic) in ScatterAdd(axis: try attributes.integer("axis")) },
    examples: {
      func example(_ dtype: DType, _ base: Shape, axis: Int, _ index: DType, _ indices: Shape, _ updates: Shape)
        -> OpExample
      {
        OpExample(
          ScatterAdd(axis: axis), [TensorType(dtype, base), TensorType(index, indices), TensorType(dtype, updates)],
          [.range(-2...2), .values([0, 2, -1, 1, 9, 2]), .range(-2...2)])
      }
      return [
        example(.f64, [3, 4], axis: 0, .i64, [5], [5, 4]),
        example(.f64, [2, 3, 2], axis: 1, .i32, [2, 2], [2, 2, 2, 2]),
        example(.f32, [2, 4], axis: 1, .i64, [], [2]),
        example(.f64, [2, 3, 2], axis: 2, .i64, [3], [2, 3, 3]),
        example(.f64, [2, 0], axis: 1, .i64, [0], [2, 0]),
        example(.i32, [3], axis: 0, .i32, [4], [4]),
        example(.i64, [3], axis: 0, .i32, [4], [4]),
      ]
    })
}
