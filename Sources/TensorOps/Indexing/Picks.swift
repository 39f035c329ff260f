package import Basics
package import TensorIR

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

  /// The pick that belongs to an index of what is picked.
  private func pick(_ index: [Int]) -> Int64 {
    let places = zip(index[axis..<axis + indices.shape.rank], indices.shape.strides)
    return indices.integers[places.reduce(0) { $0 + $1.0 * $1.1 }]
  }

  /// Whether the pick of an index is in range.
  func isInside(_ index: [Int]) -> Bool { (0..<Int64(shape[axis])).contains(pick(index)) }

  /// The position in a tensor of `shape` of the element that the picks put at an index.
  func position(_ index: [Int]) -> Int {
    let row = min(max(pick(index), 0), Int64(shape[axis] - 1))
    let source = index[..<axis] + [Int(row)] + index[(axis + indices.shape.rank)...]
    return zip(source, shape.strides).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

extension Term {
  /// `[B, n, …]` as `[B n, …]`.
  func mergingBatchAndRows() -> Term {
    reshaped(to: Shape([shape[0] * shape[1]] + shape.extents[2...]))
  }

  /// Indices `[B, …]` into n rows of each of B tensors as indices into all B n rows, clamped to their own tensor, or
  /// outside of all if they are to be dropped.
  func offsetByBatch(_ rows: Int, drops: Bool = false) -> Term {
    // i32 could not number them all.
    let wide = shape[0] > Int(Int32.max) / Swift.max(rows, 1) ? cast(to: .i64) : self
    let batch = builder.iota(wide.type, axis: 0) * builder.splat(Scalar(Int64(rows), as: wide.dtype), shape)
    let offset = wide.clamped(below: rows) + batch
    return drops ? isIndex(below: rows).select(offset, offset.splat(-1)) : offset
  }

  /// Integers clamped to `0..<limit`.
  func clamped(below limit: Int) -> Term {
    let last = Scalar(Int64(Swift.min(limit - 1, dtype == .i32 ? Int(Int32.max) : .max)), as: dtype)
    return applying(.max, zeros).applying(.min, builder.splat(last, shape))
  }

  /// Whether integers are in `0..<limit`.
  func isIndex(below limit: Int) -> Term {
    let isPositive = applying(.ge, zeros)
    if dtype == .i32, limit > Int(Int32.max) { return isPositive }
    return isPositive.applying(.and, applying(.lt, builder.splat(Scalar(Int64(limit), as: dtype), shape)))
  }

  /// `take` with `fill` where an index is out of range.
  package func take(_ indices: Term, axis: Int, filling fill: Double) -> Term {
    let taken = take(indices, axis: axis)
    if taken.isPoison { return taken }
    let isInside = indices.isIndex(below: shape[axis])
      .broadcast(to: taken.shape, axes: Array(axis..<axis + indices.shape.rank))
    return isInside.select(taken, taken.splat(fill))
  }
}

extension FunctionBuilder {
  /// The index along an axis.
  package func iota(_ type: TensorType, axis: Int) -> Term { Term(self, emit(Iota(type, axis: axis), [])[0]) }
}
