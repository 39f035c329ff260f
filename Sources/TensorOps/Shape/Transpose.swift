package import Basics
package import TensorIR

/// `y` with result axis i the operand's axis `permutation[i]`.  `dy = transpose(dx)`; the transpose permutes back.
package struct Transpose: Op {
  package let permutation: [Int]

  package init(_ permutation: [Int]) { self.permutation = permutation }

  package var name: String { "transpose" }
  package var attributes: [Attribute] { [Attribute("permutation", .integers(permutation))] }

  /// `inverse[permutation[i]] == i`.
  package var inverse: [Int] { permutation.inversePermutation }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 1)
    let operand = operands[0]
    guard permutation.count == operand.rank, Set(permutation) == Set(0..<operand.rank) else {
      throw Diagnostic("'transpose' of \(operand) needs a permutation of its \(operand.rank) axes, not \(permutation)")
    }
    return [operand.with(operand.shape.permuted(permutation))]
  }

  package var derivative: DerivativeRule {
    .linear(.all) { arguments in [arguments.cotangents[0].map { $0.transposed(inverse) }] }
  }

  package var batching: BatchingRule {
    .custom { arguments in [arguments.operands[0].transposed([0] + permutation.map { $0 + 1 })] }
  }

  package var lowering: LoweringRule { .view(inverse.map { ViewAxis(resultAxis: $0) }) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let strides = operands[0].shape.permuted(permutation)
    let sourceStrides = Shape(operands[0].shape.strides).permuted(permutation)
    return [
      operands[0].rearranged(to: strides) { index in
        zip(index, sourceStrides.extents).reduce(0) { $0 + $1.0 * $1.1 }
      }
    ]
  }

  package static let family = OpFamily(
    names: ["transpose"],
    make: { (_, attributes) throws(Diagnostic) in Transpose(try attributes.integers("permutation")) },
    examples: {
      [
        OpExample(Transpose([1, 0]), [TensorType(.f64, [2, 3])], [.range(-2...2)]),
        OpExample(Transpose([2, 0, 1]), [TensorType(.f32, [2, 3, 4])], [.range(-2...2)]),
        OpExample(Transpose([]), [TensorType(.f64, [])], [.range(-2...2)]),
        OpExample(Transpose([1, 0]), [TensorType(.f64, [0, 3])], [.range(-2...2)]),
        OpExample(Transpose([1, 0]), [TensorType(.i64, [2, 3])], [.range(-9...9)]),
        OpExample(Transpose([1, 0]), [TensorType(.bool, [2, 3])], [.values([0, 1, 1])]),
      ]
    })
}

extension [Int] {
  /// `inverse[self[i]] == i`, of a permutation.
  var inversePermutation: [Int] {
    var inverse = self
    for (result, operand) in enumerated() where indices.contains(operand) { inverse[operand] = result }
    return inverse
  }
}
