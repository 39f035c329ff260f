import Basics
package import TensorIR

/// A tensor of complex numbers: of a floating dtype, with imaginary parts unless these are all 0.
package struct ComplexTensor: Sendable {
  package var real: ReferenceTensor
  package var imaginary: ReferenceTensor?

  package init(_ real: ReferenceTensor, imaginary: ReferenceTensor? = nil) {
    (self.real, self.imaginary) = (real, imaginary)
  }

  var type: TensorType { real.type }

  /// The imaginary parts, zeros included.
  var imaginaryPart: ReferenceTensor {
    imaginary ?? ReferenceTensor(repeating: Scalar(0.0, as: real.dtype), shape: real.shape)
  }

  /// The elements.
  var numbers: [Complex] {
    guard let imaginary else { return real.doubles.map { Complex($0) } }
    return zip(real.doubles, imaginary.doubles).map { Complex($0, $1) }
  }

  /// Imaginary parts of a result whose real part is known.
  init(_ real: ReferenceTensor, numbers: [Complex]) {
    self.init(real, imaginary: ReferenceTensor(floating: numbers.map(\.im), type: real.type))
  }

  func row(_ index: Int) -> ComplexTensor { ComplexTensor(real.row(index), imaginary: imaginary?.row(index)) }

  init(stacking rows: [ComplexTensor], of type: TensorType) {
    self.init(ReferenceTensor(stacking: rows.map(\.real), of: type))
    if rows.contains(where: { $0.imaginary != nil }) {
      imaginary = ReferenceTensor(stacking: rows.map(\.imaginaryPart), of: type)
    }
  }
}
