import Basics
import TensorIR

// Composites look at shapes before an op can; what is wrong they record, and give poison.
extension Term {
  var isPoison: Bool { value == .poison }
  var poison: Term { Term(builder, .poison) }

  /// Records what is wrong, at the builder's place, and gives poison.
  func failing(_ message: String) -> Term {
    builder.record(Diagnostic(message))
    return poison
  }

  /// The axes in increasing order; `nil`, and recorded, if they are not different axes of `self`.
  func checkedAxes(_ axes: [Int], for operation: String) -> [Int]? {
    if isPoison { return nil }
    if Set(axes).count == axes.count, axes.allSatisfy({ 0 <= $0 && $0 < shape.rank }) { return axes.sorted() }
    builder.record(Diagnostic("'\(operation)' of \(type) needs different axes below \(shape.rank), not \(axes)"))
    return nil
  }

  /// The axes as above; `nil`, and recorded, also if `self` is not floating.
  func checkedFloating(_ axes: [Int], for operation: String) -> [Int]? {
    guard let axes = checkedAxes(axes, for: operation) else { return nil }
    if dtype.isFloating { return axes }
    builder.record(Diagnostic("'\(operation)' needs a floating dtype, not \(type)"))
    return nil
  }
}
