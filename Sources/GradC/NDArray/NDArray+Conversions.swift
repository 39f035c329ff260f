public import Basics

extension NDArray {
  /// The same elements with another shape; shares the memory. One extent may be -1 and is then worked out.
  ///
  /// - Throws: `Diagnostic` if the shapes differ in their number of elements.
  public func reshaped(_ shape: Shape) throws(Diagnostic) -> NDArray {
    var extents = shape.extents
    if let free = extents.firstIndex(of: -1) {
      extents[free] = 1
      guard let known = Shape(extents).checkedElementCount, known > 0, count % known == 0 else {
        throw Diagnostic("\(tensorType) can't be reshaped to \(shape): no extent fits in place of -1")
      }
      extents[free] = count / known
    }
    let result = Shape(extents)
    guard result.checkedElementCount == count else {
      throw Diagnostic("\(tensorType) has \(count) elements and can't be reshaped to \(shape)")
    }
    return NDArray(tensorType.with(result), storage: storage)
  }

  /// The elements converted to another dtype: rounded to nearest for floating dtypes; truncated and saturated from
  /// floating to integer dtypes (NaN gives 0); wrapped from `i64` to `i32`; `x ≠ 0` for `bool`.
  ///
  /// - Throws: `Diagnostic` if there is no memory.
  public func cast(to dtype: DType) throws(Diagnostic) -> NDArray {
    if dtype == self.dtype { return self }
    let result = try NDArray(uninitialized: tensorType.with(dtype))
    // Spelled out, as a loop over a type chosen at run time would not be specialized.
    switch self.dtype {
    case .f32: convert(from: Float.self, to: result)
    case .f64: convert(from: Double.self, to: result)
    case .i32: convert(from: Int32.self, to: result)
    case .i64: convert(from: Int64.self, to: result)
    case .bool: convert(from: Bool.self, to: result)
    }
    return result
  }

  private func convert<Source: NDArrayElement>(from source: Source.Type, to result: NDArray) {
    switch result.dtype {
    case .f32: convert(from: source, to: Float.self, in: result)
    case .f64: convert(from: source, to: Double.self, in: result)
    case .i32: convert(from: source, to: Int32.self, in: result)
    case .i64: convert(from: source, to: Int64.self, in: result)
    case .bool: convert(from: source, to: Bool.self, in: result)
    }
  }

  private func convert<Source: NDArrayElement, Target: NDArrayElement>(
    from _: Source.Type, to _: Target.Type, in result: NDArray
  ) {
    withUnsafeBytes { bytes in
      let source = bytes.bindMemory(to: Source.self)
      let target = result.storage.mutableBytes.bindMemory(to: Target.self)
      if Source.dtype.isFloating {
        for index in source.indices { target[index] = Target(converting: source[index].convertedToDouble) }
      } else {
        for index in source.indices { target[index] = Target(converting: source[index].convertedToInteger) }
      }
    }
  }

  /// The array with the order of its axes reversed.
  ///
  /// - Throws: `Diagnostic` if there is no memory.
  func axesReversed() throws(Diagnostic) -> NDArray {
    let result = try NDArray(uninitialized: tensorType.with(Shape(shape.extents.reversed())))
    switch dtype.byteCount {
    case 1: moveReversingAxes(UInt8.self, to: result)
    case 4: moveReversingAxes(UInt32.self, to: result)
    default: moveReversingAxes(UInt64.self, to: result)
    }
    return result
  }

  private func moveReversingAxes<Bits: FixedWidthInteger>(_: Bits.Type, to result: NDArray) {
    let source = storage.bytes.bindMemory(to: Bits.self)
    let target = result.storage.mutableBytes.bindMemory(to: Bits.self)
    // The source's stride of each axis of the result.
    let strides = [Int](shape.strides.reversed())
    let extents = result.shape.extents
    var index = [Int](repeating: 0, count: rank)
    var position = 0
    for element in target.indices {
      target[element] = source[position]
      var axis = rank - 1
      while axis >= 0 {
        index[axis] += 1
        position += strides[axis]
        if index[axis] < extents[axis] { break }
        position -= strides[axis] * extents[axis]
        index[axis] = 0
        axis -= 1
      }
    }
  }
}
