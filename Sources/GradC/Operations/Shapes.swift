internal import TensorIR
internal import TensorOps

// Views of the elements under another shape; any dtype. Axes may be negative, which counts from the last one.

extension Tensor {
  /// The same elements in row-major order under another shape. One extent may be -1: what is left over.
  public func reshaped(
    to shape: some Collection<Int>, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    var extents = Array(shape)
    return Tensor.record("reshaped", [self], at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      let x = terms[0]
      let unknown = extents.indices.filter { extents[$0] == -1 }
      if unknown.count > 1 { throw recorder.fault("shape \(Shape(extents)) leaves more than one extent open") }
      if let axis = unknown.first {
        extents[axis] = 1
        let rest = try recorder.checkedShape(extents).elementCount
        guard rest > 0, x.type.elementCount % rest == 0 else {
          throw recorder.fault("\(x.type.elementCount) elements of \(x.type) do not fill shape \(Shape(Array(shape)))")
        }
        extents[axis] = x.type.elementCount / rest
      }
      let target = try recorder.checkedShape(extents)
      guard target.elementCount == x.type.elementCount else {
        throw recorder.fault(
          "\(x.type) has \(x.type.elementCount) elements, shape \(target) has \(target.elementCount)")
      }
      return x.reshaped(to: target)
    }
  }

  /// All elements along one axis, in row-major order.
  public func flattened(file: String = #fileID, line: Int = #line) -> Tensor {
    reshaped(to: [elementCount], file: file, line: line)
  }

  /// `y` whose axis i is this tensor's axis `permutation[i]`; `nil` turns the order of the axes round.
  public func transposed(_ permutation: [Int]? = nil, file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor.record("transposed", [self], at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      let rank = terms[0].type.rank
      guard let permutation else { return terms[0].transposed(Array((0..<rank).reversed())) }
      var order: [Int] = []
      for axis in permutation { order.append(try recorder.axis(axis, of: terms[0])) }
      guard order.sorted() == Array(0..<rank) else {
        throw recorder.fault("\(permutation) is no permutation of the \(rank) axes of \(terms[0].type)")
      }
      return terms[0].transposed(order)
    }
  }

  /// This tensor with two axes exchanged.
  public func swappingAxes(_ a: Int, _ b: Int, file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor.record("swappingAxes", [self], at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      var order = Array(0..<terms[0].type.rank)
      order.swapAt(try recorder.axis(a, of: terms[0]), try recorder.axis(b, of: terms[0]))
      return terms[0].transposed(order)
    }
  }

  /// This tensor repeated to a shape: aligned at the last axis, extents equal or 1.
  public func broadcast(to shape: some Collection<Int>, file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor.record("broadcast", [self], at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      let target = try recorder.checkedShape(Array(shape))
      guard try recorder.broadcastShape([terms[0].shape, target]) == target else {
        throw recorder.fault("\(terms[0].type) does not broadcast to shape \(target)")
      }
      return terms[0].broadcast(to: target)
    }
  }

  /// This tensor with a new axis of extent 1 that becomes axis `axis` of the result.
  public func expandingAxis(_ axis: Int, file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor.record("expandingAxis", [self], at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      let axis = try recorder.axis(axis, rank: terms[0].type.rank + 1, "the result")
      return terms[0].reshaped(to: terms[0].shape.inserting(1, at: axis))
    }
  }

  /// This tensor without axes of extent 1; `nil` is all of those.
  public func squeezed(axes: [Int]? = nil, file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor.record("squeezed", [self], at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      let shape = terms[0].shape
      var gone = shape.extents.indices.filter { shape[$0] == 1 }
      if axes != nil { gone = try recorder.axes(axes, of: terms[0]) }
      if let axis = gone.first(where: { shape[$0] != 1 }) {
        throw recorder.fault("axis \(axis) of \(terms[0].type) has extent \(shape[axis]), not 1")
      }
      return terms[0].reshaped(to: shape.removing(gone))
    }
  }

  /// This tensor with the order of elements along axes turned round; `nil` is all axes.
  public func reversed(axes: [Int]? = nil, file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor.record("reversed", [self], at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      terms[0].reversed(axes: try recorder.axes(axes, of: terms[0]))
    }
  }

  /// This tensor with `before` and `after` copies of a value put at the ends of an axis.
  public func padded(
    axis: Int, before: Int = 0, after: Int = 0, with value: Double = 0, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    Tensor.record("padded", [self], at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      let axis = try recorder.axis(axis, of: terms[0])
      guard before >= 0, after >= 0 else {
        throw recorder.fault("\(before) and \(after) elements of padding; use slice(axis:from:to:by:) to cut")
      }
      var extents = terms[0].shape.extents
      let (sum, overflow) = before.addingReportingOverflow(after)
      let (extent, overflows) = extents[axis].addingReportingOverflow(sum)
      if overflow || overflows { throw recorder.fault("\(before) and \(after) elements of padding are too many") }
      extents[axis] = extent
      _ = try recorder.checkedShape(extents)
      let zeros = extents.map { _ in 0 }
      var (low, high) = (zeros, zeros)
      (low[axis], high[axis]) = (before, after)
      return terms[0].padded(low: low, high: high, interior: zeros, fill: value)
    }
  }

  /// The elements in another dtype: rounded to nearest for floating dtypes, truncated and saturated for integers (NaN
  /// is 0), `x ≠ 0` for `bool`; `bool` gives 0 and 1. Derivatives pass between floating dtypes.
  public func cast(to dtype: DType, file: String = #fileID, line: Int = #line) -> Tensor {
    var literalDType: DType?
    if case .literal(let literal) = storage, (try? literal.adopting(dtype)) != nil { literalDType = dtype }
    return Tensor.record("cast", [self], literals: .each([literalDType]), at: SourceLocation(file: file, line: line)) {
      (_, terms) in terms[0].cast(to: dtype)
    }
  }
}

/// `y = x`, taken for constant by every derivative.
public func stopGradient(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.record("stopGradient", [x], at: SourceLocation(file: file, line: line)) { (_, terms) in
    terms[0].stoppingGradient()
  }
}
