#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension NDArray: Equatable {
  /// `true` if dtype, shape and all bits are equal, so NaN equals itself and -0 differs from 0.
  public static func == (left: NDArray, right: NDArray) -> Bool {
    guard left.tensorType == right.tensorType else { return false }
    if left.storage === right.storage { return true }
    return memcmp(left.storage.start, right.storage.start, left.byteCount) == 0
  }

  /// `true` if the shapes are equal and `|a - b| ≤ absolute + relative · |b|` for each element `a` of this array and
  /// `b` of the other. Equal infinities are close; the dtypes may differ.
  public func isClose(
    to other: NDArray, relative: Double = 1e-5, absolute: Double = 1e-8, equalNaN: Bool = false
  ) -> Bool {
    guard shape == other.shape else { return false }
    return (0..<count).allSatisfy { position in
      let a = scalar(atPosition: position).doubleValue
      let b = other.scalar(atPosition: position).doubleValue
      if a == b { return true }
      if a.isNaN || b.isNaN { return equalNaN && a.isNaN && b.isNaN }
      if a.isInfinite || b.isInfinite { return false }
      return (a - b).magnitude <= absolute + relative * b.magnitude
    }
  }
}
