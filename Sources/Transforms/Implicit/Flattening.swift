package import Basics
package import TensorIR
import TensorOps

/// Tensors of one dtype as one vector and back.
package struct Flattening: Sendable {
  package let types: [TensorType]
  package let dtype: DType

  package init(_ types: [TensorType]) throws(Diagnostics) {
    self.types = types
    guard let dtype = types.first?.dtype, dtype.isFloating, types.allSatisfy({ $0.dtype == dtype }) else {
      throw Diagnostics([Diagnostic("unknowns must be tensors of one floating dtype, not \(types)")])
    }
    self.dtype = dtype
  }

  package var count: Int { types.reduce(0) { $0 + $1.elementCount } }
  package var type: TensorType { TensorType(dtype, [count]) }

  package func flat(_ terms: [Term]) -> Term {
    let vectors = terms.map { $0.reshaped(to: [$0.type.elementCount]) }
    return vectors.count == 1 ? vectors[0] : vectors[0].builder.concat(vectors, axis: 0)
  }

  package func split(_ vector: Term) -> [Term] {
    var start = 0
    return types.map { type in
      defer { start += type.elementCount }
      return vector.sliced(axis: 0, start..<start + type.elementCount).reshaped(to: type.shape)
    }
  }
}

extension Function {
  /// The function with its first parameters, and all of its results if `flattensResults`, as one vector each.
  func flattened(_ unknowns: Flattening, results: Flattening?) throws(Diagnostics) -> Function {
    let builder = FunctionBuilder()
    let vector = Term(builder, builder.parameter("unknowns", unknowns.type))
    let others = parameters[unknowns.types.count...].map { builder.parameter($0.name, $0.type) }
    let values = builder.terms(builder.inline(self, unknowns.split(vector).map(\.value) + others))
    let finished = results.map { [$0.flat(values)] } ?? values
    return try builder.finish(
      name: name, results: finished.enumerated().map { Result("y\($0.offset)", $0.element.value) })
  }
}
