package import Basics

/// A tensor in memory as plain numbers: constants of functions, and what the reference interpreter computes with.
///
/// Floating dtypes are held as doubles that are exactly representable in the dtype, all others as integers.
package struct ReferenceTensor: Hashable, Sendable {
  package enum Elements: Hashable, Sendable {
    case floating([Double])
    case integer([Int64])
  }

  package let type: TensorType
  package let elements: Elements

  /// A tensor of a floating dtype; elements are rounded to it.
  package init(floating elements: [Double], type: TensorType) {
    precondition(type.dtype.isFloating && elements.count == type.elementCount)
    self.type = type
    self.elements = .floating(type.dtype == .f32 ? elements.map { Double(Float($0)) } : elements)
  }

  /// A tensor of an integer dtype or bool; elements are wrapped to it.
  package init(integer elements: [Int64], type: TensorType) {
    precondition(!type.dtype.isFloating && elements.count == type.elementCount)
    self.type = type
    switch type.dtype {
    case .i32: self.elements = .integer(elements.map { Int64(Int32(truncatingIfNeeded: $0)) })
    case .bool: self.elements = .integer(elements.map { $0 != 0 ? 1 : 0 })
    default: self.elements = .integer(elements)
    }
  }

  /// All elements equal.
  package init(repeating scalar: Scalar, shape: Shape) {
    let type = TensorType(scalar.dtype, shape)
    if scalar.dtype.isFloating {
      self.init(floating: [Double](repeating: scalar.doubleValue, count: shape.elementCount), type: type)
    } else {
      self.init(integer: [Int64](repeating: scalar.integerValue, count: shape.elementCount), type: type)
    }
  }

  /// A tensor of these scalars in row-major order; they must have the type's dtype and count.
  package init(scalars: [Scalar], type: TensorType) {
    if type.dtype.isFloating {
      self.init(floating: scalars.map(\.doubleValue), type: type)
    } else {
      self.init(integer: scalars.map(\.integerValue), type: type)
    }
  }
}

extension ReferenceTensor {
  package var dtype: DType { type.dtype }
  package var shape: Shape { type.shape }
  package var count: Int { type.elementCount }

  /// The elements as doubles.
  package var doubles: [Double] {
    switch elements {
    case .floating(let values): values
    case .integer(let values): values.map { Double($0) }
    }
  }

  /// The elements as integers; floating ones truncated and saturated.
  package var integers: [Int64] {
    switch elements {
    case .floating(let values): values.map { Int64(saturating: $0) }
    case .integer(let values): values
    }
  }

  /// The element at a row-major position.
  package func scalar(at position: Int) -> Scalar {
    switch elements {
    case .floating(let values): Scalar(values[position], as: dtype)
    case .integer(let values): Scalar(values[position], as: dtype)
    }
  }

  package var scalars: [Scalar] { (0..<count).map { scalar(at: $0) } }

  /// The one value that all elements have, or `nil`.
  package var uniform: Scalar? {
    guard count > 0 else { return nil }
    let first = scalar(at: 0)
    switch elements {
    case .floating(let values):
      return values.allSatisfy { $0.bitPattern == values[0].bitPattern } ? first : nil
    case .integer(let values): return values.allSatisfy { $0 == values[0] } ? first : nil
    }
  }

  /// A tensor of `type` whose element at a multi-index is this one's element at the position `source` gives, or `fill`.
  package func rearranged(
    to shape: Shape, fill: Scalar? = nil, source: (_ index: [Int]) -> Int?
  ) -> ReferenceTensor {
    let type = TensorType(dtype, shape)
    let positions = (0..<shape.elementCount).map { source(shape.index(at: $0)) }
    switch elements {
    case .floating(let values):
      let rest = fill?.doubleValue ?? 0
      return ReferenceTensor(floating: positions.map { $0.map { values[$0] } ?? rest }, type: type)
    case .integer(let values):
      let rest = fill?.integerValue ?? 0
      return ReferenceTensor(integer: positions.map { $0.map { values[$0] } ?? rest }, type: type)
    }
  }

  /// The same elements under another shape with as many elements.
  package func reshaped(to shape: Shape) -> ReferenceTensor {
    let type = TensorType(dtype, shape)
    switch elements {
    case .floating(let values): return ReferenceTensor(floating: values, type: type)
    case .integer(let values): return ReferenceTensor(integer: values, type: type)
    }
  }

  // Bits, so that NaN constants are equal to themselves and -0 is not 0.
  package static func == (a: ReferenceTensor, b: ReferenceTensor) -> Bool {
    guard a.type == b.type else { return false }
    switch (a.elements, b.elements) {
    case (.floating(let x), .floating(let y)):
      return x.count == y.count && zip(x, y).allSatisfy { $0.bitPattern == $1.bitPattern }
    case (.integer(let x), .integer(let y)): return x == y
    default: return false
    }
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(type)
    switch elements {
    // All of them: constants of one table often differ in a few elements only.
    case .floating(let values): for value in values { hasher.combine(value.bitPattern) }
    case .integer(let values): for value in values { hasher.combine(value) }
    }
  }
}
