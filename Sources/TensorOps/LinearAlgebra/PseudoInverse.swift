package import Basics
import KernelIR
package import TensorIR

/// The Moore-Penrose inverse A⁺ `[…, n, m]` of matrices A `[…, m, n]`, by singular values: those of at most `tolerance`
/// times the greatest are taken for 0.
///
/// `dA⁺ = -A⁺ dA A⁺ + A⁺ A⁺ᵀ dAᵀ (1 - A A⁺) + (1 - A⁺ A) dAᵀ A⁺ᵀ A⁺`, for dA that keep the rank (Golub & Pereyra, SIAM J.
/// Numer. Anal. 10, 1973). Equal singular values do no harm, unlike in the derivative of the factors.
package struct PseudoInverse: Op {
  package let tolerance: Scalar

  package init(tolerance: Double) { self.tolerance = Scalar(tolerance, as: .f64) }

  package var name: String { "pseudo_inverse" }
  package var attributes: [Attribute] { [Attribute("tolerance", .scalar(tolerance))] }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 1)
    try checkMatrix(operands[0])
    return [operands[0].replacingMatrix(operands[0].columnCount, operands[0].rowCount)]
  }

  package var derivative: DerivativeRule {
    .custom(
      jvp: { arguments in
        guard let tangent = arguments.tangents[0] else { return [nil] }
        let (a, inverse) = (arguments.operands[0], arguments.results[0])
        if a.isPoison || tangent.isPoison { return [nil] }
        var change = -inverse.matmul(tangent).matmul(inverse)
        let (turned, other) = (tangent.matrixTransposed, inverse.matrixTransposed)
        let tall = inverse.matmul(other).matmul(turned)
        change = change + tall - tall.matmul(a).matmul(inverse)
        let wide = turned.matmul(other).matmul(inverse)
        change = change + wide - inverse.matmul(a).matmul(wide)
        return [change]
      }, transpose: nil)
  }

  package var batching: BatchingRule { batchingInFront }

  package var lowering: LoweringRule {
    .composed { [tolerance] operands in
      let factors = operands[0].factors(SVD(), 3)
      let (u, s, vh) = (factors[0], factors[1], factors[2])
      let rank = s.shape.rank
      if s.shape[rank - 1] == 0 {
        return operands[0].matrixTransposed.zeros
      }
      let limit = s.max(axes: [rank - 1]) * tolerance.doubleValue
      let isZero = s.applying(.le, limit.broadcast(back: [rank - 1], of: s.shape))
      let inverse = isZero.select(s.zeros, 1 / isZero.select(s.ones, s))
      let scaled = u * inverse.broadcast(to: u.shape, axes: Array(0..<rank - 1) + [rank])
      return scaled.matmul(vh).matrixTransposed
    }
  }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let (m, n) = (operands[0].type.rowCount, operands[0].type.columnCount)
    let k = Swift.min(m, n)
    return try reference(operands, batchRank: operands[0].shape.rank - 2) { inputs in
      let factors = LibraryRoutine.svd(m, n).evaluate(inputs).map(\.doubles)
      let limit = (factors[1].first ?? 0) * tolerance.doubleValue
      let inverse = factors[1].map { $0 <= limit ? 0 : 1 / $0 }
      let elements = (0..<n * m).map { place in
        (0..<k).reduce(0.0) { $0 + factors[2][$1 * n + place / m] * inverse[$1] * factors[0][place % m * k + $1] }
      }
      return [.floating(elements)]
    }
  }

  package static let family = OpFamily(
    names: ["pseudo_inverse"],
    make: { (_, attributes) throws(Diagnostic) in
      let tolerance = try attributes.scalar("tolerance")
      guard tolerance.dtype == .f64 else {
        throw Diagnostic("attribute 'tolerance' of 'pseudo_inverse' must be f64, not \(tolerance.dtype)")
      }
      return PseudoInverse(tolerance: tolerance.doubleValue)
    },
    examples: {
      func example(_ dtype: DType, _ shape: Shape, _ domain: OpExample.Domain = .wellConditioned) -> OpExample {
        OpExample(PseudoInverse(tolerance: 1e-4), [TensorType(dtype, shape)], [domain])
      }
      return [
        example(.f64, [3, 3]), example(.f64, [4, 2]), example(.f64, [2, 3]), example(.f64, [2, 2, 2]),
        example(.f32, [4, 3]), example(.f64, [0, 0]), example(.f64, [3, 0]), example(.f64, [0, 2]),
        example(.f64, [0, 2, 2]),
      ]
    })
}
