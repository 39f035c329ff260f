internal import TensorIR
internal import TensorOps

// Numbers that tell about matrices. Matrices are the last two axes; axes before them count a batch.

/// `det(A)`, `[…]`, of square matrices `[…, n, n]`, for floating dtypes.
///
/// `dy = Σᵢⱼ adj(A)ⱼᵢ dAᵢⱼ`, right also where A is singular. Second derivatives of matrices of four and more rows are not
/// finite where A is singular.
public func det(_ a: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.record("det", [a], literals: .each([.f32]), at: SourceLocation(file: file, line: line)) {
    (recorder, terms) throws(Diagnostic) in
    try recorder.requireSquare(terms[0])
    return terms[0].determinant()
  }
}

/// The sign of `det(A)` and `ln |det(A)|`, both `[…]`, of square matrices `[…, n, n]`, for floating dtypes; 0 and -∞ where
/// A is singular.
///
/// `d ln |det(A)| = Σᵢⱼ (A⁻¹)ⱼᵢ dAᵢⱼ`; the sign's derivative is 0.
public func slogdet(
  _ a: Tensor, file: String = #fileID, line: Int = #line
) -> (sign: Tensor, logAbs: Tensor) {
  let results = Tensor.recordAll("slogdet", [a], literals: .each([.f32]), at: SourceLocation(file: file, line: line)) {
    (recorder, terms) throws(Diagnostic) in
    try recorder.requireSquare(terms[0])
    return [terms[0].determinantSign(), terms[0].logAbsDeterminant()]
  }
  return (results.result(0), results.result(1))
}

/// `ln det(A)`, `[…]`, of symmetric positive definite matrices `[…, n, n]`, for floating dtypes, by Cholesky factorisation
/// of the symmetric part; NaN where A is not positive definite.  `dy = Σᵢⱼ (A⁻¹)ⱼᵢ dAᵢⱼ`.
public func logdet(_ a: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.record("logdet", [a], literals: .each([.f32]), at: SourceLocation(file: file, line: line)) {
    (recorder, terms) throws(Diagnostic) in
    try recorder.requireSquare(terms[0])
    return terms[0].logDeterminant()
  }
}

/// The number of singular values, i64 `[…]`, of matrices `[…, m, n]` that are greater than `tolerance` times the greatest; for
/// floating dtypes.
///
/// - Parameter tolerance: By default 10 max(m, n) times the distance of 1 from the next number.
public func matrixRank(
  _ a: Tensor, tolerance: Double? = nil, file: String = #fileID, line: Int = #line
) -> Tensor {
  Tensor.record("matrixRank", [a], literals: .each([.f32]), at: SourceLocation(file: file, line: line)) {
    (recorder, terms) throws(Diagnostic) in
    try recorder.requireMatrix(terms[0])
    return terms[0].matrixRank(tolerance: tolerance ?? recorder.rankTolerance(terms[0]))
  }
}

/// How the size of a vector is measured.
public enum VectorNorm: Hashable, Sendable {
  /// `Σ |x|`
  case l1
  /// `√Σ x²`
  case l2
  /// `max |x|`
  case max
  /// `(Σ |x|ᵖ)^(1/p)`, p > 0
  case p(Double)
}

/// How the size of a matrix is measured.
public enum MatrixNorm: Hashable, Sendable {
  /// `√Σ x²`
  case frobenius
  /// The sum of the singular values.
  case nuclear
  /// The greatest singular value.
  case spectral
  /// The greatest sum of magnitudes in a column.
  case one
  /// The greatest sum of magnitudes in a row.
  case infinity
}

extension Tensor {
  /// The norm of vectors: of all elements together over some axes, by default over all. For floating dtypes.
  ///
  /// Where all elements are 0, the derivative is 0. Reduced axes leave the shape, or stay with extent 1.
  public func norm(
    _ kind: VectorNorm = .l2, axes: [Int]? = nil, keepingAxes: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    Tensor.record("norm", [self], literals: .each([.f32]), at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      try recorder.requireFloating(terms[0])
      let axes = try recorder.axes(axes, of: terms[0])
      let p: Double
      switch kind {
      case .l1: p = 1
      case .l2: p = 2
      case .max: p = .infinity
      case .p(let power): p = power
      }
      guard p > 0 else { throw recorder.fault("needs a power above 0, not \(p)") }
      return recorder.restoring(axes, of: terms[0], in: terms[0].norm(p: p, axes: axes), if: keepingAxes)
    }
  }

  /// The norm `[…]` of matrices `[…, m, n]`, for floating dtypes.
  public func matrixNorm(
    _ kind: MatrixNorm = .frobenius, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    Tensor.record("matrixNorm", [self], literals: .each([.f32]), at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      let x = terms[0]
      try recorder.requireMatrix(x)
      let (rows, columns) = (x.type.rank - 2, x.type.rank - 1)
      switch kind {
      case .frobenius: return x.norm2(axes: [rows, columns])
      case .nuclear: return x.nuclearNorm()
      case .spectral: return x.spectralNorm()
      case .one: return x.norm(p: 1, axes: [rows]).norm(p: .infinity, axes: [rows])
      case .infinity: return x.norm(p: 1, axes: [columns]).norm(p: .infinity, axes: [rows])
      }
    }
  }
}
