package import Basics
import KernelIR
package import TensorIR

/// The places, as i64, of the elements along the last axis in ascending or descending order; equal ones stay in the order
/// in which they stand, NaN comes last either way, and -0 is equal to 0.  `dy = 0`.
package struct Argsort: Op {
  package let isDescending: Bool

  package init(descending: Bool = false) { isDescending = descending }

  package var name: String { "argsort" }
  package var attributes: [Attribute] { [Attribute("order", .string(isDescending ? "descending" : "ascending"))] }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 1)
    guard operands[0].rank > 0 else { throw Diagnostic("'argsort' needs an axis, not \(operands[0])") }
    return [operands[0].with(.i64)]
  }

  package var derivative: DerivativeRule { .zero }
  package var batching: BatchingRule { batchingInFront }

  private var rule: LibraryRule {
    LibraryRule(
      batchRank: { $0[0].rank - 1 },
      routine: { [isDescending] in .argsort($0[0].shape[$0[0].rank - 1], descending: isDescending) })
  }

  package var lowering: LoweringRule { .library(rule) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    try reference(operands, rule)
  }

  package static let family = OpFamily(
    names: ["argsort"],
    make: { (_, attributes) throws(Diagnostic) in
      Argsort(descending: try attributes.choice("order", "ascending", "descending"))
    },
    examples: {
      func example(
        _ dtype: DType, _ shape: Shape, descending: Bool = false, _ domain: OpExample.Domain = .range(-9...9)
      ) -> OpExample {
        OpExample(Argsort(descending: descending), [TensorType(dtype, shape)], [domain], isSmooth: false)
      }
      return [
        example(.f64, [2, 5]), example(.f32, [7], descending: true), example(.f32, [2, 100]),
        example(.f64, [150], descending: true),
        example(.f64, [8], .values([0, .nan, -0.0, -.infinity, .infinity, 0, .nan, -1])),
        example(.f32, [80], descending: true, .values([0, .nan, -0.0, -.infinity, .infinity, 0, .nan, -1])),
        example(.i32, [3, 4]), example(.i64, [70], descending: true), example(.bool, [5], .values([1, 0, 0, 1])),
        example(.f64, [2, 0]), example(.f64, [0, 3]), example(.f64, [1]),
      ]
    })
}
