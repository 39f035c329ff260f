package import Basics
package import TensorIR

/// `y[r] = x[r[axes[0]], r[axes[1]], …]`: operand axis i becomes result axis `axes[i]`; new axes repeat.
///
/// `dy = broadcast(dx)`; its transpose sums over the new axes.
package struct Broadcast: Op {
  package let shape: Shape
  /// The result axis of every operand axis, increasing.
  package let axes: [Int]

  package init(to shape: Shape, axes: [Int]) {
    self.shape = shape
    self.axes = axes
  }

  package var name: String { "broadcast" }
  package var attributes: [Attribute] { [Attribute("shape", .shape(shape)), Attribute("axes", .integers(axes))] }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 1)
    let operand = operands[0]
    let result = try checkResult(operand.with(shape))
    try checkPerAxis("axes", axes, of: operand)
    guard zip(axes, axes.dropFirst()).allSatisfy({ $0 < $1 }), axes.allSatisfy({ shape.extents.indices.contains($0) })
    else { throw Diagnostic("'broadcast' to \(shape) needs increasing axes below \(shape.rank), not \(axes)") }
    for (axis, target) in axes.enumerated() where operand.shape[axis] != shape[target] {
      throw Diagnostic(
        "'broadcast' can't map axis \(axis) of \(operand) onto axis \(target) of \(shape): extents differ")
    }
    return [result]
  }

  package var derivative: DerivativeRule {
    .linear(.all) { arguments in
      let added = shape.extents.indices.filter { !axes.contains($0) }
      return [arguments.cotangents[0].map { $0.sum(axes: added) }]
    }
  }

  package var batching: BatchingRule {
    .custom { arguments in
      let stacked = Broadcast(
        to: shape.inserting(arguments.batchSize, at: 0), axes: [0] + axes.map { $0 + 1 })
      return arguments.builder.apply(stacked, arguments.operands)
    }
  }

  package var lowering: LoweringRule {
    .view(axes.map { ViewAxis(resultAxis: $0) })
  }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let strides = operands[0].shape.strides
    return [
      operands[0].rearranged(to: shape) { index in
        zip(axes, strides).reduce(0) { $0 + index[$1.0] * $1.1 }
      }
    ]
  }

  package static let family = OpFamily(
    names: ["broadcast"],
    make: { (_, attributes) throws(Diagnostic) in
      Broadcast(to: try attributes.shape("shape"), axes: try attributes.integers("axes"))
    },
    examples: {
      [
        OpExample(Broadcast(to: [2, 3], axes: []), [TensorType(.f64, [])], [.range(-2...2)]),
        OpExample(Broadcast(to: [4, 2, 3], axes: [0, 2]), [TensorType(.f64, [4, 3])], [.range(-2...2)]),
      ]
    })
}
