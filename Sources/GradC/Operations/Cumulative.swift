internal import KernelIR
internal import TensorIR
internal import TensorOps

// Running reductions keep the shape. `reversed` goes from the last element to the first; `exclusive` leaves the element
// itself out, so that the first result is what a reduction over no elements gives: 0, 1, -∞, ∞ (or the least and the
// greatest integer).

extension Tensor {
  /// `y[i] = Σ_{j ≤ i} x[j]` along an axis, for numbers.  The cotangent is summed up the other way.
  public func cumulativeSum(
    axis: Int = -1, reversed: Bool = false, exclusive: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    cumulative("cumulativeSum", .add, axis, reversed, exclusive, file, line)
  }

  /// `y[i] = Π_{j ≤ i} x[j]` along an axis, for numbers.  The derivative is right with zeros among the factors.
  public func cumulativeProduct(
    axis: Int = -1, reversed: Bool = false, exclusive: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    cumulative("cumulativeProduct", .mul, axis, reversed, exclusive, file, line)
  }

  /// The greatest element so far along an axis, for numbers; NaN from the first one on.  The gradient is shared by equal
  /// maxima.
  public func cumulativeMax(
    axis: Int = -1, reversed: Bool = false, exclusive: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    cumulative("cumulativeMax", .max, axis, reversed, exclusive, file, line)
  }

  /// The least element so far along an axis, for numbers; NaN from the first one on.  The gradient is shared by equal
  /// minima.
  public func cumulativeMin(
    axis: Int = -1, reversed: Bool = false, exclusive: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    cumulative("cumulativeMin", .min, axis, reversed, exclusive, file, line)
  }

  private func cumulative(
    _ name: String, _ combiner: Combiner, _ axis: Int, _ reversed: Bool, _ exclusive: Bool, _ file: String, _ line: Int
  ) -> Tensor {
    Tensor.record(name, [self], at: SourceLocation(file: file, line: line)) { (recorder, terms) throws(Diagnostic) in
      guard terms[0].dtype != .bool else { throw recorder.fault("is for numbers, not \(terms[0].type)") }
      let axis = try recorder.axis(axis, of: terms[0])
      return terms[0].cumulated(combiner, axis: axis, reversed: reversed, exclusive: exclusive)
    }
  }

  /// `y[i] = ln Σ_{j ≤ i} e^x[j]` along an axis, without overflow, for floating dtypes.
  public func cumulativeLogSumExp(
    axis: Int = -1, reversed: Bool = false, exclusive: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    Tensor.record("cumulativeLogSumExp", [self], at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      try recorder.requireFloating(terms[0])
      let axis = try recorder.axis(axis, of: terms[0])
      return terms[0].cumulativeLogSumExp(axis: axis, reversed: reversed, exclusive: exclusive)
    }
  }
}

/// `z[i] = a[i] z[i - 1] + b[i]` along an axis, with `z[0] = b[0]`, for numbers: discounted sums, filters, linear state
/// spaces.
///
/// `dz[i] = a[i] dz[i - 1] + z[i - 1] da[i] + db[i]`; both modes take as long as the recurrence itself.
///
/// - Parameters:
///   - a: The factors; the first one is not used.
///   - b: What comes in, of the dtype of `a`; shapes are broadcast.
///   - axis: The axis, negative from the end.
///   - reversed: Whether it starts with the last element: `z[i] = a[i] z[i + 1] + b[i]`.
public func linearRecurrence(
  _ a: Tensor, _ b: Tensor, axis: Int = -1, reversed: Bool = false, file: String = #fileID, line: Int = #line
) -> Tensor {
  Tensor.record("linearRecurrence", [a, b], at: SourceLocation(file: file, line: line)) {
    (recorder, terms) throws(Diagnostic) in
    try recorder.requireOneDType(terms)
    guard terms[0].dtype != .bool else { throw recorder.fault("is for numbers, not \(terms[0].type)") }
    let operands = try recorder.broadcast(terms)
    let axis = try recorder.axis(axis, of: operands[0])
    return operands[0].applying(LinearRecurrence(axis: axis, reversed: reversed), operands[1])
  }
}
