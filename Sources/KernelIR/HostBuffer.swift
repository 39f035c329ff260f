package import Basics

/// A tensor's elements in the host's memory: dense, row-major, little-endian.
package struct HostBuffer: Hashable, Sendable {
  package var type: TensorType
  package var bytes: [UInt8]

  /// A buffer with these elements; there must be as many as the type has.
  package init(_ type: TensorType, _ elements: [Scalar]) {
    self.type = type
    bytes = []
    bytes.reserveCapacity(elements.count * type.dtype.byteCount)
    for element in elements {
      for place in 0..<type.dtype.byteCount {
        bytes.append(UInt8(truncatingIfNeeded: element.bits >> (8 * UInt64(place))))
      }
    }
  }

  /// A buffer of numbers converted to the dtype.
  package init(_ type: TensorType, _ numbers: [Double]) {
    self.init(type, numbers.map { Scalar($0, as: type.dtype) })
  }

  package var elements: [Scalar] {
    stride(from: 0, to: bytes.count - type.dtype.byteCount + 1, by: type.dtype.byteCount)
      .map { Scalar(dtype: type.dtype, littleEndian: bytes, at: $0) }
  }
}

extension Scalar {
  init(dtype: DType, littleEndian bytes: [UInt8], at offset: Int) {
    var bits: UInt64 = 0
    for place in 0..<dtype.byteCount { bits |= UInt64(bytes[offset + place]) << (8 * UInt64(place)) }
    self.init(dtype: dtype, bits: dtype == .bool ? (bits != 0 ? 1 : 0) : bits)
  }
}
