public import Basics

extension NDArray {
  /// The elements in row-major order.
  ///
  /// - Throws: `Diagnostic` if the dtype is not `Element`'s.
  public func array<Element: NDArrayElement>(of type: Element.Type) throws(Diagnostic) -> [Element] {
    try check(type)
    return withUnsafeBytes { Array($0.bindMemory(to: Element.self)) }
  }

  /// The only element of an array that has one.
  ///
  /// - Throws: `Diagnostic` if there are several or none, or the dtype is not `Element`'s.
  public func item<Element: NDArrayElement>(as type: Element.Type) throws(Diagnostic) -> Element {
    try check(type)
    guard count == 1 else { throw Diagnostic("\(tensorType) has \(count) elements, not one") }
    return withUnsafeBytes { $0.load(as: Element.self) }
  }

  /// The element at a multi-index, or `nil` if the index has another rank or lies outside.
  public subscript(index: Int...) -> Scalar? { scalar(at: index) }

  /// The element at a multi-index, or `nil` if the index has another rank or lies outside.
  public func scalar(at index: [Int]) -> Scalar? {
    (try? position(of: index)).map { scalar(atPosition: $0) }
  }

  /// The element at a multi-index.
  ///
  /// - Throws: `Diagnostic` if the index has another rank or lies outside, or the dtype is not `Element`'s.
  public func element<Element: NDArrayElement>(
    at index: [Int], as type: Element.Type
  ) throws(Diagnostic) -> Element {
    try check(type)
    let position = try position(of: index)
    return withUnsafeBytes { $0.load(fromByteOffset: position * dtype.byteCount, as: Element.self) }
  }

  /// Changes the element at a multi-index.
  ///
  /// - Throws: `Diagnostic` if the index has another rank or lies outside, or the dtype is not `Element`'s.
  public mutating func setElement<Element: NDArrayElement>(
    at index: [Int], to value: Element
  ) throws(Diagnostic) {
    try check(Element.self)
    let offset = try position(of: index) * dtype.byteCount
    withUnsafeMutableBytes { $0.storeBytes(of: value, toByteOffset: offset, as: Element.self) }
  }

  /// The row-major position of a multi-index.
  ///
  /// - Throws: `Diagnostic` if the index has another rank or lies outside.
  func position(of index: [Int]) throws(Diagnostic) -> Int {
    guard index.count == rank else {
      throw Diagnostic("the index \(index) has \(index.count) numbers, \(tensorType) has \(rank) axes")
    }
    var position = 0
    for (axis, (number, extent)) in zip(index, shape.extents).enumerated() {
      guard 0 <= number, number < extent else {
        throw Diagnostic("the index \(index) is outside \(tensorType): axis \(axis) has the extent \(extent)")
      }
      position = position * extent + number
    }
    return position
  }

  /// The element at a row-major position below `count`.
  func scalar(atPosition position: Int) -> Scalar {
    withUnsafeBytes { bytes in
      let offset = position * dtype.byteCount
      return switch dtype {
      case .f32, .i32: Scalar(dtype: dtype, bits: UInt64(bytes.load(fromByteOffset: offset, as: UInt32.self)))
      case .f64, .i64: Scalar(dtype: dtype, bits: bytes.load(fromByteOffset: offset, as: UInt64.self))
      case .bool: Scalar(dtype: dtype, bits: bytes[offset] == 0 ? 0 : 1)
      }
    }
  }
}
