package import Basics
package import TensorIR

/// `y = x`, but `y[start + r] = update[r]`: operand 0, the update, and for each axis a scalar start of one integer dtype,
/// clamped to `0...(extent - size)` so that the update fits.
///
/// `dy = dynamic_update_slice(dx, dupdate, starts…)`; the transpose gives x the cotangent with zeros in the update's
/// place, and the update what is there.
package struct DynamicUpdateSlice: Op {
  package init() {}

  package var name: String { "dynamic_update_slice" }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    guard operands.count >= 2 else {
      throw Diagnostic("'dynamic_update_slice' takes an operand, an update and its starts")
    }
    let (x, update) = (operands[0], operands[1])
    try checkStarts(Array(operands.dropFirst(2)), of: x)
    guard update.dtype == x.dtype, update.rank == x.rank,
      zip(update.shape.extents, x.shape.extents).allSatisfy({ $0 <= $1 })
    else { throw Diagnostic("'dynamic_update_slice' can't put \(update) into \(x)") }
    return [x]
  }

  package var derivative: DerivativeRule {
    .linear(.only([0, 1])) { arguments in
      let none = arguments.operands.map { _ in nil as Term? }
      let starts = arguments.operands.dropFirst(2).compactMap { $0 }
      guard let cotangent = arguments.cotangents[0], starts.count == arguments.operandTypes[0].rank else {
        return none
      }
      let update = arguments.operandTypes[1]
      return [
        cotangent.updating(arguments.builder.zeros(update), starts: starts),
        cotangent.dynamicSlice(starts: starts, sizes: update.shape.extents),
      ] + none.dropFirst(2)
    }
  }

  package var batching: BatchingRule {
    .custom { arguments in
      func stacked(_ operand: Int) -> Term {
        arguments.isBatched[operand]
          ? arguments.operands[operand] : arguments.operands[operand].stacked(arguments.batchSize)
      }
      let (x, update, starts) = (stacked(0), stacked(1), Array(arguments.operands.dropFirst(2)))
      guard arguments.isBatched.dropFirst(2).contains(true) else {
        return [x.updating(update, starts: [arguments.builder.firstIndex(like: starts)] + starts)]
      }
      let all = BatchingArguments(
        builder: arguments.builder, operands: [x, update] + starts,
        isBatched: [true, true] + arguments.isBatched.dropFirst(2), batchSize: arguments.batchSize)
      let rows = BoxRows(
        all, shape: Shape(Array(x.shape.extents.dropFirst())), sizes: Array(update.shape.extents.dropFirst()),
        firstStart: 2)
      let result = x.reshaped(to: rows.operandShape).applying(Scatter(.set, axis: 0), rows.indices, update)
      return [result.reshaped(to: x.shape)]
    }
  }

  package var lowering: LoweringRule { .dynamicUpdate }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let (x, update) = (operands[0], operands[1])
    let starts = boxStarts(operands.dropFirst(2), x.shape, update.shape.extents)
    let strides = x.shape.strides
    var scalars = x.scalars
    for position in 0..<update.count {
      let index = update.shape.index(at: position)
      scalars[index.indices.reduce(0) { $0 + (starts[$1] + index[$1]) * strides[$1] }] = update.scalar(at: position)
    }
    return [ReferenceTensor(scalars: scalars, type: x.type)]
  }

  package static let family = OpFamily(
    names: ["dynamic_update_slice"],
    make: { (_, _) throws(Diagnostic) in DynamicUpdateSlice() },
    examples: {
      func example(_ x: TensorType, _ update: Shape, _ index: DType, at starts: [Double]) -> OpExample {
        OpExample(
          DynamicUpdateSlice(), [x, x.with(update)] + starts.map { _ in TensorType(index, .scalar) },
          [.range(-2...2), .range(-2...2)] + starts.map { .values([$0, $0 - 1, $0 + 1]) })
      }
      return [
        example(TensorType(.f64, [3, 4]), [2, 2], .i64, at: [1, 2]),
        example(TensorType(.f64, [3, 4]), [1, 4], .i32, at: [7, -3]),
        example(TensorType(.f32, [5, 2, 3]), [1, 2, 2], .i64, at: [4, 0, 1]),
        example(TensorType(.f64, [100]), [70], .i32, at: [9]),
        example(TensorType(.f64, [3, 4]), [0, 2], .i64, at: [1, 1]),
        example(TensorType(.f64, []), [], .i64, at: []),
        example(TensorType(.i64, [4]), [2], .i32, at: [1]),
        example(TensorType(.bool, [4]), [2], .i64, at: [9]),
      ]
    })
}
