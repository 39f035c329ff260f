internal import KernelIR
internal import TensorIR
internal import TensorOps

/// The matrix product `y[…, i, j] = Σ_k a[…, i, k] b[…, k, j]`, for numbers.
///
/// Axes before the last two are broadcast. A vector on the left is a row, on the right a column, and its axis is not in
/// the result. Gradients: `ā = ȳ bᵀ`, `b̄ = aᵀ ȳ`.
public func matmul(_ a: Tensor, _ b: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.record("matmul", [a, b], at: SourceLocation(file: file, line: line)) {
    (recorder, terms) throws(Diagnostic) in
    try recorder.requireOneDType(terms)
    return try recorder.matmul(terms[0], terms[1])
  }
}

extension Tensor {
  /// Sums of products over pairs of axes: `y[l…, r…] = Σ_k a[l…, k…] b[k…, r…]`, for numbers.
  ///
  /// - Parameters:
  ///   - other: The right operand, of the same dtype.
  ///   - axes: Pairs of an axis of this tensor and one of the other, of equal extents.
  /// - Returns: The free axes of this tensor, then those of the other.
  public func contracted(
    with other: Tensor, over axes: [(Int, Int)], file: String = #fileID, line: Int = #line
  ) -> Tensor {
    Tensor.record("contracted", [self, other], at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      try recorder.requireOneDType(terms)
      var left: [Int] = []
      var right: [Int] = []
      for (a, b) in axes {
        left.append(try recorder.axis(a, of: terms[0]))
        right.append(try recorder.axis(b, of: terms[1]))
      }
      guard Set(left).count == left.count, Set(right).count == right.count else {
        throw recorder.fault("an axis is contracted twice")
      }
      for (a, b) in zip(left, right) where terms[0].shape[a] != terms[1].shape[b] {
        throw recorder.fault("axis \(a) of \(terms[0].type) and axis \(b) of \(terms[1].type) have different extents")
      }
      return try recorder.dot(terms[0], terms[1], DotAxes(leftContracting: left, rightContracting: right))
    }
  }

  /// The sum of the products of two vectors' elements.
  public func dot(_ other: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    contracted(with: other, over: [(-1, -1)], file: file, line: line)
  }

  /// `y[i…, j…] = a[i…] b[j…]`.
  public func outer(_ other: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    contracted(with: other, over: [], file: file, line: line)
  }
}

extension Recorder {
  func dot(_ a: Term, _ b: Term, _ axes: DotAxes) throws(Diagnostic) -> Term {
    guard a.dtype != .bool else { throw fault("is for numbers, not \(a.type)") }
    return builder.apply(DotGeneral(axes), [a, b])[0]
  }

  func matmul(_ a: Term, _ b: Term) throws(Diagnostic) -> Term {
    guard a.dtype != .bool else { throw fault("is for numbers, not \(a.type)") }
    guard a.type.rank > 0, b.type.rank > 0 else {
      throw fault("\(a.type) and \(b.type): a scalar is no matrix; use *")
    }
    let left = a.type.rank == 1 ? 0 : a.type.rank - 1
    let right = b.type.rank == 1 ? 0 : b.type.rank - 2
    guard a.shape[left] == b.shape[right] else {
      throw fault(
        "\(a.type) and \(b.type): the last axis of the left operand (\(a.shape[left])) and the"
          + " \(b.type.rank == 1 ? "axis" : "last axis but one") of the right (\(b.shape[right])) must agree")
    }
    let batch = [a, b].map { Shape(Array($0.shape.extents.dropLast(2))) }
    _ = try broadcastShape(batch)
    return a.matmul(b)
  }
}

/// The sum of products that an Einstein formula names: `einsum("bij,bjk->bik", a, b)`, for numbers.
///
/// Sums run over all values of the indices that are not in the result. An index may occur in any number of operands, and
/// twice in one, for its diagonal. Without `->` the result has the indices that occur once, in alphabetical order.
///
/// Operands are multiplied two at a time, in the order that costs least; ``EinsumPath`` shows it. The gradient by an operand
/// is the sum of products of the cotangent and all others.
public func einsum(
  _ formula: String, _ operands: Tensor..., file: String = #fileID, line: Int = #line
) -> Tensor {
  let location = SourceLocation(file: file, line: line)
  guard !operands.isEmpty else { return .faulty("einsum: no operands", at: location) }
  return Tensor.record("einsum", operands, at: location) { (recorder, terms) throws(Diagnostic) in
    try recorder.requireOneDType(terms)
    guard terms[0].dtype != .bool else { throw recorder.fault("is for numbers, not \(terms[0].type)") }
    return recorder.builder.einsum(formula, terms)
  }
}
