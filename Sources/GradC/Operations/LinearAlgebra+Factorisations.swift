internal import TensorIR
internal import TensorOps

// Factorisations of matrices, for floating dtypes. Matrices are the last two axes; axes before them count a batch.
// LAPACK computes them. A matrix for which that fails becomes NaN, the others of its batch don't.

/// The lower triangular L with `L Lᵀ = A` for symmetric positive definite matrices `[…, n, n]`; NaN where A is not positive
/// definite.
///
/// What is factored is the symmetric part `(A + Aᵀ) / 2`, so that gradients are symmetric.
/// `dL = L Φ(L⁻¹ dA L⁻ᵀ)`, with Φ the lower triangle with half of the diagonal (Murray, arXiv:1602.07527).
public func cholesky(_ a: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.record("cholesky", [a], literals: .each([.f32]), at: SourceLocation(file: file, line: line)) {
    (recorder, terms) throws(Diagnostic) in
    try recorder.requireSquare(terms[0])
    return terms[0].choleskyFactor()
  }
}

/// `P A = L U` for matrices `[…, m, n]` by elimination with partial pivoting, with k = min(m, n).
///
/// Derivatives are not finite where one of the first k pivots is 0.
/// - Returns: L, `[…, m, k]`, with ones on its diagonal; U, `[…, k, n]`; and the permutation, i32 `[…, m]`, such that row i of
///   P A is row `permutation[i]` of A.
public func lu(
  _ a: Tensor, file: String = #fileID, line: Int = #line
) -> (lower: Tensor, upper: Tensor, permutation: Tensor) {
  let results = Tensor.recordAll("lu", [a], literals: .each([.f32]), at: SourceLocation(file: file, line: line)) {
    (recorder, terms) throws(Diagnostic) in
    try recorder.requireMatrix(terms[0])
    let factors = terms[0].luFactors()
    return [factors.lower, factors.upper, factors.permutation]
  }
  return (results.result(0), results.result(1), results.result(2))
}

/// `A = Q R` for matrices `[…, m, n]` by Householder reflections, R upper triangular with a diagonal ≥ 0.
///
/// - Parameter full: Whether Q is square, and R as large as A. A full Q has no derivative where m > n.
/// - Returns: Q, `[…, m, k]` with orthonormal columns, and R, `[…, k, n]`; k is min(m, n), or m if full.
public func qr(
  _ a: Tensor, full: Bool = false, file: String = #fileID, line: Int = #line
) -> (q: Tensor, r: Tensor) {
  let results = Tensor.recordAll("qr", [a], literals: .each([.f32]), at: SourceLocation(file: file, line: line)) {
    (recorder, terms) throws(Diagnostic) in
    try recorder.requireMatrix(terms[0])
    return recorder.builder.apply(QR(full: full), terms)
  }
  return (results.result(0), results.result(1))
}

/// Eigenvalues and eigenvectors of symmetric matrices `[…, n, n]`: `A V = V diag(w)`.
///
/// What is decomposed is the symmetric part `(A + Aᵀ) / 2`, so that gradients are symmetric. In each vector the first element
/// of at least 9/10 of the greatest magnitude is positive. `dw = diag(Vᵀ dA V)`, `dV = V (F ∘ Vᵀ dA V)`,
/// `Fᵢⱼ = 1 / (wⱼ - wᵢ)`; vectors of equal eigenvalues have no derivative, F is 0 there.
/// - Returns: The eigenvalues w, `[…, n]`, ascending, and orthonormal eigenvectors, the columns of V, `[…, n, n]`.
public func eigh(
  _ a: Tensor, file: String = #fileID, line: Int = #line
) -> (values: Tensor, vectors: Tensor) {
  let results = Tensor.recordAll("eigh", [a], literals: .each([.f32]), at: SourceLocation(file: file, line: line)) {
    (recorder, terms) throws(Diagnostic) in
    try recorder.requireSquare(terms[0])
    return recorder.builder.apply(Eigh(), [terms[0].symmetrised()])
  }
  return (results.result(0), results.result(1))
}

/// Eigenvalues `[…, n]`, ascending, of the symmetric part of matrices `[…, n, n]`, as of ``eigh(_:file:line:)`` but faster.
public func eigvalsh(_ a: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.record("eigvalsh", [a], literals: .each([.f32]), at: SourceLocation(file: file, line: line)) {
    (recorder, terms) throws(Diagnostic) in
    try recorder.requireSquare(terms[0])
    return recorder.builder.apply(Eigh(vectors: false), [terms[0].symmetrised()])[0]
  }
}

/// Singular values `[…, min(m, n)]`, descending, of matrices `[…, m, n]`, as of ``svd(_:file:line:)`` but faster.
public func svdvals(_ a: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.record("svdvals", [a], literals: .each([.f32]), at: SourceLocation(file: file, line: line)) {
    (recorder, terms) throws(Diagnostic) in
    try recorder.requireMatrix(terms[0])
    return terms[0].singularValues()
  }
}

/// `A = U diag(s) Vᵀ` for matrices `[…, m, n]` with k = min(m, n) singular values s.
///
/// In each column of U the first element of at least 9/10 of the greatest magnitude is positive. Vectors of equal singular
/// values, and of those that are 0, have no derivative; what divides by their difference is 0 there.
/// - Returns: U, `[…, m, k]` with orthonormal columns; s, `[…, k]`, descending; Vᵀ, `[…, k, n]` with orthonormal rows.
public func svd(
  _ a: Tensor, file: String = #fileID, line: Int = #line
) -> (u: Tensor, s: Tensor, vh: Tensor) {
  let results = Tensor.recordAll("svd", [a], literals: .each([.f32]), at: SourceLocation(file: file, line: line)) {
    (recorder, terms) throws(Diagnostic) in
    try recorder.requireMatrix(terms[0])
    return recorder.builder.apply(SVD(), terms)
  }
  return (results.result(0), results.result(1), results.result(2))
}

extension [Tensor] {
  /// The result at a position; of a faulty operation its one poison.
  func result(_ position: Int) -> Tensor { position < count ? self[position] : self[0] }
}

extension Recorder {
  /// That a term is a floating matrix, or a batch of some.
  func requireMatrix(_ term: Term) throws(Diagnostic) {
    guard term.type.rank >= 2 else { throw fault("needs a matrix, not \(term.type)") }
    try requireFloating(term)
  }

  /// That a term is a square floating matrix, or a batch of some.
  func requireSquare(_ term: Term) throws(Diagnostic) {
    try requireMatrix(term)
    let extents = term.shape.extents.suffix(2)
    guard extents.first == extents.last else { throw fault("needs square matrices, not \(term.type)") }
  }
}
