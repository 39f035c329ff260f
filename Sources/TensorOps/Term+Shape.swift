package import Basics
package import TensorIR

// Views as methods; each gives `self` where it would change nothing.
extension Term {
  /// `broadcast` to a shape; operand axis i becomes axis `axes[i]`.
  package func broadcast(to shape: Shape, axes: [Int]) -> Term {
    shape == self.shape && axes == Array(shape.extents.indices) ? self : applying(Broadcast(to: shape, axes: axes))
  }

  /// `broadcast` to a shape from which a reduction took `axes` away.
  package func broadcast(back axes: [Int], of shape: Shape) -> Term {
    broadcast(to: shape, axes: shape.extents.indices.filter { !axes.contains($0) })
  }

  /// The same along a new axis 0.
  package func stacked(_ count: Int) -> Term {
    applying(Broadcast(to: shape.inserting(count, at: 0), axes: Array(1..<shape.rank + 1)))
  }

  /// The same elements in the same order under another shape.
  package func reshaped(to shape: Shape) -> Term {
    shape == self.shape ? self : applying(Reshape(to: shape))
  }

  /// Result axis i is axis `permutation[i]`.
  package func transposed(_ permutation: [Int]) -> Term {
    permutation == Array(0..<shape.rank) ? self : applying(Transpose(permutation))
  }

  /// The axis at one place moved to another, the others keeping their order.
  package func movingAxis(_ source: Int, to target: Int) -> Term {
    if isPoison { return self }
    guard (0..<shape.rank).contains(source), (0..<shape.rank).contains(target) else {
      return failing("'move_axis' of \(type) needs axes below \(shape.rank), not \(source) and \(target)")
    }
    var order = Array(0..<shape.rank)
    order.remove(at: source)
    order.insert(source, at: target)
    return transposed(order)
  }

  /// Elements from `starts` up to but not including `limits`.
  package func sliced(starts: [Int], limits: [Int], strides: [Int]) -> Term {
    let isAll =
      limits == shape.extents && starts.allSatisfy { $0 == 0 } && strides.allSatisfy { $0 == 1 }
      && starts.count == shape.rank && strides.count == shape.rank
    return isAll ? self : applying(Slice(starts: starts, limits: limits, strides: strides))
  }

  /// A range of elements along one axis.
  package func sliced(axis: Int, _ range: Range<Int>) -> Term {
    guard checkedAxes([axis], for: "slice") != nil else { return poison }
    let axes = shape.extents.indices
    return sliced(
      starts: axes.map { $0 == axis ? range.lowerBound : 0 },
      limits: axes.map { $0 == axis ? range.upperBound : shape[$0] }, strides: axes.map { _ in 1 })
  }

  /// Elements added before, behind and between those along every axis.
  package func padded(low: [Int], high: [Int], interior: [Int], fill: Double = 0) -> Term {
    if (low + high + interior).allSatisfy({ $0 == 0 }) { return self }
    return applying(Pad(low: low, high: high, interior: interior), builder.splat(fill, type.with(.scalar)))
  }

  /// The order of elements along the axes turned round; the axes are increasing.
  package func reversed(axes: [Int]) -> Term {
    axes.isEmpty ? self : applying(Reverse(axes: axes, of: shape))
  }

  /// `self` in another dtype.
  package func cast(to dtype: DType) -> Term {
    dtype == self.dtype ? self : applying(Cast(to: dtype))
  }

  /// `self`, taken for constant by derivatives.
  package func stoppingGradient() -> Term { applying(StopGradient()) }

  /// Elements along an axis picked by integers, clamped into range.
  package func take(_ indices: Term, axis: Int) -> Term { applying(Take(axis: axis), indices) }
}

extension FunctionBuilder {
  /// The terms one behind the other along an axis.
  package func concat(_ terms: [Term], axis: Int) -> Term {
    let extents = terms.map { (0..<$0.shape.rank).contains(axis) ? $0.shape[axis] : 0 }
    return apply(Concat(axis: axis, extents: extents, rank: terms.first?.shape.rank ?? 0), terms)[0]
  }
}
