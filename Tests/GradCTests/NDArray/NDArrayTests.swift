import Basics
import GradC
import Synchronization
import Testing

@Suite struct NDArrayCreationTests {
  @Test func fromFlatArrays() throws {
    let array = try NDArray([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    #expect(array.tensorType == TensorType(.f32, [2, 3]))
    #expect(array.count == 6)
    #expect(array.byteCount == 24)
    #expect(try array.array(of: Float.self) == [1, 2, 3, 4, 5, 6])
    #expect(NDArray([true, false]).tensorType == TensorType(.bool, [2]))
    #expect(NDArray([1, 2]).dtype == .i64)
    #expect(NDArray([] as [Double]).tensorType == TensorType(.f64, [0]))
  }

  @Test func fromNestedArrays() throws {
    let matrix = try NDArray([[1.5, 2], [3, 4]])
    #expect(matrix.tensorType == TensorType(.f64, [2, 2]))
    #expect(try matrix.array(of: Double.self) == [1.5, 2, 3, 4])
    let converted = try NDArray([[[1], [2]], [[3], [4]]], dtype: .f32)
    #expect(converted.tensorType == TensorType(.f32, [2, 2, 1]))
    #expect(try converted.array(of: Float.self) == [1, 2, 3, 4])
    #expect(try NDArray([[], []] as [[Float]]).shape == [2, 0])
    #expect(try NDArray([] as [[Float]]).shape == [0, 0])
    #expect(try NDArray([1, 2], dtype: .f64) == NDArray([1.0, 2.0]))
  }

  @Test func raggedArraysAreDiagnosed() {
    #expect(throws: Diagnostic.self) { try NDArray([[1, 2], [3]]) }
    #expect(throws: Diagnostic.self) { try NDArray([[[1], [2]], [[3, 4], [5]]]) }
    #expect(throws: Diagnostic.self) { try NDArray([[1], []]) }
  }

  @Test func scalars() throws {
    #expect(try NDArray(2.5).item(as: Double.self) == 2.5)
    #expect(NDArray(Float(1)).tensorType == TensorType(.f32, .scalar))
    for dtype in DType.allCases {
      let scalar = Scalar(Int64(1), as: dtype)
      #expect(NDArray(scalar).scalar(at: []) == scalar)
    }
    #expect(throws: Diagnostic.self) { try NDArray([1, 2]).item(as: Int.self) }
    #expect(throws: Diagnostic.self) { try NDArray(1).item(as: Float.self) }
  }

  @Test func filled() throws {
    for dtype in DType.allCases {
      let zeros = try NDArray.zeros([2, 3], dtype: dtype)
      let ones = try NDArray.ones([3], dtype: dtype)
      #expect((0..<2).allSatisfy { zeros[$0, 0] == Scalar(Int64(0), as: dtype) })
      #expect((0..<3).allSatisfy { ones[$0] == Scalar(Int64(1), as: dtype) })
    }
    #expect(try NDArray.full([2], Float(0.5)).array(of: Float.self) == [0.5, 0.5])
    #expect(try NDArray.full([2], Scalar(-3.0, as: .i32)).array(of: Int32.self) == [-3, -3])
    #expect(try NDArray.zeros([0, 5]).count == 0)
  }

  @Test(arguments: [
    Shape([-1]), [2, -3], [.max, 2], [1 << 40, 1 << 40, 0], [.max], [1 << 61], [1 << 32, 1 << 31],
  ])
  func impossibleShapesAreDiagnosed(shape: Shape) {
    #expect(throws: Diagnostic.self) { try NDArray.zeros(shape, dtype: .f64) }
    #expect(throws: Diagnostic.self) { try NDArray([1.0], shape: shape) }
    #expect(throws: Diagnostic.self) { try NDArray([1.0]).reshaped(shape.extents == [-1] ? [-2] : shape) }
  }

  @Test func wrongCountsAreDiagnosed() throws {
    let error = try #require(throws: Diagnostic.self) { try NDArray([1, 2, 3] as [Float], shape: [2, 2]) }
    #expect(error.message == "3 elements don't fill the shape [2,2], which has 4")
    let bytes: [UInt8] = [0, 1, 2]
    bytes.withUnsafeBytes { bytes in
      #expect(throws: Diagnostic.self) { try NDArray(copying: bytes, dtype: .f32, shape: [1]) }
      #expect((try? NDArray(copying: bytes, dtype: .bool, shape: [3]).array(of: Bool.self)) == [false, true, true])
    }
  }

  @Test func memoryIsAligned() throws {
    let arrays = try [NDArray.zeros([3]), NDArray([1.0]), NDArray(true), NDArray.zeros([0])]
    for array in arrays {
      array.withUnsafeBytes { #expect(UInt(bitPattern: $0.baseAddress) % 64 == 0) }
    }
  }
}

@Suite struct NDArrayAccessTests {
  @Test func elementsByIndex() throws {
    var array = try NDArray([[1, 2, 3], [4, 5, 6]], dtype: .i32)
    #expect(array[1, 2] == Scalar(Int64(6), as: .i32))
    #expect(array[1, 3] == nil)
    #expect(array[-1, 0] == nil)
    #expect(array[1] == nil)
    #expect(array[0, 0, 0] == nil)
    #expect(try array.element(at: [0, 1], as: Int32.self) == 2)
    try array.setElement(at: [0, 1], to: Int32(20))
    #expect(try array.array(of: Int32.self) == [1, 20, 3, 4, 5, 6])
    #expect(throws: Diagnostic.self) { try array.element(at: [2, 0], as: Int32.self) }
    #expect(throws: Diagnostic.self) { try array.element(at: [0, 0], as: Float.self) }
    #expect(throws: Diagnostic.self) { try array.setElement(at: [0], to: Int32(0)) }
    #expect(throws: Diagnostic.self) { try array.setElement(at: [0, 0], to: 0.5) }
    #expect(throws: Diagnostic.self) { try array.array(of: Int64.self) }
  }

  @Test func copiesAreIndependent() throws {
    let original = NDArray([1.0, 2, 3])
    var copy = original
    #expect(copy.address == original.address)
    try copy.setElement(at: [0], to: 9.0)
    #expect(copy.address != original.address)
    #expect(try original.array(of: Double.self) == [1, 2, 3])
    #expect(try copy.array(of: Double.self) == [9, 2, 3])
    let address = copy.address
    try copy.setElement(at: [1], to: 8.0)
    #expect(copy.address == address)
    var reshaped = try original.reshaped([3, 1])
    #expect(reshaped.address == original.address)
    try reshaped.withUnsafeMutableBuffer(of: Double.self) { $0[2] = 0 }
    #expect(original[2] == Scalar(3.0, as: .f64))
    reshaped.withUnsafeMutableBytes { $0[0] = 1 }
    #expect(original[0] == Scalar(1.0, as: .f64))
  }

  @Test func buffersCheckTheType() throws {
    var array = NDArray([1, 2, 3] as [Float])
    #expect(try array.withUnsafeBuffer(of: Float.self) { $0.reduce(0, +) } == 6)
    #expect(throws: Diagnostic.self) { try array.withUnsafeBuffer(of: Int32.self) { $0.count } }
    #expect(throws: Diagnostic.self) { try array.withUnsafeMutableBuffer(of: Double.self) { $0.count } }
  }

  @Test func wrapsMemoryWithoutACopy() throws {
    let freed = FreeCounter()
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 32, alignment: 8)
    memory.initializeMemory(as: Double.self, repeating: 1.5, count: 4)
    var array: NDArray? = try NDArray(noCopy: memory, dtype: .f64, shape: [2, 2]) {
      $0.deallocate()
      freed.count.withLock { $0 += 1 }
    }
    #expect(array?.address == UnsafeRawPointer(memory))
    try array?.setElement(at: [0, 1], to: 2.5)
    #expect(memory.load(fromByteOffset: 8, as: Double.self) == 2.5)
    var copy = array
    try copy?.setElement(at: [0, 0], to: 7.0)
    #expect(memory.load(as: Double.self) == 1.5)
    #expect(freed.count.withLock { $0 } == 0)
    copy = nil
    array = nil
    #expect(freed.count.withLock { $0 } == 1)
  }

  @Test func refusesMemoryItCannotUse() {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 8)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 3, count: 16)
    #expect(throws: Diagnostic.self) { try NDArray(noCopy: memory + 1, dtype: .f32, shape: [1]) }
    #expect(throws: Diagnostic.self) { try NDArray(noCopy: memory, dtype: .bool, shape: [4]) }
    #expect(throws: Diagnostic.self) { try NDArray(noCopy: memory, dtype: .f32, shape: [-4]) }
  }
}

