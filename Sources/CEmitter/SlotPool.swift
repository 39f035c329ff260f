import Basics

/// Numbered places of each dtype, given out again when they are free.
struct SlotPool {
  private var free: [[Int32]] = Array(repeating: [], count: DType.allCases.count)
  /// By dtype, the most that were ever needed.
  private(set) var counts = [Int32](repeating: 0, count: DType.allCases.count)

  mutating func take(_ dtype: DType) -> Int32 {
    let kind = Int(dtype.rawValue)
    if let slot = free[kind].popLast() { return slot }
    counts[kind] += 1
    return counts[kind] - 1
  }

  /// A free place of a number below `limit`, if there is one.
  mutating func take(_ dtype: DType, below limit: Int32) -> Int32? {
    let kind = Int(dtype.rawValue)
    return free[kind].isEmpty && counts[kind] >= limit ? nil : take(dtype)
  }

  mutating func release(_ slot: Int32, _ dtype: DType) { free[Int(dtype.rawValue)].append(slot) }

  func count(_ dtype: DType) -> Int { Int(counts[Int(dtype.rawValue)]) }
}

extension DType {
  /// The letter of variables of this dtype.
  var letter: UInt8 {
    switch self {
    case .f32: UInt8(ascii: "f")
    case .f64: UInt8(ascii: "d")
    case .i32: UInt8(ascii: "j")
    case .i64: UInt8(ascii: "l")
    case .bool: UInt8(ascii: "c")
    }
  }
}
