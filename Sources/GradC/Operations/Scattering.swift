internal import KernelIR
internal import TensorIR
internal import TensorOps

/// How an update is put together with the element at its place.
public enum ScatterRule: Hashable, Sendable, CaseIterable {
  /// The sum, for numbers.
  case add
  /// The product, for numbers. Its derivative compares all updates with each other.
  case multiply
  /// The greater, for numbers; NaN if one is. The gradient is shared by equal ones.
  case max
  /// The lesser, for numbers; NaN if one is. The gradient is shared by equal ones.
  case min
  /// The update, for all dtypes; of several the last in row-major order, and it alone has a gradient.
  case set

  var combiner: ScatterCombiner {
    switch self {
    case .add: .add
    case .multiply: .mul
    case .max: .max
    case .min: .min
    case .set: .set
    }
  }
}

// Updates of one place are combined in their row-major order, so that results are the same on every machine. They are
// broadcast to the shape that the operation that picks would give.

extension Tensor {
  /// This tensor with `updates` combined in along an axis at the places that `indices` picks.
  ///
  /// `y[…, indices[i…], …] = rule(y[…, indices[i…], …], updates[…, i…, …])` for every `i…` in order.
  ///
  /// - Parameters:
  ///   - updates: A tensor of this one's dtype that broadcasts to what ``take(_:axis:outside:file:line:)`` would give.
  ///   - indices: A tensor of `i32` or `i64`.
  ///   - axis: The axis, negative from the end.
  ///   - rule: How updates are combined.
  ///   - outside: `clamp`, or `skip`, which drops updates out of range.
  public func scattering(
    _ updates: Tensor, at indices: Tensor, axis: Int = 0, by rule: ScatterRule, outside: OutOfRange = .clamp,
    file: String = #fileID, line: Int = #line
  ) -> Tensor {
    scattering("scattering", updates, [indices], SourceLocation(file: file, line: line)) {
      (recorder, x, indices, updates) throws(Diagnostic) in
      let axis = try recorder.pickedAxis(axis, of: x, by: indices[0])
      var extents = x.shape.extents
      extents.replaceSubrange(axis...axis, with: indices[0].shape.extents)
      let updates = try recorder.updates(updates, of: x, Shape(extents), rule)
      return x.scatter(rule.combiner, updates, at: indices, axes: [axis], outside: outside.ofTerms)
    }
  }

  /// This tensor with `updates` added in along an axis at the places that `indices` picks; places named several times
  /// get all of theirs.
  public func scatterAdding(
    _ updates: Tensor, at indices: Tensor, axis: Int = 0, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    scattering("scatterAdding", updates, [indices], SourceLocation(file: file, line: line)) {
      (recorder, x, indices, updates) throws(Diagnostic) in
      let axis = try recorder.pickedAxis(axis, of: x, by: indices[0])
      var extents = x.shape.extents
      extents.replaceSubrange(axis...axis, with: indices[0].shape.extents)
      let updates = try recorder.updates(updates, of: x, Shape(extents), .add)
      return x.scatter(.add, updates, at: indices, axes: [axis])
    }
  }

  /// This tensor with `updates` combined in at places picked along several axes at once, see
  /// ``gather(_:axes:outside:file:line:)``.
  public func scattering(
    _ updates: Tensor, at indices: [Tensor], axes: [Int], by rule: ScatterRule, outside: OutOfRange = .clamp,
    file: String = #fileID, line: Int = #line
  ) -> Tensor {
    scattering("scattering", updates, indices, SourceLocation(file: file, line: line)) {
      (recorder, x, indices, updates) throws(Diagnostic) in
      let (indices, axes) = try recorder.pickedAxes(axes, of: x, by: indices)
      let picked = x.gather(indices, axes: axes).shape
      let updates = try recorder.updates(updates, of: x, picked, rule)
      return x.scatter(rule.combiner, updates, at: indices, axes: axes, outside: outside.ofTerms)
    }
  }

  /// This tensor with `updates` combined in along one axis by indices that vary with all the others, see
  /// ``takeAlong(_:axis:outside:file:line:)``.
  public func scatteringAlong(
    _ updates: Tensor, at indices: Tensor, axis: Int = -1, by rule: ScatterRule, outside: OutOfRange = .clamp,
    file: String = #fileID, line: Int = #line
  ) -> Tensor {
    scattering("scatteringAlong", updates, [indices], SourceLocation(file: file, line: line)) {
      (recorder, x, indices, updates) throws(Diagnostic) in
      let axis = try recorder.axisAlong(axis, of: x, by: indices[0])
      let updates = try recorder.updates(updates, of: x, indices[0].shape, rule)
      return x.scatterAlong(rule.combiner, updates, at: indices[0], axis: axis, outside: outside.ofTerms)
    }
  }

  /// This tensor with `updates` combined in at places given by coordinates, see
  /// ``gatherND(_:batchRank:outside:file:line:)``.
  public func scatteringND(
    _ updates: Tensor, at indices: Tensor, batchRank: Int = 0, by rule: ScatterRule, outside: OutOfRange = .clamp,
    file: String = #fileID, line: Int = #line
  ) -> Tensor {
    scattering("scatteringND", updates, [indices], SourceLocation(file: file, line: line)) {
      (recorder, x, indices, updates) throws(Diagnostic) in
      let picked = try recorder.coordinateShape(of: x, by: indices[0], batchRank)
      let updates = try recorder.updates(updates, of: x, picked, rule)
      return x.scatterND(
        rule.combiner, updates, at: indices[0], batchRank: batchRank, outside: outside.ofTerms)
    }
  }

  private func scattering(
    _ operation: String, _ updates: Tensor, _ indices: [Tensor], _ location: SourceLocation,
    _ body: (Recorder, _ x: Term, _ indices: [Term], _ updates: Term) throws(Diagnostic) -> Term
  ) -> Tensor {
    Tensor.record(
      operation, [self, updates] + indices, literals: .each([nil, dtype] + indices.map { _ in .i32 }), at: location
    ) { (recorder, terms) throws(Diagnostic) in
      try body(recorder, terms[0], Array(terms.dropFirst(2)), terms[1])
    }
  }
}

extension Recorder {
  /// Updates broadcast to the shape of what is picked.
  fileprivate func updates(
    _ updates: Term, of term: Term, _ needed: Shape, _ rule: ScatterRule
  ) throws(Diagnostic) -> Term {
    try requireOneDType([term, updates])
    guard rule.combiner.accepts(term.dtype) else {
      throw fault("'\(rule)' is for numbers, not \(term.type)")
    }
    guard try broadcastShape([updates.shape, needed]) == needed else {
      throw fault("updates of \(updates.type) do not broadcast to shape \(needed)")
    }
    return updates.broadcast(to: needed)
  }
}
