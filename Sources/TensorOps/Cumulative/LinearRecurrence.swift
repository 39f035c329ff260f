package import Basics
import KernelIR
package import TensorIR

/// `z[i] = a[i] z[i - 1] + b[i]` along an axis, the first being `b[0]`: operands a and b. A `lagged` one multiplies by
/// `a[i - 1]`.
///
/// `dz[i] = a[i] dz[i - 1] + (z[i - 1] da[i] + db[i])`, a recurrence of the same kind. The transpose in b is the lagged
/// recurrence that runs the other way, and the other way round.
package struct LinearRecurrence: Op {
  package let axis: Int
  package let isReversed: Bool
  package let isLagged: Bool

  package init(axis: Int, reversed: Bool = false, lagged: Bool = false) {
    self.axis = axis
    isReversed = reversed
    isLagged = lagged
  }

  package var name: String { "linear_recurrence" }
  package var attributes: [Attribute] {
    [
      Attribute("axis", .integer(axis)), Attribute("direction", .string(isReversed ? "reverse" : "forward")),
      Attribute("factor", .string(isLagged ? "before" : "self")),
    ]
  }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 2)
    try checkAxis(axis, of: operands[0])
    guard operands[0] == operands[1], operands[0].dtype != .bool else {
      throw Diagnostic("'\(name)' needs operands of one numeric type, not \(operands[0]) and \(operands[1])")
    }
    return [operands[0]]
  }

  package var derivative: DerivativeRule {
    .custom(
      jvp: { arguments in
        let (a, z) = (arguments.operands[0], arguments.results[0])
        var source = arguments.tangents[1]
        if let tangent = arguments.tangents[0] {
          let byFactor =
            isLagged
            ? (tangent * z).shifted(axis: axis, reversed: isReversed)
            : tangent * z.shifted(axis: axis, reversed: isReversed)
          source = source.map { $0 + byFactor } ?? byFactor
        }
        return [source.map { a.applying(self, $0) }]
      },
      transpose: { arguments in
        guard let cotangent = arguments.cotangents[0], let a = arguments.operands[0] else { return [nil, nil] }
        return [nil, a.applying(LinearRecurrence(axis: axis, reversed: !isReversed, lagged: !isLagged), cotangent)]
      })
  }

  package var batching: BatchingRule {
    .custom { arguments in
      let operands = zip(arguments.operands, arguments.isBatched).map { $1 ? $0 : $0.stacked(arguments.batchSize) }
      return arguments.builder.apply(
        LinearRecurrence(axis: axis + 1, reversed: isReversed, lagged: isLagged), operands)
    }
  }

  package var lowering: LoweringRule {
    .cumulate(Recurrence(isLagged ? .laggedLinear : .linear, axis: axis, isReversed: isReversed))
  }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let (a, b) = (operands[0].scalars, operands[1].scalars)
    return [
      operands[0].type.cumulated(axis: axis, reversed: isReversed) { position, previous, result in
        guard let previous else { return b[position] }
        let factor = a[isLagged ? previous : position]
        return ScalarOp.add.evaluate(ScalarOp.mul.evaluate(factor, result[previous]), b[position])
      }
    ]
  }

  package static let family = OpFamily(
    names: ["linear_recurrence"],
    make: { (_, attributes) throws(Diagnostic) in
      LinearRecurrence(
        axis: try attributes.integer("axis"), reversed: try attributes.choice("direction", "forward", "reverse"),
        lagged: try attributes.choice("factor", "self", "before"))
    },
    examples: {
      func example(
        _ dtype: DType, _ shape: Shape, axis: Int, reversed: Bool = false, lagged: Bool = false
      ) -> OpExample {
        let type = TensorType(dtype, shape)
        return OpExample(
          LinearRecurrence(axis: axis, reversed: reversed, lagged: lagged), [type, type],
          [.values([0.5, -1, 0, 1.5, 0.75]), .range(-2...2)])
      }
      return [
        example(.f64, [5], axis: 0),
        example(.f64, [2, 4], axis: 1, reversed: true),
        example(.f64, [3, 2], axis: 0, lagged: true),
        example(.f64, [2, 3], axis: 1, reversed: true, lagged: true),
        example(.f32, [4, 70], axis: 0),
        example(.f32, [35, 5], axis: 1),
        example(.f64, [5, 20], axis: 1, reversed: true),
        example(.f32, [2, 17], axis: 1, lagged: true),
        example(.f64, [2, 0], axis: 1),
        example(.i32, [2, 3], axis: 1),
        example(.i64, [4], axis: 0),
      ]
    })
}
