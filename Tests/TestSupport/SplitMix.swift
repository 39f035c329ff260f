/// The SplitMix64 generator: small, and the same numbers for the same seed everywhere.
package struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in `0..<bound`; 0 if `bound` is not positive.
  package mutating func below(_ bound: Int) -> Int { bound > 0 ? Int(next() % UInt64(bound)) : 0 }

  /// Uniform in a closed range.
  package mutating func double(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * (Double(next() >> 11) * 0x1p-53)
  }

  package mutating func chance(_ probability: Double) -> Bool { double(in: 0...1) < probability }
}

extension SplitMix {
  /// One of the elements, which must not be empty.
  package mutating func pick<T>(_ elements: [T]) -> T { elements[below(elements.count)] }
}
