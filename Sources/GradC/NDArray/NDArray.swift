public import Basics

/// A dense n-dimensional array in host memory, row-major, with value semantics.
///
/// Copies share memory until one of them is changed. Memory that an array allocates is aligned to 64 bytes.
///
/// ```swift
/// let a = try NDArray([[1, 2], [3, 4]], dtype: .f32)
/// let b = try NDArray([0.5, 1.5, 2.5, 3.5], shape: [2, 2])
/// let c = try a.cast(to: .f64).reshaped([4])
/// ```
public struct NDArray: Sendable {
  /// The dtype and the shape.
  public let tensorType: TensorType
  let typeCode: TypeCode
  var storage: NDArrayStorage

  init(_ type: TensorType, storage: NDArrayStorage) {
    tensorType = type
    typeCode = TypeCode(type)
    self.storage = storage
  }
}

extension NDArray {
  /// The element type.
  public var dtype: DType { tensorType.dtype }
  /// The extents, outermost first.
  public var shape: Shape { tensorType.shape }
  /// The number of axes.
  public var rank: Int { shape.rank }
  /// The number of elements.
  public var count: Int { storage.byteCount / dtype.byteCount }
  /// The bytes of the elements.
  public var byteCount: Int { storage.byteCount }
}

// MARK: - Filled arrays

extension NDArray {
  /// An array whose elements are still to be written.
  ///
  /// - Throws: `Diagnostic` if an extent is negative, the size overflows or there is no memory.
  package init(uninitialized type: TensorType) throws(Diagnostic) {
    let byteCount = try Self.byteCount(of: type)
    guard let storage = NDArrayStorage(byteCount: byteCount) else {
      throw Diagnostic("no memory for \(byteCount) bytes of \(type)")
    }
    self.init(type, storage: storage)
  }

  /// All elements 0 (or `false`).
  ///
  /// - Throws: `Diagnostic` if an extent is negative, the size overflows or there is no memory.
  public static func zeros(_ shape: Shape, dtype: DType = .f32) throws(Diagnostic) -> NDArray {
    let array = try NDArray(uninitialized: TensorType(dtype, shape))
    array.storage.mutableBytes.initializeMemory(as: UInt8.self, repeating: 0)
    return array
  }

  /// All elements 1 (or `true`).
  ///
  /// - Throws: `Diagnostic` if an extent is negative, the size overflows or there is no memory.
  public static func ones(_ shape: Shape, dtype: DType = .f32) throws(Diagnostic) -> NDArray {
    try full(shape, Scalar(Int64(1), as: dtype))
  }

  /// All elements equal to `value`; the dtype is the scalar's.
  ///
  /// - Throws: `Diagnostic` if an extent is negative, the size overflows or there is no memory.
  public static func full(_ shape: Shape, _ value: Scalar) throws(Diagnostic) -> NDArray {
    let array = try NDArray(uninitialized: TensorType(value.dtype, shape))
    let bytes = array.storage.mutableBytes
    switch value.dtype {
    case .f32, .i32: bytes.initializeMemory(as: UInt32.self, repeating: UInt32(truncatingIfNeeded: value.bits))
    case .f64, .i64: bytes.initializeMemory(as: UInt64.self, repeating: value.bits)
    case .bool: bytes.initializeMemory(as: UInt8.self, repeating: value.bits == 0 ? 0 : 1)
    }
    return array
  }

  /// All elements equal to `value`; the dtype is the value's.
  ///
  /// - Throws: `Diagnostic` if an extent is negative, the size overflows or there is no memory.
  public static func full<Element: NDArrayElement>(_ shape: Shape, _ value: Element) throws(Diagnostic) -> NDArray {
    let array = try NDArray(uninitialized: TensorType(Element.dtype, shape))
    array.storage.mutableBytes.initializeMemory(as: Element.self, repeating: value)
    return array
  }

  /// The size in bytes of an array of this type.
  ///
  /// - Throws: `Diagnostic` if an extent is negative or the size overflows.
  static func byteCount(of type: TensorType) throws(Diagnostic) -> Int {
    if let extent = type.shape.extents.first(where: { $0 < 0 }) {
      throw Diagnostic("the extent \(extent) of the shape \(type.shape) is negative")
    }
    guard let count = type.shape.checkedElementCount else {
      throw Diagnostic("the shape \(type.shape) has more elements than can be counted")
    }
    let (byteCount, overflow) = count.multipliedReportingOverflow(by: type.dtype.byteCount)
    if overflow { throw Diagnostic("an array \(type) has more bytes than can be addressed") }
    return byteCount
  }
}

// MARK: - From Swift values

extension NDArray {
  /// The elements in row-major order as an array of a shape.
  ///
  /// - Throws: `Diagnostic` if the count is not the product of the extents.
  public init<Element: NDArrayElement>(_ elements: [Element], shape: Shape) throws(Diagnostic) {
    let type = TensorType(Element.dtype, shape)
    let byteCount = try Self.byteCount(of: type)
    guard byteCount == elements.count * Element.dtype.byteCount else {
      throw Diagnostic(
        "\(elements.count) elements don't fill the shape \(shape), which has \(byteCount / Element.dtype.byteCount)")
    }
    self.init(type, storage: elements.withUnsafeBytes { NDArrayStorage(copying: $0) })
  }

  /// A one-dimensional array.
  public init<Element: NDArrayElement>(_ elements: [Element]) {
    let type = TensorType(Element.dtype, [elements.count])
    self.init(type, storage: elements.withUnsafeBytes { NDArrayStorage(copying: $0) })
  }

  /// A zero-dimensional array.
  public init<Element: NDArrayElement>(_ value: Element) {
    let storage = Swift.withUnsafeBytes(of: value) { NDArrayStorage(copying: $0) }
    self.init(TensorType(Element.dtype, .scalar), storage: storage)
  }

  /// A zero-dimensional array.
  public init(_ value: Scalar) {
    let bits = value.bits.littleEndian
    let storage = Swift.withUnsafeBytes(of: bits) {
      NDArrayStorage(copying: .init(rebasing: $0[..<value.dtype.byteCount]))
    }
    self.init(TensorType(value.dtype, .scalar), storage: storage)
  }
}
