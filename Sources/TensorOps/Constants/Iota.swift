package import Basics
package import TensorIR

/// `y[r] = r[axis]`, in a numeric dtype.
package struct Iota: Op {
  package let type: TensorType
  package let axis: Int

  package init(_ type: TensorType, axis: Int) {
    self.type = type
    self.axis = axis
  }

  package var name: String { "iota" }
  package var attributes: [Attribute] {
    [Attribute("dtype", .dtype(type.dtype)), Attribute("shape", .shape(type.shape)), Attribute("axis", .integer(axis))]
  }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 0)
    guard type.dtype != .bool else { throw Diagnostic("'iota' is not defined on bool") }
    guard 0 <= axis, axis < type.rank else {
      throw Diagnostic("'iota' of shape \(type.shape) needs an axis below \(type.rank), not \(axis)")
    }
    return [try checkResult(type)]
  }

  package var derivative: DerivativeRule { .zero }

  package var batching: BatchingRule {
    .custom { arguments in
      arguments.builder.apply(self, []).map { $0.stacked(arguments.batchSize) }
    }
  }

  package var lowering: LoweringRule { .iota(axis: axis) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let shape = type.shape
    let scalars = (0..<shape.elementCount).map { Scalar(Int64(shape.index(at: $0)[axis]), as: type.dtype) }
    return [ReferenceTensor(scalars: scalars, type: type)]
  }

  package static let family = OpFamily(
    names: ["iota"],
    make: { (_, attributes) throws(Diagnostic) in
      Iota(
        TensorType(try attributes.dtype("dtype"), try attributes.shape("shape")), axis: try attributes.integer("axis"))
    },
    examples: {
      [
        OpExample(Iota(TensorType(.i64, [2, 3]), axis: 1), [], []),
        OpExample(Iota(TensorType(.i32, [2, 3]), axis: 0), [], []),
        OpExample(Iota(TensorType(.f32, [5]), axis: 0), [], []),
        OpExample(Iota(TensorType(.f64, [0, 2]), axis: 1), [], []),
      ]
    })
}
