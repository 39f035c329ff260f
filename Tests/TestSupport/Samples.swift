package import Basics
package import TensorIR

extension ReferenceTensor {
  /// A tensor with elements drawn from a domain; for integer dtypes and bool, integers.
  package static func sample(
    _ type: TensorType, from domain: OpExample.Domain, _ random: inout SplitMix
  ) -> ReferenceTensor {
    if case .wellConditioned = domain {
      let elements = OpExample.wellConditionedMatrices(type.shape) { random.double(in: $0) }
      return ReferenceTensor(scalars: elements.map { Scalar($0, as: type.dtype) }, type: type)
    }
    var scalars: [Scalar] = []
    for position in 0..<type.elementCount {
      let value: Double
      switch domain {
      case .range(let range):
        let uniform = random.double(in: range)
        value = type.dtype.isFloating ? uniform : uniform.rounded()
      case .values(let values): value = values.isEmpty ? 0 : values[position % values.count]
      case .wellConditioned: value = 0
      }
      scalars.append(Scalar(value, as: type.dtype))
    }
    return ReferenceTensor(scalars: scalars, type: type)
  }
}

extension OpExample {
  /// Operands drawn from the example's domains.
  package func sampleOperands(_ random: inout SplitMix) -> [ReferenceTensor] {
    operands.enumerated().map { index, type in
      .sample(type, from: index < domains.count ? domains[index] : .range(-2...2), &random)
    }
  }

  /// A function that applies the op to its parameters `x0`, `x1`, … and gives its results `y0`, `y1`, ….
  package func function() throws(Diagnostics) -> Function {
    let builder = FunctionBuilder()
    let parameters = operands.enumerated().map { builder.parameter("x\($0)", $1) }
    let results = builder.emit(op, parameters)
    return try builder.finish(name: op.name, results: results.enumerated().map { .init("y\($0)", $1) })
  }
}
