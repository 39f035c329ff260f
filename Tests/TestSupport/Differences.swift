package import Basics
package import TensorIR

/// The first place where tensors differ, or `nil`. NaN equals NaN whatever its payload; numbers are equal if
/// `|a - b| ≤ tolerance · max(1, |a|, |b|)`, with a tolerance of 0 zeros of different sign differ. Integers and truth
/// values are equal exactly. By `slack`, if given, a floating element may differ in any case.
package func firstDifference(
  _ expected: [ReferenceTensor], _ actual: [ReferenceTensor], slack: [[Double]]? = nil, tolerance: (DType) -> Double
) -> String? {
  guard expected.map(\.type) == actual.map(\.type) else {
    return "types \(expected.map(\.type)) and \(actual.map(\.type))"
  }
  for (number, (a, b)) in zip(expected, actual).enumerated() {
    switch (a.elements, b.elements) {
    case (.floating(let x), .floating(let y)):
      let tolerance = tolerance(a.dtype)
      for index in x.indices where !isClose(x[index], y[index], tolerance) {
        if let slack, abs(x[index] - y[index]) <= slack[number][index] { continue }
        return "tensor \(number), element \(index) of \(a.type): expected \(x[index]), got \(y[index])"
      }
    case (.integer(let x), .integer(let y)):
      for index in x.indices where x[index] != y[index] {
        return "tensor \(number), element \(index) of \(a.type): expected \(x[index]), got \(y[index])"
      }
    default: return "tensor \(number) is of another kind"
    }
  }
  return nil
}

private func isClose(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
  if a.isNaN || b.isNaN { return a.isNaN && b.isNaN }
  if a.bitPattern == b.bitPattern { return true }
  if tolerance == 0 || a.isInfinite || b.isInfinite { return false }
  return abs(a - b) <= tolerance * max(1, abs(a), abs(b))
}
