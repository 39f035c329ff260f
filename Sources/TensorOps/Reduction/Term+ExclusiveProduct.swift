import Basics
import TensorIR

extension Term {
  /// For every element the product of all others along the axes: right with zeros among the factors, since nothing is
  /// divided. Products of those before and of those behind, each made in ⌈log₂ n⌉ doublings.
  func productOfOthers(axes: [Int]) -> Term {
    let kept = shape.extents.indices.filter { !axes.contains($0) }
    let permutation = kept + axes
    let permuted = transposed(permutation)
    let count = axes.reduce(1) { $0 * shape[$1] }
    let rows = permuted.reshaped(to: Shape(kept.map { shape[$0] } + [count]))
    let before = rows.exclusiveProducts(forward: true)
    let behind = rows.exclusiveProducts(forward: false)
    return (before * behind).reshaped(to: permuted.shape).transposed(permutation.inversePermutation)
  }

  /// The product of the elements before each (or behind it) along the last axis.
  private func exclusiveProducts(forward: Bool) -> Term {
    let axis = shape.rank - 1
    var products = shifted(by: 1, forward: forward)
    var span = 1
    while span < shape[axis] {
      products = products * products.shifted(by: span, forward: forward)
      span *= 2
    }
    return products
  }

  /// Elements moved along the last axis, ones moving in.
  private func shifted(by distance: Int, forward: Bool) -> Term {
    let axis = shape.rank - 1
    let extent = shape[axis]
    let distance = Swift.min(distance, extent)
    let rest = sliced(axis: axis, forward ? 0..<extent - distance : distance..<extent)
    let edge = (0...axis).map { $0 == axis ? distance : 0 }
    let none = [Int](repeating: 0, count: shape.rank)
    return rest.padded(low: forward ? edge : none, high: forward ? none : edge, interior: none, fill: 1)
  }
}
