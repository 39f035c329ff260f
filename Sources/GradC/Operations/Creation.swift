internal import TensorIR
internal import TensorOps

// Inside a trace these are instructions or constants of it, outside they are computed at once.

/// A tensor of zeros.
public func zeros(
  _ shape: some Collection<Int>, _ dtype: DType = .f32, file: String = #fileID, line: Int = #line
) -> Tensor {
  full(shape, 0, dtype, file: file, line: line)
}

/// A tensor of ones.
public func ones(
  _ shape: some Collection<Int>, _ dtype: DType = .f32, file: String = #fileID, line: Int = #line
) -> Tensor {
  full(shape, 1, dtype, file: file, line: line)
}

/// Zeros with the shape and dtype of another tensor.
public func zeros(like other: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  other.isPoisoned ? other : full(other.shape, 0, other.dtype, file: file, line: line)
}

/// Ones with the shape and dtype of another tensor.
public func ones(like other: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  other.isPoisoned ? other : full(other.shape, 1, other.dtype, file: file, line: line)
}

/// A tensor with all elements equal: `value` converted to the dtype.
public func full(
  _ shape: some Collection<Int>, _ value: Double, _ dtype: DType = .f32, file: String = #fileID, line: Int = #line
) -> Tensor {
  let extents = Array(shape)
  return Tensor.record("full", [], at: SourceLocation(file: file, line: line)) { (recorder, _) throws(Diagnostic) in
    recorder.builder.splat(Scalar(value, as: dtype), try recorder.checkedShape(extents))
  }
}

/// `y = 0, 1, …, count - 1`, for numbers.
public func arange(_ count: Int, _ dtype: DType = .i32, file: String = #fileID, line: Int = #line) -> Tensor {
  iota([count], axis: 0, dtype, file: file, line: line)
}

/// `y[i] = i[axis]`: every element is its own index along an axis, for numbers.
public func iota(
  _ shape: some Collection<Int>, axis: Int, _ dtype: DType = .i32, file: String = #fileID, line: Int = #line
) -> Tensor {
  let extents = Array(shape)
  return Tensor.record("iota", [], at: SourceLocation(file: file, line: line)) { (recorder, _) throws(Diagnostic) in
    let shape = try recorder.checkedShape(extents)
    guard dtype != .bool else { throw recorder.fault("is for numbers, not bool") }
    let axis = try recorder.axis(axis, rank: shape.rank, "shape \(shape)")
    return recorder.builder.apply(Iota(TensorType(dtype, shape), axis: axis), [])[0]
  }
}

/// `count` numbers from `start` to `end`, both included, at equal distances, for floating dtypes.
public func linspace(
  from start: Double, to end: Double, count: Int, _ dtype: DType = .f32, file: String = #fileID, line: Int = #line
) -> Tensor {
  Tensor.record("linspace", [], at: SourceLocation(file: file, line: line)) { (recorder, _) throws(Diagnostic) in
    let shape = try recorder.checkedShape([count])
    guard dtype.isFloating else { throw recorder.fault("needs a floating dtype, not \(dtype)") }
    guard count <= 1 << 27 else { throw recorder.fault("\(count) numbers are too many for a constant; scale arange") }
    // From both ends, so that both are hit exactly.
    let values = (0..<count).map { index in
      let t = count > 1 ? Double(index) / Double(count - 1) : 0
      return start * (1 - t) + end * t
    }
    let tensor = ReferenceTensor(floating: values, type: TensorType(dtype, shape))
    return recorder.builder.apply(Constant(tensor), [])[0]
  }
}

/// The identity matrix of `count` rows: 1 on the diagonal, 0 elsewhere.
public func eye(_ count: Int, _ dtype: DType = .f32, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.record("eye", [], at: SourceLocation(file: file, line: line)) { (recorder, _) throws(Diagnostic) in
    let type = TensorType(.i32, try recorder.checkedShape([count, count]))
    let row = recorder.builder.apply(Iota(type, axis: 0), [])[0]
    let column = recorder.builder.apply(Iota(type, axis: 1), [])[0]
    return row.applying(.eq, column).cast(to: dtype)
  }
}
