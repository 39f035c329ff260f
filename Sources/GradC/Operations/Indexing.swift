internal import TensorIR
internal import TensorOps

extension Tensor {
  /// Elements along an axis picked by integers: `y[…, i, …] = x[…, indices[i], …]`. The axes of the indices replace the
  /// axis. Indices outside are clamped into range. The transpose adds cotangents of the same place up.
  ///
  /// - Parameters:
  ///   - indices: A tensor of `i32` or `i64` of any shape.
  ///   - axis: The axis, negative from the end.
  public func take(_ indices: Tensor, axis: Int = 0, file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor.record(
      "take", [self, indices], literals: .each([nil, .i32]), at: SourceLocation(file: file, line: line)
    ) { (recorder, terms) throws(Diagnostic) in
      try recorder.requireInteger(terms[1], "indices")
      let axis = try recorder.axis(axis, of: terms[0])
      guard terms[0].shape[axis] > 0 || terms[1].shape.isEmpty else {
        throw recorder.fault("axis \(axis) of \(terms[0].type) has no elements to take")
      }
      return terms[0].take(terms[1], axis: axis)
    }
  }

  /// This tensor with `updates` added in along an axis at the places that `indices` picks; places named several times
  /// get all of theirs. The inverse of ``take(_:axis:file:line:)``: the updates have the shape that `take` would give.
  public func scatterAdding(
    _ updates: Tensor, at indices: Tensor, axis: Int = 0, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    Tensor.record(
      "scatterAdding", [self, indices, updates], literals: .each([nil, .i32, dtype]),
      at: SourceLocation(file: file, line: line)
    ) { (recorder, terms) throws(Diagnostic) in
      try recorder.requireInteger(terms[1], "indices")
      try recorder.requireOneDType([terms[0], terms[2]])
      let axis = try recorder.axis(axis, of: terms[0])
      var extents = terms[0].shape.extents
      extents.replaceSubrange(axis...axis, with: terms[1].shape.extents)
      let needed = Shape(extents)
      guard try recorder.broadcastShape([terms[2].shape, needed]) == needed else {
        throw recorder.fault("updates of \(terms[2].type) do not broadcast to shape \(needed)")
      }
      return recorder.builder.apply(
        Scatter(.add, axis: axis), [terms[0], terms[1], terms[2].broadcast(to: needed)])[0]
    }
  }
}

/// `y[…, k] = 1` where `indices[…] = k`, 0 elsewhere: a new last axis of `count` elements.
///
/// - Parameter indices: A tensor of `i32` or `i64`; indices outside `0..<count` give zeros.
public func oneHot(
  _ indices: Tensor, count: Int, dtype: DType = .f32, file: String = #fileID, line: Int = #line
) -> Tensor {
  Tensor.record("oneHot", [indices], at: SourceLocation(file: file, line: line)) {
    (recorder, terms) throws(Diagnostic) in
    try recorder.requireInteger(terms[0], "indices")
    _ = try recorder.checkedShape(terms[0].shape.extents + [count])
    return terms[0].oneHot(depth: count, dtype: dtype)
  }
}
