internal import TensorIR
internal import TensorOps

// In the order of sorting equal elements stay as they stand, NaN comes last whichever way it goes, and -0 is equal to 0.
// For all dtypes unless it says otherwise. Gradients go to the places that elements came from.

extension Tensor {
  /// The places, as `i64`, of the elements along an axis in ascending or descending order.
  public func argsort(
    axis: Int = -1, descending: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    Tensor.record("argsort", [self], at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      terms[0].argsort(axis: try recorder.axis(axis, of: terms[0]), descending: descending)
    }
  }

  /// The elements along an axis in ascending or descending order.
  public func sorted(
    axis: Int = -1, descending: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    Tensor.record("sorted", [self], at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      terms[0].sorted(axis: try recorder.axis(axis, of: terms[0]), descending: descending)
    }
  }

  /// This tensor and others of its shape, all in the order of this one's elements along an axis.
  ///
  /// - Parameter payloads: Tensors of this one's shape, of any dtypes.
  /// - Returns: This tensor and the payloads, in order.
  public func sorted(
    with payloads: [Tensor], axis: Int = -1, descending: Bool = false, file: String = #fileID, line: Int = #line
  ) -> [Tensor] {
    let all = Tensor.recordAll("sorted", [self] + payloads, at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      for payload in terms.dropFirst() where payload.shape != terms[0].shape {
        throw recorder.fault("a payload of \(payload.type) has another shape than \(terms[0].type)")
      }
      let axis = try recorder.axis(axis, of: terms[0])
      let order = terms[0].argsort(axis: axis, descending: descending)
      return terms.map { $0.takeAlong(order, axis: axis) }
    }
    // One poison stands for all.
    return all.count == payloads.count + 1 ? all : ([self] + payloads).map { _ in all[0] }
  }

  /// The `count` greatest elements along an axis, the greatest first, and their places as `i64`.
  ///
  /// - Parameter least: The least ones instead, the least first.
  public func topK(
    _ count: Int, axis: Int = -1, least: Bool = false, file: String = #fileID, line: Int = #line
  ) -> (values: Tensor, indices: Tensor) {
    let both = Tensor.recordAll("topK", [self], at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      let axis = try recorder.axis(axis, of: terms[0])
      guard 0 <= count, count <= terms[0].shape[axis] else {
        throw recorder.fault("axis \(axis) of \(terms[0].type) has no \(count) elements")
      }
      let top = terms[0].top(count, axis: axis, least: least)
      return [top.values, top.places]
    }
    return both.count == 2 ? (both[0], both[1]) : (both[0], both[0])
  }

  /// The quantile at a share of the elements along an axis, for floating dtypes: at position `share · (n - 1)` among the
  /// elements in order, linear between neighbours. NaN if an element is.
  ///
  /// - Parameter share: From 0, the least element, to 1, the greatest.
  public func quantile(
    _ share: Double, axis: Int = -1, keepingAxis: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    quantile("quantile", share, axis, keepingAxis, file, line)
  }

  /// The middle one of the elements along an axis in order, or the mean of the two in the middle, for floating dtypes. NaN
  /// if an element is.
  public func median(
    axis: Int = -1, keepingAxis: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    quantile("median", 0.5, axis, keepingAxis, file, line)
  }

  private func quantile(
    _ name: String, _ share: Double, _ axis: Int, _ keepingAxis: Bool, _ file: String, _ line: Int
  ) -> Tensor {
    Tensor.record(name, [self], at: SourceLocation(file: file, line: line)) { (recorder, terms) throws(Diagnostic) in
      try recorder.requireFloating(terms[0])
      let axis = try recorder.axis(axis, of: terms[0])
      guard terms[0].shape[axis] > 0 else { throw recorder.fault("axis \(axis) of \(terms[0].type) has no elements") }
      guard (0...1).contains(share) else { throw recorder.fault("share \(share) is not between 0 and 1") }
      let result = terms[0].quantile(share, axis: axis)
      return recorder.restoring([axis], of: terms[0], in: result, if: keepingAxis)
    }
  }

  /// Where values would go among this tensor's elements, which are in ascending order along its last axis, so that they
  /// stay in order: as many as are less, as `i64`.
  ///
  /// - Parameters:
  ///   - values: A tensor of this one's dtype: of any shape if this one has one axis, otherwise of this one's shape but
  ///     along the last axis.
  ///   - behindEqual: Behind elements that are equal, not before them: as many as are not greater.
  public func searchSorted(
    _ values: Tensor, behindEqual: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    Tensor.record("searchSorted", [self, values], at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      let (list, values) = (terms[0], terms[1])
      _ = try recorder.axis(-1, of: list)
      try recorder.requireOneDType(terms)
      guard list.type.rank == 1 || list.shape.extents.dropLast() == values.shape.extents.dropLast() else {
        throw recorder.fault("values of \(values.type) differ from \(list.type) along another axis than the last")
      }
      return list.searchSorted(values, behindEqual: behindEqual)
    }
  }
}
