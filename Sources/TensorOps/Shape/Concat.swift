package import Basics
package import TensorIR

/// The operands one behind the other along an axis, along which their extents are `extents`; they agree in all others.
///
/// `dy = concat(dx₀, dx₁, …)`; the transpose slices.
package struct Concat: Op {
  package let axis: Int
  /// One for every operand, along the axis.
  package let extents: [Int]
  /// The number of axes of every operand.
  package let rank: Int

  package init(axis: Int, extents: [Int], rank: Int) {
    self.axis = axis
    self.extents = extents
    self.rank = rank
  }

  package var name: String { "concat" }
  package var attributes: [Attribute] {
    [
      Attribute("axis", .integer(axis)), Attribute("extents", .integers(extents)), Attribute("rank", .integer(rank)),
    ]
  }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, extents.count)
    guard let first = operands.first else { throw Diagnostic("'concat' needs at least one operand") }
    guard first.rank == rank else {
      throw Diagnostic("'concat' of rank \(rank) can't take an operand of type \(first)")
    }
    try checkAxis(axis, of: first)
    var sum = 0
    for (operand, extent) in zip(operands, extents) {
      guard operand.dtype == first.dtype, operand.rank == rank,
        operand.shape.removing([axis]) == first.shape.removing([axis])
      else { throw Diagnostic("'concat' along axis \(axis) can't put \(operand) behind \(first)") }
      guard operand.shape[axis] == extent else {
        throw Diagnostic("'concat' along axis \(axis) needs the extent \(extent), not that of \(operand)")
      }
      let (next, overflow) = sum.addingReportingOverflow(extent)
      if overflow { throw Diagnostic("'concat' has a result that is too large along axis \(axis)") }
      sum = next
    }
    var shape = first.shape.extents
    shape[axis] = sum
    return [try checkResult(first.with(Shape(shape)))]
  }

  /// Where each operand begins along the axis.
  private var offsets: [Int] {
    var offset = 0
    return extents.map { extent in
      defer { offset += extent }
      return offset
    }
  }

  package var derivative: DerivativeRule {
    .linear(.all) { arguments in
      guard let cotangent = arguments.cotangents[0] else { return [Term?](repeating: nil, count: extents.count) }
      return zip(offsets, extents).map { cotangent.sliced(axis: axis, $0..<$0 + $1) }
    }
  }

  package var batching: BatchingRule {
    .custom { arguments in
      let operands = zip(arguments.operands, arguments.isBatched).map {
        $1 ? $0 : $0.stacked(arguments.batchSize)
      }
      return arguments.builder.apply(Concat(axis: axis + 1, extents: extents, rank: rank + 1), operands)
    }
  }

  package var lowering: LoweringRule {
    let strides = [Int](repeating: 1, count: rank)
    let placements = offsets.enumerated().map { operand, offset in
      Placement(operand: operand, offsets: (0..<rank).map { $0 == axis ? offset : 0 }, strides: strides)
    }
    return .place(placements, fill: nil)
  }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let result = try resultTypes(operands.map(\.type))[0]
    let offsets = offsets
    let scalars = (0..<result.elementCount).map { position in
      var index = result.shape.index(at: position)
      // The last that begins here or before; empty ones begin where the next does.
      let operand = offsets.lastIndex { $0 <= index[axis] } ?? 0
      index[axis] -= offsets[operand]
      return operands[operand].scalar(at: zip(index, operands[operand].shape.strides).reduce(0) { $0 + $1.0 * $1.1 })
    }
    return [ReferenceTensor(scalars: scalars, type: result)]
  }

  package static let family = OpFamily(
    names: ["concat"],
    make: { (_, attributes) throws(Diagnostic) in
      Concat(
        axis: try attributes.integer("axis"), extents: try attributes.integers("extents"),
        rank: try attributes.integer("rank"))
    },
    examples: {
      func example(_ dtype: DType, axis: Int, _ shapes: Shape...) -> OpExample {
        OpExample(
          Concat(axis: axis, extents: shapes.map { $0[axis] }, rank: shapes[0].rank),
          shapes.map { TensorType(dtype, $0) }, shapes.map { _ in .range(-2...2) })
      }
      return [
        example(.f64, axis: 1, [2, 3], [2, 0], [2, 1]),
        example(.f32, axis: 0, [2, 3], [1, 3]),
        example(.f64, axis: 0, [3]),
        example(.i64, axis: 0, [3], [2]),
        example(.bool, axis: 0, [3], [2]),
      ]
    })
}
