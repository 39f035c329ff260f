import Basics
import TensorIR

extension Fixture {
  /// Where a quantity that was computed is not as expected; `nil` if it is.
  func fault(_ quantity: Quantity, _ found: [ReferenceTensor]) -> String? {
    guard let expected = expected[quantity] else { return nil }
    guard expected.map(\.type) == found.map(\.type) else {
      return "types \(found.map(\.type)) instead of \(expected.map(\.type))"
    }
    let tolerance = tolerance(quantity)
    var faults: [String] = []
    for (number, (a, b)) in zip(expected, found).enumerated() {
      let errors = errors(a, b)
      for index in errors.indices where !(errors[index] <= tolerance) {
        let name = expected.count > 1 ? "\(number)[\(index)]" : "[\(index)]"
        faults.append("\(name) is \(b.scalar(at: index)), not \(a.scalar(at: index)) (error \(errors[index]))")
      }
    }
    if faults.isEmpty { return nil }
    return faults.prefix(8).joined(separator: ", ") + (faults.count > 8 ? ", … \(faults.count) in all" : "")
  }

  /// The error of every element; infinite where there is none that could be small.
  private func errors(_ expected: ReferenceTensor, _ found: ReferenceTensor) -> [Double] {
    guard expected.dtype.isFloating else {
      return zip(expected.integers, found.integers).map { $0 == $1 ? 0 : .infinity }
    }
    let numbers = expected.doubles
    let largest = numbers.reduce(0.0) { $1.isFinite ? max($0, abs($1)) : $0 }
    return zip(numbers, found.doubles).map { error($0, $1, largest: largest) }
  }

  private func error(_ expected: Double, _ found: Double, largest: Double) -> Double {
    if expected.isNaN || found.isNaN { return expected.isNaN && found.isNaN ? 0 : .infinity }
    if comparison == .exactly { return expected.bitPattern == found.bitPattern ? 0 : .infinity }
    if expected == found { return 0 }
    let scale = comparison == .tensor ? largest : abs(expected)
    // Where all numbers should be 0, errors count as they are.
    return expected.isInfinite || found.isInfinite ? .infinity : abs(found - expected) / (scale > 0 ? scale : 1)
  }
}
