package import Basics
package import TensorIR

/// `y` with the order of elements along some axes turned round.  `dy = reverse(dx)`; it is its own transpose.
package struct Reverse: Op {
  /// The operand's shape; the lowering needs the extents.
  package let shape: Shape
  /// Increasing.
  package let axes: [Int]

  package init(axes: [Int], of shape: Shape) {
    self.shape = shape
    self.axes = axes
  }

  package var name: String { "reverse" }
  package var attributes: [Attribute] { [Attribute("axes", .integers(axes)), Attribute("shape", .shape(shape))] }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 1)
    try checkIncreasing(axes, of: operands[0])
    guard operands[0].shape == shape else {
      throw Diagnostic("'reverse' of shape \(shape) needs an operand of that shape, not \(operands[0])")
    }
    return operands
  }

  package var derivative: DerivativeRule {
    .linear(.all) { arguments in [arguments.cotangents[0].map { $0.applying(self) }] }
  }

  package var batching: BatchingRule {
    .custom { arguments in [arguments.operands[0].reversed(axes: axes.map { $0 + 1 })] }
  }

  package var lowering: LoweringRule {
    .view(
      shape.extents.indices.map { axis in
        axes.contains(axis)
          ? ViewAxis(resultAxis: axis, offset: shape[axis] - 1, coefficient: -1) : ViewAxis(resultAxis: axis)
      })
  }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let strides = shape.strides
    return [
      operands[0].rearranged(to: shape) { index in
        index.indices.reduce(0) { sum, axis in
          sum + (axes.contains(axis) ? shape[axis] - 1 - index[axis] : index[axis]) * strides[axis]
        }
      }
    ]
  }

  package static let family = OpFamily(
    names: ["reverse"],
    make: { (_, attributes) throws(Diagnostic) in
      Reverse(axes: try attributes.integers("axes"), of: try attributes.shape("shape"))
    },
    examples: {
      [
        OpExample(Reverse(axes: [0, 2], of: [2, 3, 4]), [TensorType(.f64, [2, 3, 4])], [.range(-2...2)]),
        OpExample(Reverse(axes: [0], of: [5]), [TensorType(.f32, [5])], [.range(-2...2)]),
        OpExample(Reverse(axes: [0, 1], of: [0, 2]), [TensorType(.f64, [0, 2])], [.range(-2...2)]),
        OpExample(Reverse(axes: [], of: []), [TensorType(.f64, [])], [.range(-2...2)]),
        OpExample(Reverse(axes: [1], of: [2, 3]), [TensorType(.i64, [2, 3])], [.range(-9...9)]),
        OpExample(Reverse(axes: [1], of: [2, 3]), [TensorType(.bool, [2, 3])], [.values([0, 1, 1])]),
      ]
    })
}
