import Basics
package import KernelIR
package import TensorIR

/// What becomes of an index that is out of range.
package enum OutOfRange: Hashable, Sendable {
  /// It counts as the nearest one in range.
  case clamp
  /// What it would pick is a number; what it would change stays as it is.
  case skip(Double)

  package static let skip = OutOfRange.skip(0)

  var drops: Bool { self != .clamp }
}

/// Several axes of a tensor picked from at once, as rows of one axis of another: `[before, rows, behind]`.
///
/// A row is counted by the indices and by the axes between picked ones, in row-major order.
struct GatheredRows {
  /// `[before…, rows, behind…]` of the tensor picked from.
  let operandShape: Shape
  /// The axis of the rows.
  let axis: Int
  /// `[indices…, between…]`, integers of dtype i64; -1 where an index is out of range and such ones are skipped.
  let rows: Term
  /// What is picked has axes before, of the indices, between and behind; where they go in the result.
  let permutation: [Int]

  /// `indices` have one shape and are as many as `axes`, which are increasing.
  init(_ shape: Shape, _ indices: [Term], axes: [Int], outside: OutOfRange) {
    let builder = indices[0].builder
    let (first, last) = (axes[0], axes[axes.count - 1])
    let between = (first...last).filter { !axes.contains($0) }
    let span = Shape(Array(shape.extents[first...last]))
    let picks = indices[0].shape
    let type = TensorType(.i64, Shape(picks.extents + between.map { shape[$0] }))
    func splat(_ number: Int) -> Term { builder.splat(Scalar(Int64(number), as: .i64), type.shape) }
    func scaled(_ term: Term, _ stride: Int) -> Term { stride == 1 ? term : term * splat(stride) }
    func spread(_ term: Term) -> Term { term.broadcast(to: type.shape, axes: Array(0..<picks.rank)) }

    var sum: Term?
    var isInside: Term?
    for (place, picked) in axes.enumerated() {
      let index = indices[place].cast(to: .i64)
      let part = scaled(spread(index.clamped(below: shape[picked])), span.strides[picked - first])
      sum = sum.map { $0 + part } ?? part
      if outside.drops {
        let fits = index.isIndex(below: shape[picked])
        isInside = isInside.map { $0.applying(.and, fits) } ?? fits
      }
    }
    for (place, axis) in between.enumerated() {
      let part = scaled(builder.iota(type, axis: picks.rank + place), span.strides[axis - first])
      sum = sum.map { $0 + part } ?? part
    }
    let clamped = sum ?? splat(0)
    rows = isInside.map { spread($0).select(clamped, splat(-1)) } ?? clamped
    axis = first
    operandShape = Shape(shape.extents[..<first] + [span.elementCount] + shape.extents[(last + 1)...])
    // Next to each other, the axes are replaced by those of the indices; otherwise these come first, as in NumPy.
    let rank = shape.rank - axes.count + picks.rank
    let indexAxes = Array(first..<first + picks.rank)
    permutation = between.isEmpty ? Array(0..<rank) : indexAxes + (0..<rank).filter { !indexAxes.contains($0) }
  }
}

extension Term {
  /// Indices of one shape and increasing axes; `nil`, and recorded, if they do not fit.
  private func checkedIndices(
    _ indices: [Term], _ axes: [Int], _ operation: String
  ) -> (indices: [Term], axes: [Int])? {
    if isPoison || indices.contains(where: \.isPoison) { return nil }
    guard !indices.isEmpty, indices.count == axes.count, checkedAxes(axes, for: operation) != nil else {
      if indices.count != axes.count || indices.isEmpty {
        builder.record(Diagnostic("'\(operation)' of \(type) has \(indices.count) indices for \(axes.count) axes"))
      }
      return nil
    }
    var shape = indices[0].shape
    for index in indices {
      guard index.dtype.isInteger else {
        builder.record(Diagnostic("'\(operation)' needs indices of dtype i32 or i64, not \(index.type)"))
        return nil
      }
      guard let common = shape.broadcast(with: index.shape) else {
        builder.record(
          Diagnostic("'\(operation)' can't broadcast indices of shapes \(indices.map(\.shape)) to a common one"))
        return nil
      }
      shape = common
    }
    for axis in axes where self.shape[axis] == 0 && !shape.isEmpty {
      builder.record(Diagnostic("'\(operation)' can't pick elements along axis \(axis) of \(type), which has none"))
      return nil
    }
    let order = axes.indices.sorted { axes[$0] < axes[$1] }
    return (order.map { indices[$0].broadcast(to: shape) }, order.map { axes[$0] })
  }

  /// `y[…, i…, …] = x[…, indices₀[i…], …, indices₁[i…], …]`: elements picked along several axes at once. Indices are
  /// broadcast; their axes take the place of the picked ones if these are next to each other, and come first otherwise.
  package func gather(_ indices: [Term], axes: [Int], outside: OutOfRange = .clamp) -> Term {
    guard let (indices, axes) = checkedIndices(indices, axes, "gather") else { return poison }
    if axes.count == 1 {
      guard case .skip(let fill) = outside else { return take(indices[0], axis: axes[0]) }
      return take(indices[0], axis: axes[0], filling: fill)
    }
    let rows = GatheredRows(shape, indices, axes: axes, outside: outside)
    let flat = reshaped(to: rows.operandShape)
    guard case .skip(let fill) = outside else {
      return flat.take(rows.rows, axis: rows.axis).transposed(rows.permutation)
    }
    return flat.take(rows.rows, axis: rows.axis, filling: fill).transposed(rows.permutation)
  }