private final class FreeCounter: Sendable {
  let count = Mutex(0)
}

@Suite struct NDArrayConversionTests {
  @Test func reshape() throws {
    let array = NDArray(Array(0..<12))
    #expect(try array.reshaped([3, 4])[2, 3] == Scalar(Int64(11), as: .i64))
    #expect(try array.reshaped([2, -1, 3]).shape == [2, 2, 3])
    #expect(try NDArray.zeros([0]).reshaped([-1]).shape == [0])
    #expect(try NDArray.zeros([0, 3]).reshaped([2, 0]).shape == [2, 0])
    for shape in [[5], [-1, -1], [-1, 5], [-12], [0, -1], []] as [Shape] {
      #expect(throws: Diagnostic.self) { try array.reshaped(shape) }
    }
  }

  @Test func castsAgreeWithScalars() throws {
    let values: [Double] = [0, -0.0, 1.9, -1.9, 0.1, 3e9, -3e9, 1e300, -.infinity, .infinity, .nan]
    let sources =
      try [NDArray(values), NDArray(values).cast(to: .f32), NDArray([true, false])]
      + [NDArray([0, 1, -1, .max, .min, 1 << 40] as [Int64]), NDArray([0, 7, .min, .max] as [Int32])]
    for source in sources {
      for dtype in DType.allCases {
        let result = try source.cast(to: dtype)
        #expect(result.tensorType == source.tensorType.with(dtype))
        for index in 0..<source.count {
          let scalar = try #require(source[index])
          let expected =
            scalar.dtype.isFloating
            ? Scalar(scalar.doubleValue, as: dtype) : Scalar(scalar.integerValue, as: dtype)
          if source.dtype != dtype { #expect(result[index] == expected, "\(scalar) to \(dtype)") }
        }
      }
    }
  }

  @Test func equalityIsOfBits() throws {
    #expect(NDArray([Double.nan]) == NDArray([Double.nan]))
    #expect(NDArray([0.0]) != NDArray([-0.0]))
    #expect(NDArray([1.0]) != NDArray([1 as Float]))
    #expect(try NDArray([1.0, 2]) != NDArray([1.0, 2], shape: [2, 1]))
    #expect(NDArray([] as [Float]) == NDArray([] as [Float]))
  }

  @Test func closeness() throws {
    let array = NDArray([1.0, 100, 0])
    #expect(array.isClose(to: NDArray([1.000001, 100.0001, 1e-9])))
    #expect(!array.isClose(to: NDArray([1.001, 100, 0])))
    #expect(array.isClose(to: NDArray([1.001, 100, 0]), relative: 0.01))
    #expect(!array.isClose(to: NDArray([1.0, 100])))
    #expect(array.isClose(to: NDArray([1, 100, 0] as [Float])))
    #expect(!NDArray([Double.nan]).isClose(to: NDArray([Double.nan])))
    #expect(NDArray([Double.nan]).isClose(to: NDArray([Double.nan]), equalNaN: true))
    #expect(NDArray([Double.infinity]).isClose(to: NDArray([Double.infinity])))
    #expect(!NDArray([Double.infinity]).isClose(to: NDArray([-Double.infinity])))
    #expect(!NDArray([Double.infinity]).isClose(to: NDArray([1.0])))
  }
}
