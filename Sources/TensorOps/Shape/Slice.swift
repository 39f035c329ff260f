package import Basics
package import TensorIR

/// `y[r] = x[starts + strides · r]`, from `starts` up to but not including `limits`.
///
/// `dy = slice(dx)`; the transpose pads with zeros.
package struct Slice: Op {
  package let starts: [Int]
  package let limits: [Int]
  package let strides: [Int]

  package init(starts: [Int], limits: [Int], strides: [Int]) {
    self.starts = starts
    self.limits = limits
    self.strides = strides
  }

  package var name: String { "slice" }
  package var attributes: [Attribute] {
    [
      Attribute("starts", .integers(starts)), Attribute("limits", .integers(limits)),
      Attribute("strides", .integers(strides)),
    ]
  }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 1)
    let operand = operands[0]
    try checkPerAxis("starts", starts, of: operand)
    try checkPerAxis("limits", limits, of: operand)
    try checkPerAxis("strides", strides, of: operand)
    for axis in starts.indices {
      guard 0 <= starts[axis], starts[axis] <= limits[axis], limits[axis] <= operand.shape[axis] else {
        throw Diagnostic("'slice' of \(operand) can't take \(starts[axis])..<\(limits[axis]) along axis \(axis)")
      }
      guard strides[axis] > 0 else {
        throw Diagnostic("'slice' of \(operand) needs a positive stride along axis \(axis), not \(strides[axis])")
      }
    }
    try checkStrides(strides, of: operand)
    return [operand.with(resultShape)]
  }

  private var resultShape: Shape {
    Shape(
      starts.indices.map { limits[$0] == starts[$0] ? 0 : (limits[$0] - starts[$0] - 1) / strides[$0] + 1 })
  }

  package var derivative: DerivativeRule {
    .linear(.all) { arguments in
      let shape = arguments.operandTypes[0].shape
      let result = resultShape
      let high = starts.indices.map { axis in
        shape[axis] - starts[axis] - (result[axis] == 0 ? 0 : (result[axis] - 1) * strides[axis] + 1)
      }
      return [
        arguments.cotangents[0].map { $0.padded(low: starts, high: high, interior: strides.map { $0 - 1 }) }
      ]
    }
  }

  package var batching: BatchingRule {
    .custom { arguments in
      [
        arguments.operands[0].applying(
          Slice(starts: [0] + starts, limits: [arguments.batchSize] + limits, strides: [1] + strides))
      ]
    }
  }

  package var lowering: LoweringRule {
    // A stride that is never taken may be of any size; multiplied with others it would not fit an integer.
    .view(
      zip(starts, resultShape.extents).enumerated().map { axis, part in
        ViewAxis(resultAxis: axis, offset: part.0, coefficient: part.1 > 1 ? strides[axis] : 1)
      })
  }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let memory = operands[0].shape.strides
    return [
      operands[0].rearranged(to: resultShape) { index in
        index.indices.reduce(0) { $0 + (starts[$1] + strides[$1] * index[$1]) * memory[$1] }
      }
    ]
  }

  package static let family = OpFamily(
    names: ["slice"],
    make: { (_, attributes) throws(Diagnostic) in
      Slice(
        starts: try attributes.integers("starts"), limits: try attributes.integers("limits"),
        strides: try attributes.integers("strides"))
    },
    examples: {
      let rows = Slice(starts: [1, 0], limits: [3, 3], strides: [1, 1])
      return [
        OpExample(
          Slice(starts: [1, 0], limits: [4, 5], strides: [1, 2]), [TensorType(.f64, [4, 6])], [.range(-2...2)]),
        OpExample(Slice(starts: [2], limits: [9], strides: [3]), [TensorType(.f32, [11])], [.range(-2...2)]),
        OpExample(
          Slice(starts: [2, 0], limits: [2, 3], strides: [2, 1]), [TensorType(.f64, [4, 3])], [.range(-2...2)]),
        OpExample(Slice(starts: [], limits: [], strides: []), [TensorType(.f64, [])], [.range(-2...2)]),
        OpExample(rows, [TensorType(.i32, [4, 3])], [.range(-9...9)]),
        OpExample(rows, [TensorType(.bool, [4, 3])], [.values([0, 1, 1])]),
      ]
    })
}