  /// `self` with updates combined in at the places that ``gather`` picks; updates have the shape that it gives.
  package func scatter(
    _ combiner: ScatterCombiner, _ updates: Term, at indices: [Term], axes: [Int], outside: OutOfRange = .clamp
  ) -> Term {
    if updates.isPoison { return poison }
    guard let (indices, axes) = checkedIndices(indices, axes, "scatter") else { return poison }
    if axes.count == 1 {
      return applying(Scatter(combiner, axis: axes[0], drops: outside.drops), indices[0], updates)
    }
    let rows = GatheredRows(shape, indices, axes: axes, outside: outside)
    let rank = rows.permutation.count
    guard updates.shape.rank == rank else {
      return failing("'scatter' into \(type) needs updates of rank \(rank), not \(updates.type)")
    }
    return reshaped(to: rows.operandShape)
      .applying(
        Scatter(combiner, axis: rows.axis, drops: outside.drops), rows.rows,
        updates.transposed(rows.permutation.inversePermutation)
      ).reshaped(to: shape)
  }

  /// Indices along one axis that vary with all others, and the indices of the others: `nil`, and recorded, if shapes do
  /// not fit.
  private func indicesAlong(_ axis: Int, _ indices: Term, _ operation: String) -> [Term]? {
    guard checkedAxes([axis], for: operation) != nil, !indices.isPoison else { return nil }
    guard indices.dtype.isInteger else {
      builder.record(Diagnostic("'\(operation)' needs indices of dtype i32 or i64, not \(indices.type)"))
      return nil
    }
    guard indices.shape.rank == shape.rank,
      shape.extents.indices.allSatisfy({ $0 == axis || indices.shape[$0] == shape[$0] })
    else {
      builder.record(
        Diagnostic(
          "'\(operation)' along axis \(axis) of \(type) needs indices that differ along it alone, not \(indices.type)"))
      return nil
    }
    return shape.extents.indices.map { $0 == axis ? indices : builder.iota(indices.type.with(.i64), axis: $0) }
  }

  /// `y[…, i, …] = x[…, indices[…, i, …], …]`: along one axis, by indices that vary with the others.
  package func takeAlong(_ indices: Term, axis: Int, outside: OutOfRange = .clamp) -> Term {
    guard let all = indicesAlong(axis, indices, "take_along_axis") else { return poison }
    return gather(all, axes: Array(shape.extents.indices), outside: outside)
  }

  /// `self` with updates combined in at the places that ``takeAlong`` picks.
  package func scatterAlong(
    _ combiner: ScatterCombiner, _ updates: Term, at indices: Term, axis: Int, outside: OutOfRange = .clamp
  ) -> Term {
    guard let all = indicesAlong(axis, indices, "scatter_along_axis") else { return poison }
    return scatter(combiner, updates, at: all, axes: Array(shape.extents.indices), outside: outside)
  }

  /// The coordinates in the last axis of `indices` as indices into the axes behind the first `batchRank`, and those of
  /// the batch; `nil`, and recorded, if shapes do not fit.
  private func coordinates(_ indices: Term, _ batchRank: Int, _ operation: String) -> [Term]? {
    if isPoison || indices.isPoison { return nil }
    guard indices.dtype.isInteger, indices.shape.rank > 0, batchRank >= 0, batchRank < indices.shape.rank,
      batchRank + indices.shape[indices.shape.rank - 1] <= shape.rank, indices.shape[indices.shape.rank - 1] > 0,
      indices.shape.extents[..<batchRank] == shape.extents[..<batchRank]
    else {
      builder.record(
        Diagnostic(
          "'\(operation)' can't pick from \(type) with \(batchRank) batch axes by coordinates of type \(indices.type)"))
      return nil
    }
    let last = indices.shape.rank - 1
    let picks = indices.type.with(indices.shape.removing([last]))
    return (0..<batchRank).map { builder.iota(picks.with(.i64), axis: $0) }
      + (0..<indices.shape[last]).map { indices.sliced(axis: last, $0..<$0 + 1).reshaped(to: picks.shape) }
  }

  /// `y[b…, i…, …] = x[b…, indices[b…, i…, :], …]`: the last axis of the indices has coordinates.
  package func gatherND(_ indices: Term, batchRank: Int = 0, outside: OutOfRange = .clamp) -> Term {
    guard let all = coordinates(indices, batchRank, "gather_nd") else { return poison }
    return gather(all, axes: Array(all.indices), outside: outside)
  }

  /// `self` with updates combined in at the places that ``gatherND`` picks.
  package func scatterND(
    _ combiner: ScatterCombiner, _ updates: Term, at indices: Term, batchRank: Int = 0, outside: OutOfRange = .clamp
  ) -> Term {
    guard let all = coordinates(indices, batchRank, "scatter_nd") else { return poison }
    return scatter(combiner, updates, at: all, axes: Array(all.indices), outside: outside)
  }
}
