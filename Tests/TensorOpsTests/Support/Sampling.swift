import Basics
import TensorIR

extension SplitMix {
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
