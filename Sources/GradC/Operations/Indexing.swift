internal import KernelIR
internal import TensorIR
internal import TensorOps

/// What becomes of an index that is out of range.
public enum OutOfRange: Hashable, Sendable {
  /// It counts as the nearest index in range.
  case clamp
  /// What it picks is this number, converted to the dtype of the tensor; what it would change stays as it is.
  case skip(Double)

  /// What it picks is 0; what it would change stays as it is.
  public static let skip = OutOfRange.skip(0)

  var ofTerms: TensorOps.OutOfRange {
    switch self {
    case .clamp: .clamp
    case .skip(let fill): .skip(fill)
    }
  }
}

// Indices are tensors of i32 or i64. Operations that pick have the dtype of the tensor that is picked from; their
// transposes add the cotangents of one place up.

extension Tensor {
  /// Elements along an axis picked by integers: `y[…, i…, …] = x[…, indices[i…], …]`. The axes of the indices replace
  /// the axis.
  ///
  /// - Parameters:
  ///   - indices: A tensor of `i32` or `i64` of any shape.
  ///   - axis: The axis, negative from the end; it has elements, unless there are no indices.
  ///   - outside: What indices out of range pick.
  public func take(
    _ indices: Tensor, axis: Int = 0, outside: OutOfRange = .clamp, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    Tensor.record(
      "take", [self, indices], literals: .each([nil, .i32]), at: SourceLocation(file: file, line: line)
    ) { (recorder, terms) throws(Diagnostic) in
      let axis = try recorder.pickedAxis(axis, of: terms[0], by: terms[1])
      return terms[0].gather([terms[1]], axes: [axis], outside: outside.ofTerms)
    }
  }

  /// Elements picked along several axes at once: `y[…, i…, …] = x[…, indices[0][i…], …, indices[1][i…], …]`.
  ///
  /// The indices are broadcast to one shape. If the axes are next to each other, those of the indices take their place;
  /// otherwise they come first, and then all axes that nothing is picked from. In a subscript the same is
  /// `x[.all, rows, columns]`.
  ///
  /// - Parameters:
  ///   - indices: A tensor of `i32` or `i64` for each of the axes.
  ///   - axes: Different axes, negative from the end.
  ///   - outside: What indices out of range pick.
  public func gather(
    _ indices: [Tensor], axes: [Int], outside: OutOfRange = .clamp, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    Tensor.record(
      "gather", [self] + indices, literals: .each([nil] + indices.map { _ in .i32 }),
      at: SourceLocation(file: file, line: line)
    ) { (recorder, terms) throws(Diagnostic) in
      let (indices, axes) = try recorder.pickedAxes(axes, of: terms[0], by: Array(terms.dropFirst()))
      return terms[0].gather(indices, axes: axes, outside: outside.ofTerms)
    }
  }

  /// Elements along one axis by indices that vary with all the others: `y[…, i, …] = x[…, indices[…, i, …], …]`.
  ///
  /// - Parameters:
  ///   - indices: A tensor of `i32` or `i64` with the shape of this one, but along the axis.
  ///   - axis: The axis, negative from the end.
  ///   - outside: What indices out of range pick.
  /// - Returns: A tensor of the shape of the indices.
  public func takeAlong(
    _ indices: Tensor, axis: Int = -1, outside: OutOfRange = .clamp, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    Tensor.record("takeAlong", [self, indices], at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      let axis = try recorder.axisAlong(axis, of: terms[0], by: terms[1])
      return terms[0].takeAlong(terms[1], axis: axis, outside: outside.ofTerms)
    }
  }

  /// Elements, or boxes of elements, by their coordinates: `y[b…, i…, …] = x[b…, indices[b…, i…, :], …]`.
  ///
  /// - Parameters:
  ///   - indices: A tensor of `i32` or `i64` whose last axis has coordinates along the first axes behind the batch.
  ///   - batchRank: How many first axes the two tensors have in common.
  ///   - outside: What coordinates out of range pick.
  public func gatherND(
    _ indices: Tensor, batchRank: Int = 0, outside: OutOfRange = .clamp, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    Tensor.record("gatherND", [self, indices], at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      _ = try recorder.coordinateShape(of: terms[0], by: terms[1], batchRank)
      return terms[0].gatherND(terms[1], batchRank: batchRank, outside: outside.ofTerms)
    }
  }

  /// The box of the given extents that starts at computed places: `y[r] = x[start + r]`.
  ///
  /// Starts are clamped so that the box fits. Cheaper than a gather: rows are copied whole.
  ///
  /// - Parameters:
  ///   - starts: For each axis a scalar of `i32` or `i64`, or a literal.
  ///   - sizes: The extents of the box, each between 0 and that of the axis.
  public func dynamicSlice(
    starts: [Tensor], sizes: [Int], file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let dtype = Tensor.commonDType(starts)
    return Tensor.record(
      "dynamicSlice", [self] + starts, literals: .each([nil] + starts.map { _ in dtype }),
      at: SourceLocation(file: file, line: line)
    ) { (recorder, terms) throws(Diagnostic) in
      let starts = try recorder.starts(Array(terms.dropFirst()), in: terms[0])
      guard sizes.count == terms[0].type.rank else {
        throw recorder.fault("\(sizes.count) sizes do not fit the \(terms[0].type.rank) axes of \(terms[0].type)")
      }
      for (axis, size) in sizes.enumerated() where size < 0 || size > terms[0].shape[axis] {
        throw recorder.fault("size \(size) is not in axis \(axis) of \(terms[0].type)")
      }
      return terms[0].dynamicSlice(starts: starts, sizes: sizes)
    }
  }

