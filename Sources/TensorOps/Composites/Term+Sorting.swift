import Basics
import Foundation
package import TensorIR

extension Term {
  /// The places of the elements along an axis in order, as i64, see ``Argsort``.
  package func argsort(axis: Int, descending: Bool = false) -> Term {
    guard checkedAxes([axis], for: "argsort") != nil else { return poison }
    let last = shape.rank - 1
    return movingAxis(axis, to: last).applying(Argsort(descending: descending)).movingAxis(last, to: axis)
  }

  /// The elements along an axis in order.
  package func sorted(axis: Int, descending: Bool = false) -> Term {
    let order = argsort(axis: axis, descending: descending)
    return order.isPoison ? order : takeAlong(order, axis: axis)
  }

  /// The first `count` elements along an axis in descending order (or ascending), and their places as i64.
  package func top(_ count: Int, axis: Int, least: Bool = false) -> (values: Term, places: Term) {
    let order = argsort(axis: axis, descending: !least)
    if order.isPoison { return (order, order) }
    guard 0 <= count, count <= shape[axis] else {
      let failure = failing("'top' can't pick \(count) elements along axis \(axis) of \(type)")
      return (failure, failure)
    }
    let places = order.sliced(axis: axis, 0..<count)
    return (takeAlong(places, axis: axis), places)
  }

  /// The quantile at a share of the elements along an axis, which leaves the shape: linear between neighbours in order.
  /// NaN if an element is.
  package func quantile(_ share: Double, axis: Int) -> Term {
    guard checkedFloating([axis], for: "quantile") != nil else { return poison }
    let count = shape[axis]
    guard count > 0, (0...1).contains(share) else {
      return failing("'quantile' \(share) along axis \(axis) of \(type) is of no elements or outside 0...1")
    }
    return sorted(axis: axis).quantileOfSorted(share, axis: axis)
  }

  /// The quantile where elements are in order already, NaN last.
  package func quantileOfSorted(_ share: Double, axis: Int) -> Term {
    func element(_ place: Int) -> Term { sliced(axis: axis, place..<place + 1).reshaped(to: shape.removing([axis])) }
    let position = share * Double(shape[axis] - 1)
    let low = Int(position.rounded(.down))
    let fraction = position - Double(low)
    let last = element(shape[axis] - 1)
    // Of infinite neighbours the difference would be NaN where it is not asked for.
    let value =
      fraction == 0 ? element(low) : element(low) * (1 - fraction) + element(low + 1) * fraction
    return last.isNaN().select(last, value)
  }

  /// Where values would go among elements in ascending order along the last axis, as i64: before those that are equal, or
  /// behind them. Axes before the last are the same for both, unless `self` has one axis only.
  package func searchSorted(_ values: Term, behindEqual: Bool = false) -> Term {
    if isPoison || values.isPoison { return poison }
    let rank = shape.rank
    let isShared = rank == 1
    guard rank > 0, dtype == values.dtype,
      isShared || (values.shape.rank == rank && values.shape.extents.dropLast() == shape.extents.dropLast())
    else { return failing("'search_sorted' can't look up \(values.type) in \(type)") }
    let count = shape[rank - 1]
    let type = values.type.with(.i64)
    func number(_ value: Int) -> Term { builder.splat(Scalar(Int64(value), as: .i64), type.shape) }
    var place = number(0)
    if count == 0 { return place }
    // The greatest place whose elements before it all come first, found bit by bit.
    var step = 1
    while step * 2 <= count { step *= 2 }
    while step > 0 {
      let next = place + number(step)
      let index = next - number(1)
      let element = isShared ? take(index, axis: 0) : takeAlong(index, axis: rank - 1)
      var isFirst = behindEqual ? element.applying(.le, values) : element.applying(.lt, values)
      if dtype.isFloating {
        // NaN comes last.
        let isLast = behindEqual ? values.isNaN() : values.isNaN().applying(.and, element.applying(.eq, element))
        isFirst = isFirst.applying(.or, isLast)
      }
      let moves = isFirst.applying(.and, next.applying(.le, number(count)))
      place = moves.select(next, place)
      step /= 2
    }
    return place
  }
}
