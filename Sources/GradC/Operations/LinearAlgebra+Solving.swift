internal import TensorIR
internal import TensorOps

// Linear equations, for floating dtypes. Matrices are the last two axes; axes before them count a batch and broadcast.

/// X with `A X = B` for square matrices A `[…, n, n]`, by LU factorisation; not finite where A is singular.
///
/// `dX = A⁻¹ (dB - dA X)`; the factorisation is done once for X and all derivatives.
/// - Parameter b: A vector `[n]`, or matrices `[…, n, k]`.
public func solve(_ a: Tensor, _ b: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.record("solve", [a, b], at: SourceLocation(file: file, line: line)) { (recorder, terms) throws(Diagnostic) in
    try recorder.requireSquare(terms[0])
    return try recorder.withRightSides(terms[0], terms[1]) { $0.solve($1) }
  }
}

/// X with `op(A) X = B`, or `X op(A) = B` unless `left`, for triangular matrices A `[…, n, n]`.
///
/// - Parameters:
///   - b: A vector `[n]`, or matrices `[…, n, k]`, `[…, k, n]` unless `left`.
///   - lower: Which triangle of A is read.
///   - transposed: Whether op transposes.
///   - unitDiagonal: Whether the diagonal is not read but taken for ones.
///   - left: The side of X that A is on.
public func triangularSolve(
  _ a: Tensor, _ b: Tensor, lower: Bool, transposed: Bool = false, unitDiagonal: Bool = false, left: Bool = true,
  file: String = #fileID, line: Int = #line
) -> Tensor {
  Tensor.record("triangularSolve", [a, b], at: SourceLocation(file: file, line: line)) {
    (recorder, terms) throws(Diagnostic) in
    try recorder.requireSquare(terms[0])
    return try recorder.withRightSides(terms[0], terms[1], left: left) {
      $0.triangularSolve($1, lower: lower, transposed: transposed, unit: unitDiagonal, left: left)
    }
  }
}

/// X with `L Lᵀ X = B` for what ``cholesky(_:file:line:)`` gave, `[…, n, n]`, and a vector `[n]` or matrices `[…, n, k]`.
public func choleskySolve(_ l: Tensor, _ b: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.record("choleskySolve", [l, b], at: SourceLocation(file: file, line: line)) {
    (recorder, terms) throws(Diagnostic) in
    try recorder.requireSquare(terms[0])
    return try recorder.withRightSides(terms[0], terms[1]) {
      $0.triangularSolve($0.triangularSolve($1, lower: true), lower: true, transposed: true)
    }
  }
}

/// A⁻¹ for square matrices `[…, n, n]`; not finite where A is singular.  `dA⁻¹ = -A⁻¹ dA A⁻¹`.
///
/// For a product A⁻¹ B, ``solve(_:_:file:line:)`` is faster and more exact.
public func inverse(_ a: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.record("inverse", [a], literals: .each([.f32]), at: SourceLocation(file: file, line: line)) {
    (recorder, terms) throws(Diagnostic) in
    try recorder.requireSquare(terms[0])
    return terms[0].inverse()
  }
}

/// The Moore-Penrose inverse `[…, n, m]` of matrices `[…, m, n]`, by singular values.
///
/// `dA⁺ = -A⁺ dA A⁺ + A⁺ A⁺ᵀ dAᵀ (1 - A A⁺) + (1 - A⁺ A) dAᵀ A⁺ᵀ A⁺`, as long as the rank does not change (Golub & Pereyra,
/// SIAM J. Numer. Anal. 10, 1973).
/// - Parameter tolerance: Singular values of at most this times the greatest are taken for 0; by default 10 max(m, n) times
///   the distance of 1 from the next number.
public func pinv(
  _ a: Tensor, tolerance: Double? = nil, file: String = #fileID, line: Int = #line
) -> Tensor {
  Tensor.record("pinv", [a], literals: .each([.f32]), at: SourceLocation(file: file, line: line)) {
    (recorder, terms) throws(Diagnostic) in
    try recorder.requireMatrix(terms[0])
    return terms[0].pseudoInverse(tolerance: tolerance ?? recorder.rankTolerance(terms[0]))
  }
}

/// The X of least norm that makes `|A X - B|` least, for matrices A `[…, m, n]` of any rank: A⁺ B.
///
/// - Parameters:
///   - b: A vector `[m]`, or matrices `[…, m, k]`.
///   - tolerance: As of ``pinv(_:tolerance:file:line:)``.
public func lstsq(
  _ a: Tensor, _ b: Tensor, tolerance: Double? = nil, file: String = #fileID, line: Int = #line
) -> Tensor {
  Tensor.record("lstsq", [a, b], at: SourceLocation(file: file, line: line)) { (recorder, terms) throws(Diagnostic) in
    try recorder.requireMatrix(terms[0])
    let tolerance = tolerance ?? recorder.rankTolerance(terms[0])
    return try recorder.withRightSides(terms[0], terms[1]) { $0.pseudoInverse(tolerance: tolerance).matmul($1) }
  }
}

extension Recorder {
  /// Below this part of the greatest, singular values are rounding.
  func rankTolerance(_ term: Term) -> Double {
    let size = Double(term.shape.extents.suffix(2).max() ?? 1)
    return 10 * size * (term.dtype == .f32 ? Double(Float.ulpOfOne) : Double.ulpOfOne)
  }

  /// What `body` makes of matrices and right sides with a common batch; a vector of right sides becomes a column, or a row
  /// on the right, and the result one again.
  func withRightSides(
    _ a: Term, _ b: Term, left: Bool = true, _ body: (Term, Term) -> Term
  ) throws(Diagnostic) -> Term {
    try requireOneDType([a, b])
    guard b.type.rank > 0 else { throw fault("needs right sides that are a vector or matrices, not \(b.type)") }
    let isVector = b.type.rank == 1
    let count = left ? a.shape[a.type.rank - 2] : a.shape[a.type.rank - 1]
    let axis = isVector ? 0 : b.type.rank - (left ? 2 : 1)
    guard b.shape[axis] == count else {
      throw fault("\(a.type) needs right sides of \(count) elements, not those of \(b.type)")
    }
    _ = try broadcastShape([Shape(Array(a.shape.extents.dropLast(2))), Shape(Array(b.shape.extents.dropLast(2)))])
    let (matrices, sides) = Term.broadcastBatches(a, isVector ? b.expandingAxis(left ? 1 : 0) : b)
    let x = body(matrices, sides)
    return isVector ? x.squeezing(axes: [x.type.rank - (left ? 1 : 2)]) : x
  }
}
