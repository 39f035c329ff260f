import Basics
import TensorIR

extension NDArray {
  /// The same numbers as the reference interpreter has them.
  ///
  /// - Throws: `Diagnostic` if there is no memory.
  init(reference tensor: ReferenceTensor) throws(Diagnostic) {
    self =
      switch tensor.elements {
      case .floating(let values): try NDArray(values, shape: tensor.shape).cast(to: tensor.dtype)
      case .integer(let values): try NDArray(values, shape: tensor.shape).cast(to: tensor.dtype)
      }
  }

  /// The same numbers for the reference interpreter and for constants of a function.
  var referenceTensor: ReferenceTensor {
    switch dtype {
    case .f32: floating(Float.self)
    case .f64: floating(Double.self)
    case .i32: integer(Int32.self)
    case .i64: integer(Int64.self)
    case .bool: integer(Bool.self)
    }
  }

  private func floating<Element: NDArrayElement>(_: Element.Type) -> ReferenceTensor {
    let numbers = withUnsafeBytes { $0.bindMemory(to: Element.self).map(\.convertedToDouble) }
    return ReferenceTensor(floating: numbers, type: tensorType)
  }

  private func integer<Element: NDArrayElement>(_: Element.Type) -> ReferenceTensor {
    let numbers = withUnsafeBytes { $0.bindMemory(to: Element.self).map(\.convertedToInteger) }
    return ReferenceTensor(integer: numbers, type: tensorType)
  }
}
