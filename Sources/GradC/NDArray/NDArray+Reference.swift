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
    withUnsafeBytes { bytes in
      withElementType(of: dtype) { numbers(of: $0, in: bytes) }
    }
  }

  private func numbers<Element: NDArrayElement>(
    of _: Element.Type, in bytes: UnsafeRawBufferPointer
  ) -> ReferenceTensor {
    let elements = bytes.bindMemory(to: Element.self)
    return dtype.isFloating
      ? ReferenceTensor(floating: elements.map(\.convertedToDouble), type: tensorType)
      : ReferenceTensor(integer: elements.map(\.convertedToInteger), type: tensorType)
  }
}
