package import Basics
package import TensorIR

/// `y[…, i…, …] = x[…, indices[i…], …]`: elements of operand 0 along an axis picked by operand 1, of dtype i32 or i64
/// and clamped into range; the axes of the indices replace the axis.
///
/// `dy = take(dx)`; the transpose adds into zeros, see `Scatter`.
package struct Take: Op {
  package let axis: Int

  package init(axis: Int) { self.axis = axis }

  package var name: String { "take" }
  package var attributes: [Attribute] { [Attribute("axis", .integer(axis))] }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 2)
    return [try checkResult(operands[0].with(try checkPicks(operands[0], operands[1], axis: axis)))]
  }

  package var derivative: DerivativeRule {
    .linear(.only([0])) { arguments in
      guard let cotangent = arguments.cotangents[0], let indices = arguments.operands[1] else { return [nil, nil] }
      let zeros = arguments.builder.zeros(arguments.operandTypes[0])
      return [zeros.applying(Scatter(.add, axis: axis), indices, cotangent), nil]
    }
  }

  package var batching: BatchingRule {
    .custom { arguments in
      let (x, indices) = (arguments.operands[0], arguments.operands[1])
      if !arguments.isBatched[1] { return [x.take(indices, axis: axis + 1)] }
      if !arguments.isBatched[0] { return [x.take(indices, axis: axis).movingAxis(axis, to: 0)] }
      // Batch and axis become one axis; the result has batch, picks, and then the axes before and behind the axis.
      let extent = x.shape[axis + 1]
      let rows = x.movingAxis(axis + 1, to: 1).mergingBatchAndRows()
      var result = rows.take(indices.offsetByBatch(extent), axis: 0)
      for place in 0..<axis { result = result.movingAxis(indices.shape.rank + place, to: 1 + place) }
      return [result]
    }
  }

  package var lowering: LoweringRule { .take(axis: axis) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let (x, indices) = (operands[0], operands[1])
    let result = try resultTypes(operands.map(\.type))[0]
    let picks = Picks(axis: axis, shape: x.shape, indices: indices)
    return [x.rearranged(to: result.shape) { picks.position($0) }]
  }

  package static let family = OpFamily(
    names: ["take"],
    make: { (_, attributes) throws(Diagnostic) in Take(axis: try attributes.integer("axis")) },
    examples: {
      func example(_ dtype: DType, _ x: Shape, axis: Int, _ index: DType, _ indices: Shape) -> OpExample {
        OpExample(
          Take(axis: axis), [TensorType(dtype, x), TensorType(index, indices)],
          [.range(-2...2), .values([0, 2, -1, 1, 9, 2])])
      }
      return [
        example(.f64, [3, 4], axis: 0, .i64, [5]),
        example(.f64, [2, 3, 2], axis: 1, .i32, [2, 2]),
        example(.f32, [2, 4], axis: 1, .i64, []),
        example(.f64, [2, 3, 2], axis: 2, .i64, [3]),
        example(.f64, [2, 0], axis: 1, .i64, [0]),
        example(.i32, [3], axis: 0, .i32, [4]),
        example(.i64, [3], axis: 0, .i32, [4]),
        example(.bool, [3], axis: 0, .i32, [4]),
      ]
    })
}
