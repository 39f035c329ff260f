import Foundation
public import GradC

/// Where random numbers come from: a number from which as many independent streams as wanted are derived.
///
/// The same key always gives the same numbers, on every machine. Use a key once, and ``child(_:)`` for everything else.
public struct RandomKey: Hashable, Sendable {
  private let key: UInt64
  // Blocks of numbers and derived keys are taken from different counters.
  private static let derivation: UInt32 = 1

  /// The key of a seed.
  public init(seed: UInt64) { key = seed }

  /// A key whose numbers have nothing to do with this one's, nor with those of its other children.
  public func child(_ index: Int) -> RandomKey {
    let index = UInt64(bitPattern: Int64(index))
    let block = Philox.block(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32), 0, RandomKey.derivation),
      key: words)
    return RandomKey(seed: UInt64(block.x) | UInt64(block.y) << 32)
  }

  private var words: SIMD2<UInt32> {
    SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
  }

  /// 64 random bits at a position.
  public func bits(at position: Int) -> UInt64 {
    let position = UInt64(bitPattern: Int64(position))
    let index = position >> 1
    let block = Philox.block(
      counter: SIMD4(UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32), 0, 0), key: words)
    return position & 1 == 0
      ? UInt64(block.x) | UInt64(block.y) << 32
      : UInt64(block.z) | UInt64(block.w) << 32
  }

  /// `count` numbers, uniform in [0, 1), multiples of 2⁻⁵³.
  public func uniform(_ count: Int) -> [Double] {
    (0..<max(count, 0)).map { Double(bits(at: $0) >> 11) * 0x1p-53 }
  }

  /// `count` numbers, normal with mean 0 and variance 1, by the method of Box and Muller.
  public func normal(_ count: Int) -> [Double] {
    let count = max(count, 0)
    var numbers: [Double] = []
    numbers.reserveCapacity(count + 1)
    for pair in 0..<(count + 1) / 2 {
      // In (0, 1], so that the logarithm is finite.
      let u = Double((bits(at: 2 * pair) >> 11) + 1) * 0x1p-53
      let angle = 2 * Double.pi * Double(bits(at: 2 * pair + 1) >> 11) * 0x1p-53
      let radius = (-2 * log(u)).squareRoot()
      numbers.append(radius * cos(angle))
      numbers.append(radius * sin(angle))
    }
    return Array(numbers.prefix(count))
  }

  /// The numbers `0..<count` in random order.
  public func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<max(count, 0))
    for index in order.indices.dropFirst().reversed() {
      // High half of the product: uniform to within 2⁻⁶⁴ · count.
      let other = bits(at: index).multipliedFullWidth(by: UInt64(index + 1)).high
      order.swapAt(index, Int(other))
    }
    return order
  }

  /// A tensor of numbers uniform in [lower, upper), rounded to a floating dtype.
  public func uniform(
    _ shape: some Collection<Int>, from lower: Double = 0, to upper: Double = 1, _ dtype: DType = .f32,
    file: String = #fileID, line: Int = #line
  ) -> Tensor {
    tensor(shape, dtype, file, line) { uniform($0).map { lower + (upper - lower) * $0 } }
  }

  /// A tensor of normal numbers, rounded to a floating dtype.
  public func normal(
    _ shape: some Collection<Int>, mean: Double = 0, deviation: Double = 1, _ dtype: DType = .f32,
    file: String = #fileID, line: Int = #line
  ) -> Tensor {
    tensor(shape, dtype, file, line) { normal($0).map { mean + deviation * $0 } }
  }

  private func tensor(
    _ shape: some Collection<Int>, _ dtype: DType, _ file: String, _ line: Int, _ numbers: (Int) -> [Double]
  ) -> Tensor {
    // A shape that can't be is left to the tensor to complain about, as is one that there is no memory for.
    let count = Shape(Array(shape)).checkedElementCount ?? 0
    if count > 1 << 24, (try? NDArray.zeros(Shape(Array(shape)), dtype: .f64)) == nil {
      return full(shape, 0, dtype, file: file, line: line)
    }
    return Tensor(numbers(count), shape: shape, dtype: dtype, file: file, line: line)
  }
}
