import Basics
package import TensorIR

// Matrices are the last two axes, the axes before them count a batch. Operands have been looked at by who calls.
extension Term {
  /// `(x + xᵀ) / 2`.
  package func symmetrised() -> Term { (self + matrixTransposed) * 0.5 }

  /// L with `L Lᵀ` the symmetric part of `self`.
  package func choleskyFactor() -> Term { symmetrised().applying(Cholesky()) }

  /// `P self = L U`, L with its ones; row i of P self is row `permutation[i]`.
  package func luFactors() -> (lower: Term, upper: Term, permutation: Term) {
    let factors = factors(LU(), 3)
    if factors[0].isPoison { return (poison, poison, poison) }
    let k = Swift.min(type.rowCount, type.columnCount)
    let lower = factors[0].columns(0..<k)
    return (lower.lowerTriangle(offset: -1) + lower.identityMatrix, factors[0].rows(0..<k).upperTriangle(), factors[2])
  }

  /// The singular values alone, descending.
  package func singularValues() -> Term { factors(SVD(vectors: false), 3)[1] }

  /// The number of singular values greater than `tolerance` times the greatest, as i64.
  package func matrixRank(tolerance: Double) -> Term {
    let values = singularValues()
    if values.isPoison { return values }
    let axis = values.shape.rank - 1
    if values.shape[axis] == 0 { return builder.zeros(TensorType(.i64, Shape(type.batchExtents))) }
    let limit = values.max(axes: [axis]) * tolerance
    let isCounted = values.applying(.gt, limit.broadcast(back: [axis], of: values.shape))
    return isCounted.cast(to: .i64).sum(axes: [axis])
  }

  /// `det(self)`; up to 3 × 3 as a polynomial, which has all derivatives where it is singular, too.
  package func determinant() -> Term {
    guard isMatrix(for: "determinant"), dtype.isFloating, type.rowCount == type.columnCount else {
      return applying(Determinant())
    }
    func a(_ i: Int, _ j: Int) -> Term { element(i, j) }
    func minor(_ i: Int, _ j: Int) -> Term { a(1, i) * a(2, j) - a(1, j) * a(2, i) }
    switch type.rowCount {
    case 1: return a(0, 0)
    case 2: return a(0, 0) * a(1, 1) - a(0, 1) * a(1, 0)
    case 3: return a(0, 0) * minor(1, 2) - a(0, 1) * minor(0, 2) + a(0, 2) * minor(0, 1)
    default: return applying(Determinant())
    }
  }

  private func element(_ i: Int, _ j: Int) -> Term {
    rows(i..<i + 1).columns(j..<j + 1).reshaped(to: Shape(type.batchExtents))
  }

  /// The sign of `det(self)`, 0 where that is 0; its derivative is 0.
  package func determinantSign() -> Term {
    let factors = factors(LU(), 3)
    return factors[0].diagonal().applying(.sign).product() * factors[1].parity(dtype)
  }

  /// `ln |det(self)|`.
  package func logAbsDeterminant() -> Term { applying(LogAbsDeterminant()) }

  /// `ln det(self)` for symmetric positive definite matrices, NaN for others.
  package func logDeterminant() -> Term {
    let diagonal = choleskyFactor().diagonal()
    return diagonal.isPoison ? diagonal : diagonal.applying(.log).sum(axes: [diagonal.shape.rank - 1]) * 2
  }

  package func inverse() -> Term { solve(identityMatrix) }

  /// `self` to an integer power, by squaring.
  package func matrixPower(_ exponent: Int) -> Term {
    if isPoison { return self }
    if exponent < 0 { return inverse().matrixPower(exponent == .min ? .max : -exponent) }
    var (rest, square) = (exponent, self)
    var power: Term?
    while rest > 0 {
      if rest & 1 == 1 { power = power.map { $0.matmul(square) } ?? square }
      rest >>= 1
      if rest > 0 { square = square.matmul(square) }
    }
    return power ?? identityMatrix
  }

  /// The Moore-Penrose inverse; singular values of at most `tolerance` times the greatest are taken for 0.
  package func pseudoInverse(tolerance: Double) -> Term { applying(PseudoInverse(tolerance: tolerance)) }

  /// Both with the batch axes of either.
  package static func broadcastBatches(_ a: Term, _ b: Term) -> (Term, Term) {
    guard a.isMatrix(for: "broadcast"), b.isMatrix(for: "broadcast") else { return (a.poison, a.poison) }
    guard let batch = Shape(a.type.batchExtents).broadcast(with: Shape(b.type.batchExtents)) else {
      let failure = a.failing("can't broadcast the batch axes of \(a.type) and \(b.type)")
      return (failure, failure)
    }
    func spread(_ x: Term) -> Term { x.broadcast(to: batch.appending(Shape([x.type.rowCount, x.type.columnCount]))) }
    return (spread(a), spread(b))
  }

  /// `y[…, i p + k, j q + l] = a[…, i, j] b[…, k, l]` for b of p rows and q columns.
  package func kroneckerProduct(_ other: Term) -> Term {
    let (a, b) = Self.broadcastBatches(self, other)
    if a.isPoison { return a }
    let (batch, rank) = (a.type.batchExtents, a.shape.rank)
    let (m, n, p, q) = (a.type.rowCount, a.type.columnCount, b.type.rowCount, b.type.columnCount)
    let wide = Shape(batch + [m, p, n, q])
    let front = Array(0..<rank - 2)
    let product =
      a.broadcast(to: wide, axes: front + [rank - 2, rank]) * b.broadcast(to: wide, axes: front + [rank - 1, rank + 1])
    return product.reshaped(to: Shape(batch + [m * p, n * q]))
  }

  /// The vector product along an axis of extent 3; shapes are equal.
  package func crossProduct(_ other: Term, axis: Int) -> Term {
    func part(_ x: Term, _ i: Int) -> Term { x.sliced(axis: axis, i % 3..<i % 3 + 1) }
    let parts = (0..<3).map { i in
      part(self, i + 1) * part(other, i + 2) - part(self, i + 2) * part(other, i + 1)
    }
    return builder.concat(parts, axis: axis)
  }
}
