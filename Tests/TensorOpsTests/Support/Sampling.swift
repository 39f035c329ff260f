import Basics
import TensorIR

/// SplitMix64: the same samples on every run.
struct SampleGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A tensor with elements drawn from a domain.
  mutating func tensor(_ type: TensorType, _ domain: OpExample.Domain) -> ReferenceTensor {
    let values: [Double]
    switch domain {
    case .range(let range):
      values = (0..<type.elementCount).map { _ in
        type.dtype.isFloating
          ? Double.random(in: range, using: &self)
          : Double(Int.random(in: Int(range.lowerBound.rounded(.up))...Int(range.upperBound), using: &self))
      }
    case .wellConditioned: values = OpExample.wellConditionedMatrices(type.shape) { .random(in: $0, using: &self) }
    case .values(let list):
      let start = Int.random(in: 0..<list.count, using: &self)
      values = (0..<type.elementCount).map { list[(start + $0) % list.count] }
    }
    return ReferenceTensor(scalars: values.map { Scalar($0, as: type.dtype) }, type: type)
  }

  /// A direction: a tensor with elements in [-1, 1].
  mutating func direction(_ type: TensorType) -> ReferenceTensor { tensor(type, .range(-1...1)) }

  /// Operands for an example.
  mutating func operands(_ example: OpExample) -> [ReferenceTensor] {
    zip(example.operands, example.domains).map { tensor($0, $1) }
  }
}
