package import Basics
import KernelIR
package import TensorIR

/// X with `op(A) X = B` (left) or `X op(A) = B`, A triangular `[…, n, n]`, B `[…, n, k]` (left) or `[…, k, n]`. Only
/// the named triangle of A is read, without its diagonal if that is taken for ones (unit); op transposes if asked.
///
/// `dX = op(A)⁻¹ (dB - op(dA) X)` on the left, with dA masked as A is read. The transpose in B is a solve with the other op.
package struct TriangularSolve: Op {
  package let lower: Bool
  package let transposed: Bool
  package let unit: Bool
  package let left: Bool

  package init(lower: Bool, transposed: Bool, unit: Bool, left: Bool) {
    self.lower = lower
    self.transposed = transposed
    self.unit = unit
    self.left = left
  }

  package var name: String { "triangular_solve" }
  package var attributes: [Attribute] {
    [("lower", lower), ("transposed", transposed), ("unit", unit), ("left", left)].map {
      Attribute($0, .integer($1 ? 1 : 0))
    }
  }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 2)
    let (a, b) = (operands[0], operands[1])
    try checkSquareMatrix(a)
    try checkMatrix(b)
    guard a.dtype == b.dtype, a.batchExtents == b.batchExtents,
      (left ? b.rowCount : b.columnCount) == a.rowCount
    else { throw Diagnostic("'triangular_solve' of \(a) can't take right sides of type \(b)") }
    return [b]
  }

  package var derivative: DerivativeRule {
    .custom(
      jvp: { arguments in
        let (a, x) = (arguments.operands[0], arguments.results[0])
        var change = arguments.tangents[1]
        if let tangent = arguments.tangents[0] {
          let read = lower ? tangent.lowerTriangle(offset: unit ? -1 : 0) : tangent.upperTriangle(offset: unit ? 1 : 0)
          let op = transposed ? read.matrixTransposed : read
          let moved = left ? op.matmul(x) : x.matmul(op)
          change = change.map { $0 - moved } ?? -moved
        }
        return [change.map { a.applying(self, $0) }]
      },
      transpose: { arguments in
        guard let cotangent = arguments.cotangents[0], let a = arguments.operands[0] else { return [nil, nil] }
        let adjoint = TriangularSolve(lower: lower, transposed: !transposed, unit: unit, left: left)
        return [nil, a.applying(adjoint, cotangent)]
      })
  }

  package var batching: BatchingRule { batchingInFront }

  private var rule: LibraryRule {
    LibraryRule(onMatrices: { [self] types in
      .triangularSolve(
        types[0].rowCount, columns: left ? types[1].columnCount : types[1].rowCount, lower: lower,
        transposed: transposed, unit: unit, left: left)
    })
  }

  package var lowering: LoweringRule { .library(rule) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    try reference(operands, rule)
  }

  package static let family = OpFamily(
    names: ["triangular_solve"],
    make: { (_, attributes) throws(Diagnostic) in
      TriangularSolve(
        lower: try attributes.flag("lower"), transposed: try attributes.flag("transposed"),
        unit: try attributes.flag("unit"), left: try attributes.flag("left"))
    },
    examples: {
      func example(
        _ dtype: DType, _ a: Shape, _ b: Shape, lower: Bool = true, transposed: Bool = false, unit: Bool = false,
        left: Bool = true
      ) -> OpExample {
        OpExample(
          TriangularSolve(lower: lower, transposed: transposed, unit: unit, left: left),
          [TensorType(dtype, a), TensorType(dtype, b)], [.wellConditioned, .range(-2...2)])
      }
      var examples: [OpExample] = []
      for bits in 0..<16 {
        let left = bits & 8 == 0
        examples.append(
          example(
            .f64, [3, 3], left ? [3, 2] : [2, 3], lower: bits & 1 == 0, transposed: bits & 2 != 0,
            unit: bits & 4 != 0, left: left))
      }
      return examples + [
        example(.f32, [4, 4], [4, 3]), example(.f64, [2, 3, 3], [2, 3, 1]),
        example(.f64, [2, 2, 2], [2, 3, 2], lower: false, left: false), example(.f64, [0, 0], [0, 2]),
        example(.f64, [2, 2], [2, 0]), example(.f64, [0, 2, 2], [0, 2, 1]),
      ]
    })
}

extension Term {
  /// X with `op(self) X = B` (left) or `X op(self) = B`, `self` triangular; batches are equal.
  package func triangularSolve(
    _ b: Term, lower: Bool, transposed: Bool = false, unit: Bool = false, left: Bool = true
  ) -> Term {
    applying(TriangularSolve(lower: lower, transposed: transposed, unit: unit, left: left), b)
  }
}
