/// The static type of a tensor: a dtype and a shape, printed as `f32[2,3]`.
public struct TensorType: Hashable, Sendable {
  /// The element type.
  public let dtype: DType
  /// The extents.
  public let shape: Shape

  /// The type of a tensor with this dtype and shape.
  public init(_ dtype: DType, _ shape: Shape) {
    self.dtype = dtype
    self.shape = shape
  }

  /// The number of axes.
  public var rank: Int { shape.rank }
  /// The number of elements.
  public var elementCount: Int { shape.elementCount }
  /// The bytes of its dense row-major storage.
  public var byteCount: Int { shape.elementCount * dtype.byteCount }

  /// The same shape with another dtype.
  public func with(_ dtype: DType) -> TensorType { TensorType(dtype, shape) }
  /// The same dtype with another shape.
  public func with(_ shape: Shape) -> TensorType { TensorType(dtype, shape) }
}

extension TensorType: CustomStringConvertible {
  /// dtype and shape, as in IR text: `f32[2,3]`.
  public var description: String { dtype.name + shape.description }
}
