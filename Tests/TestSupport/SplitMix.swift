package import Basics

/// The generator of tests.
package typealias SplitMix = Basics.SplitMix

extension SplitMix {
  /// Uniform in `0..<bound`; 0 if `bound` is not positive.
  package mutating func below(_ bound: Int) -> Int { bound > 0 ? Int(next() % UInt64(bound)) : 0 }

  /// Uniform in a closed range.
  package mutating func double(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  package mutating func chance(_ probability: Double) -> Bool { double(in: 0...1) < probability }

  /// One of the elements, which must not be empty.
  package mutating func pick<T>(_ elements: [T]) -> T { elements[below(elements.count)] }
}
