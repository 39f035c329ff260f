package import Basics
import KernelIR
package import TensorIR

/// X with `A X = B`, or `Aᵀ X = B` (transposed), for square matrices A `[…, n, n]` and B `[…, n, k]`; not finite where A is
/// singular. The factorisation is one instruction for all solves with the same A, those of derivatives included.
///
/// `dX = A⁻¹ (dB - dA X)`. The transpose in B is a solve with Aᵀ.
package struct Solve: Op {
  package let transposed: Bool

  package init(transposed: Bool = false) { self.transposed = transposed }

  package var name: String { "solve" }
  package var attributes: [Attribute] { [Attribute("transposed", .integer(transposed ? 1 : 0))] }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 2)
    let (a, b) = (operands[0], operands[1])
    try checkSquareMatrix(a)
    try checkMatrix(b)
    guard a.dtype == b.dtype, a.batchExtents == b.batchExtents, b.rowCount == a.rowCount else {
      throw Diagnostic("'solve' of \(a) can't take right sides of type \(b)")
    }
    return [b]
  }

  package var derivative: DerivativeRule {
    .custom(
      jvp: { arguments in
        let (a, x) = (arguments.operands[0], arguments.results[0])
        var change = arguments.tangents[1]
        if let tangent = arguments.tangents[0] {
          let moved = (transposed ? tangent.matrixTransposed : tangent).matmul(x)
          change = change.map { $0 - moved } ?? -moved
        }
        return [change.map { a.applying(self, $0) }]
      },
      transpose: { arguments in
        guard let cotangent = arguments.cotangents[0], let a = arguments.operands[0] else { return [nil, nil] }
        return [nil, a.applying(Solve(transposed: !transposed), cotangent)]
      })
  }

  package var batching: BatchingRule { batchingInFront }

  package var lowering: LoweringRule {
    .composed { operands in
      let (a, b) = (operands[0], operands[1])
      let factors = a.factors(LU(), 3)
      let (lu, permutation) = (factors[0], factors[2])
      if transposed {
        let left = lu.triangularSolve(b, lower: false, transposed: true)
        return lu.triangularSolve(left, lower: true, transposed: true, unit: true).puttingRows(at: permutation)
      }
      let left = lu.triangularSolve(b.takingRows(permutation), lower: true, unit: true)
      return lu.triangularSolve(left, lower: false)
    }
  }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let (n, k) = (operands[1].type.rowCount, operands[1].type.columnCount)
    func substitute(_ lu: LibraryArray, _ b: LibraryArray, lower: Bool) -> LibraryArray {
      LibraryRoutine.triangularSolve(n, columns: k, lower: lower, transposed: transposed, unit: lower, left: true)
        .evaluate([lu, b])[0]
    }
    return try reference(operands, batchRank: operands[0].shape.rank - 2) { inputs in
      let factors = LibraryRoutine.lu(n, n).evaluate([inputs[0]])
      let permutation = factors[2].integers.map { Int($0) }
      var x = inputs[1].doubles
      if transposed {
        let z = substitute(factors[0], substitute(factors[0], inputs[1], lower: false), lower: true).doubles
        for (row, place) in permutation.enumerated() { for j in 0..<k { x[place * k + j] = z[row * k + j] } }
        return [.floating(x)]
      }
      for (row, place) in permutation.enumerated() {
        for j in 0..<k { x[row * k + j] = inputs[1].doubles[place * k + j] }
      }
      return [substitute(factors[0], substitute(factors[0], .floating(x), lower: true), lower: false)]
    }
  }

  package static let family = OpFamily(
    names: ["solve"],
    make: { (_, attributes) throws(Diagnostic) in Solve(transposed: try attributes.flag("transposed")) },
    examples: {
      func example(
        _ dtype: DType, _ a: Shape, _ b: Shape, _ domain: OpExample.Domain = .wellConditioned, transposed: Bool = false
      ) -> OpExample {
        OpExample(
          Solve(transposed: transposed), [TensorType(dtype, a), TensorType(dtype, b)], [domain, .range(-2...2)])
      }
      let shuffled = OpExample.Domain.values([1, 3, 0.5, 0.3, 0.4, 4, 5, 1, -1])
      return [
        example(.f64, [3, 3], [3, 2], shuffled), example(.f64, [3, 3], [3, 2], shuffled, transposed: true),
        example(.f64, [2, 2, 2], [2, 2, 1]), example(.f64, [2, 2, 2], [2, 2, 1], transposed: true),
        example(.f32, [4, 4], [4, 3]), example(.f64, [0, 0], [0, 2]),
        example(.f64, [2, 2], [2, 0]), example(.f64, [0, 2, 2], [0, 2, 1]),
      ]
    })
}

extension Term {
  /// X with `self X = B`; batches are equal.
  package func solve(_ b: Term) -> Term { applying(Solve(), b) }
}
