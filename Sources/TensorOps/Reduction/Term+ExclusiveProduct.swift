import Basics
import TensorIR

extension Term {
  /// For every element the product of all others along the axes: right with zeros among the factors, since nothing is
  /// divided. Products of those before and of those behind.
  func productOfOthers(axes: [Int]) -> Term {
    let kept = shape.extents.indices.filter { !axes.contains($0) }
    let permutation = kept + axes
    let permuted = transposed(permutation)
    let count = axes.reduce(1) { $0 * shape[$1] }
    let rows = permuted.reshaped(to: Shape(kept.map { shape[$0] } + [count]))
    let before = rows.cumulated(.mul, axis: kept.count, exclusive: true)
    let behind = rows.cumulated(.mul, axis: kept.count, reversed: true, exclusive: true)
    return (before * behind).reshaped(to: permuted.shape).transposed(permutation.inversePermutation)
  }
}
