import Basics
import TensorIR

extension Op {
  /// The shape of what indices pick along an axis.
  func checkPicks(_ x: TensorType, _ indices: TensorType, axis: Int) throws(Diagnostic) -> Shape {
    try checkAxis(axis, of: x)
    guard indices.dtype.isInteger else {
      throw Diagnostic("'\(name)' needs indices of dtype i32 or i64, not \(indices)")
    }
    guard x.shape[axis] > 0 || indices.shape.isEmpty else {
      throw Diagnostic("'\(name)' can't pick elements along axis \(axis) of \(x), which has none")
    }
    let extents = x.shape.extents
    return Shape(extents[..<axis] + indices.shape.extents + extents[(axis + 1)...])
  }
}

/// Where picks along an axis lie in memory.
struct Picks {
  let axis: Int
  let shape: Shape
  let indices: ReferenceTensor

  /// The position in a tensor of `shape` of the element that the picks put at an index.
  func position(_ index: [Int]) -> Int {
    let count = indices.shape.rank
    let picked = zip(index[axis..<axis + count], indices.shape.strides).reduce(0) { $0 + $1.0 * $1.1 }
    let row = min(max(indices.integers[picked], 0), Int64(shape[axis] - 1))
    let source = index[..<axis] + [Int(row)] + index[(axis + count)...]
    return zip(source, shape.strides).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

extension Term {
  /// `[B, n, …]` as `[B n, …]`.
  func mergingBatchAndRows() -> Term {
    reshaped(to: Shape([shape[0] * shape[1]] + shape.extents[2...]))
  }

  /// Indices `[B, …]` into n rows of each of B tensors as indices into all B n rows, clamped to their own tensor.
  func offsetByBatch(_ rows: Int) -> Term {
    // i32 could not number them all.
    let wide = shape[0] > Int(Int32.max) / Swift.max(rows, 1) ? cast(to: .i64) : self
    let last = builder.splat(Scalar(Int64(rows - 1), as: wide.dtype), shape)
    let clamped = wide.applying(.max, wide.zeros).applying(.min, last)
    let batch = Term(builder, builder.emit(Iota(wide.type, axis: 0), [])[0])
    return clamped + batch * builder.splat(Scalar(Int64(rows), as: wide.dtype), shape)
  }
}