  /// This tensor with a box replaced that starts at computed places: `y[start + r] = update[r]`.
  ///
  /// Starts are clamped so that the box fits.
  ///
  /// - Parameters:
  ///   - update: A tensor of this one's dtype and rank, along no axis longer.
  ///   - starts: For each axis a scalar of `i32` or `i64`, or a literal.
  public func dynamicUpdate(
    _ update: Tensor, starts: [Tensor], file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let dtype = Tensor.commonDType(starts)
    return Tensor.record(
      "dynamicUpdate", [self, update] + starts, literals: .each([nil, self.dtype] + starts.map { _ in dtype }),
      at: SourceLocation(file: file, line: line)
    ) { (recorder, terms) throws(Diagnostic) in
      let (x, update) = (terms[0], terms[1])
      let starts = try recorder.starts(Array(terms.dropFirst(2)), in: x)
      try recorder.requireOneDType([x, update])
      guard update.type.rank == x.type.rank, zip(update.shape.extents, x.shape.extents).allSatisfy({ $0 <= $1 })
      else { throw recorder.fault("an update of \(update.type) does not fit into \(x.type)") }
      return x.updating(update, starts: starts)
    }
  }
}

extension Recorder {
  /// An axis that has something to pick.
  func pickedAxis(_ axis: Int, of term: Term, by indices: Term) throws(Diagnostic) -> Int {
    try requireInteger(indices, "indices")
    let axis = try self.axis(axis, of: term)
    guard term.shape[axis] > 0 || indices.shape.isEmpty else {
      throw fault("axis \(axis) of \(term.type) has no elements to take")
    }
    return axis
  }

  /// Different axes that have something to pick, and the indices in one shape.
  func pickedAxes(
    _ axes: [Int], of term: Term, by indices: [Term]
  ) throws(Diagnostic) -> (indices: [Term], axes: [Int]) {
    guard !indices.isEmpty, indices.count == axes.count else {
      throw fault("\(indices.count) tensors of indices are given for \(axes.count) axes")
    }
    for index in indices { try requireInteger(index, "indices") }
    _ = try self.axes(axes, of: term)
    let indices = try broadcast(indices)
    var picked: [Int] = []
    for axis in axes { picked.append(try pickedAxis(axis, of: term, by: indices[0])) }
    return (indices, picked)
  }

  func axisAlong(_ axis: Int, of term: Term, by indices: Term) throws(Diagnostic) -> Int {
    let axis = try pickedAxis(axis, of: term, by: indices)
    guard indices.type.rank == term.type.rank, indices.shape.removing([axis]) == term.shape.removing([axis]) else {
      throw fault("indices of \(indices.type) differ from \(term.type) along another axis than \(axis)")
    }
    return axis
  }

  /// The shape of what coordinates pick.
  func coordinateShape(of term: Term, by indices: Term, _ batchRank: Int) throws(Diagnostic) -> Shape {
    try requireInteger(indices, "indices")
    guard let count = indices.shape.extents.last, count > 0, batchRank >= 0, batchRank < indices.type.rank,
      batchRank + count <= term.type.rank
    else {
      throw fault(
        "indices of \(indices.type), whose last axis has coordinates, do not fit \(term.type) behind \(batchRank)"
          + " batch axes")
    }
    guard indices.shape.extents[..<batchRank] == term.shape.extents[..<batchRank] else {
      throw fault("the first \(batchRank) axes of \(term.type) and of the indices, \(indices.type), differ")
    }
    let picks = Shape(Array(indices.shape.extents.dropLast()))
    for axis in batchRank..<batchRank + count where term.shape[axis] == 0 && !picks.isEmpty {
      throw fault("axis \(axis) of \(term.type) has no elements to take")
    }
    return picks.appending(Shape(Array(term.shape.extents[(batchRank + count)...])))
  }

  /// Scalars of one integer dtype, one for each axis.
  func starts(_ starts: [Term], in term: Term) throws(Diagnostic) -> [Term] {
    guard starts.count == term.type.rank else {
      throw fault("\(starts.count) starts do not fit the \(term.type.rank) axes of \(term.type)")
    }
    for start in starts {
      try requireInteger(start, "starts")
      guard start.type.rank == 0 else { throw fault("starts must be scalars, not \(start.type)") }
    }
    return Set(starts.map(\.dtype)).count > 1 ? starts.map { $0.cast(to: .i64) } : starts
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
