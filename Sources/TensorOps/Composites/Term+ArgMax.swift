package import Basics
import KernelIR
package import TensorIR

extension Term {
  /// The place of the greatest element along an axis, which leaves the shape, as i64; of several equal the first, and
  /// of NaN the first before all others.
  package func argMax(axis: Int) -> Term { argument(of: .max, axis, "arg_max") }

  /// The place of the least element along an axis, likewise.
  package func argMin(axis: Int) -> Term { argument(of: .min, axis, "arg_min") }

  private func argument(of combiner: Combiner, _ axis: Int, _ name: String) -> Term {
    guard checkedAxes([axis], for: name) != nil else { return poison }
    guard shape[axis] > 0 else { return failing("'\(name)' of \(type) has no elements along axis \(axis)") }
    let extremum = reduce(combiner, axes: [axis]).broadcast(back: [axis], of: shape)
    if extremum.isPoison { return poison }
    var isChosen = applying(.eq, extremum)
    if dtype.isFloating { isChosen = isChosen.applying(.or, applying(.ne, self)) }
    let places = Term(builder, builder.emit(Iota(type.with(.i64), axis: axis), [])[0])
    return isChosen.select(places, places.splat(Double(shape[axis]))).min(axes: [axis])
  }

  /// `y[i…, k] = [self[i…] = k]` for k below `depth`, in `dtype`; a row of zeros where an index is out of range.
  package func oneHot(depth: Int, dtype: DType) -> Term {
    if isPoison { return self }
    guard self.dtype.isInteger else { return failing("'one_hot' needs indices of dtype i32 or i64, not \(type)") }
    guard depth >= 0 else { return failing("'one_hot' needs a depth of at least 0, not \(depth)") }
    let rank = shape.rank
    let wide = broadcast(to: shape.inserting(depth, at: rank), axes: Array(0..<rank))
    if wide.isPoison { return poison }
    return wide.applying(.eq, Term(builder, builder.emit(Iota(wide.type, axis: rank), [])[0])).cast(to: dtype)
  }
}
