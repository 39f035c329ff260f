/// A dtype and a shape in one word: two types with codes are equal if these are. Calls compare them without touching the
/// reference counts of shapes.
struct TypeCode: Hashable, Sendable {
  /// 0 for types with too many axes, or too long ones.
  private let bits: UInt64

  init(_ type: TensorType) {
    var bits = UInt64(type.dtype.rawValue) + 1
    let rank = type.rank
    // 5 bits for the dtype, 3 for the rank, the others divided evenly.
    guard rank < 8, bits < 32 else {
      self.bits = 0
      return
    }
    bits |= UInt64(rank) << 5
    let width = 56 / max(rank, 1)
    for (axis, extent) in type.shape.extents.enumerated() {
      guard extent < 1 << width else {
        self.bits = 0
        return
      }
      bits |= UInt64(extent) << UInt64(8 + axis * width)
    }
    self.bits = bits
  }

  var isExact: Bool { bits != 0 }
}
