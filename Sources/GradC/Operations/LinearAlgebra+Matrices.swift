internal import TensorIR
internal import TensorOps

// Parts of matrices, and matrices made of parts. Matrices are the last two axes; axes before them count a batch.

extension Tensor {
  /// `y[…, i] = x[…, i, i]`, the diagonal of matrices `[…, m, n]`, for any dtype.
  public func diagonal(file: String = #fileID, line: Int = #line) -> Tensor {
    matrixOperation("diagonal", SourceLocation(file: file, line: line)) { $0.diagonal() }
  }

  /// `y[…] = Σᵢ x[…, i, i]`, for numbers.
  public func trace(file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor.record("trace", [self], at: SourceLocation(file: file, line: line)) { (recorder, terms) throws(Diagnostic) in
      guard terms[0].dtype != .bool else { throw recorder.fault("is for numbers, not \(terms[0].type)") }
      guard terms[0].type.rank >= 2 else { throw recorder.fault("needs a matrix, not \(terms[0].type)") }
      return terms[0].trace()
    }
  }

  /// `y[…, i, j] = x[…, i]` where i = j and 0 elsewhere, `[…, n, n]` of vectors `[…, n]`, for any dtype.
  public func diagonalMatrix(file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor.record("diagonalMatrix", [self], at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      guard terms[0].type.rank >= 1 else { throw recorder.fault("needs a vector, not \(terms[0].type)") }
      return terms[0].diagonalMatrix()
    }
  }

  /// `y[…, i, j] = x[…, i, j]` where j ≤ i + `offset` and 0 elsewhere, for any dtype.
  public func lowerTriangle(offset: Int = 0, file: String = #fileID, line: Int = #line) -> Tensor {
    matrixOperation("lowerTriangle", SourceLocation(file: file, line: line)) { $0.lowerTriangle(offset: offset) }
  }

  /// `y[…, i, j] = x[…, i, j]` where j ≥ i + `offset` and 0 elsewhere, for any dtype.
  public func upperTriangle(offset: Int = 0, file: String = #fileID, line: Int = #line) -> Tensor {
    matrixOperation("upperTriangle", SourceLocation(file: file, line: line)) { $0.upperTriangle(offset: offset) }
  }

  private func matrixOperation(_ name: String, _ location: SourceLocation, _ body: (Term) -> Term) -> Tensor {
    Tensor.record(name, [self], at: location) { (recorder, terms) throws(Diagnostic) in
      guard terms[0].type.rank >= 2 else { throw recorder.fault("needs a matrix, not \(terms[0].type)") }
      return body(terms[0])
    }
  }
}

/// Aᵏ for square matrices `[…, n, n]` by repeated squaring, for floating dtypes; of the inverse if the exponent is negative.
public func matrixPower(_ a: Tensor, _ exponent: Int, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.record("matrixPower", [a], literals: .each([.f32]), at: SourceLocation(file: file, line: line)) {
    (recorder, terms) throws(Diagnostic) in
    try recorder.requireSquare(terms[0])
    return terms[0].matrixPower(exponent)
  }
}

/// `y[…, i p + k, j q + l] = a[…, i, j] b[…, k, l]` for b of p rows and q columns, for numbers; batches broadcast.
public func kron(_ a: Tensor, _ b: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.record("kron", [a, b], at: SourceLocation(file: file, line: line)) { (recorder, terms) throws(Diagnostic) in
    try recorder.requireOneDType(terms)
    guard terms[0].dtype != .bool else { throw recorder.fault("is for numbers, not \(terms[0].type)") }
    for term in terms where term.type.rank < 2 { throw recorder.fault("needs matrices, not \(term.type)") }
    _ = try recorder.broadcastShape(terms.map { Shape(Array($0.shape.extents.dropLast(2))) })
    return terms[0].kroneckerProduct(terms[1])
  }
}

/// The vector product along an axis of extent 3, for numbers; shapes broadcast.
///
/// - Parameter axis: The axis of the vectors, negative from the end.
public func cross(
  _ a: Tensor, _ b: Tensor, axis: Int = -1, file: String = #fileID, line: Int = #line
) -> Tensor {
  Tensor.record("cross", [a, b], at: SourceLocation(file: file, line: line)) { (recorder, terms) throws(Diagnostic) in
    try recorder.requireOneDType(terms)
    guard terms[0].dtype != .bool else { throw recorder.fault("is for numbers, not \(terms[0].type)") }
    let both = try recorder.broadcast(terms)
    let axis = try recorder.axis(axis, of: both[0])
    guard both[0].shape[axis] == 3 else { throw recorder.fault("axis \(axis) of \(both[0].type) has no 3 elements") }
    return both[0].crossProduct(both[1], axis: axis)
  }
}
