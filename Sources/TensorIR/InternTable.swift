/// Instruction numbers by structural hash, open addressing with linear probing. Holds 32-bit numbers and nothing else:
/// the caller compares, so that a million instructions cost eight megabytes.
struct InternTable {
  private var slots = [Int32](repeating: -1, count: 64)
  private var hashes = [UInt32](repeating: 0, count: 64)
  private var count = 0

  static func hash(_ op: Int32, _ operands: [Value]) -> Int {
    var hash = mix(UInt64(truncatingIfNeeded: op), UInt64(operands.count))
    for operand in operands { hash = mix(hash, UInt64(UInt32(bitPattern: operand.index))) }
    return Int(truncatingIfNeeded: hash >> 16)
  }

  static func hash(_ op: Int32, _ a: Value, _ b: Value) -> Int {
    var hash = mix(UInt64(truncatingIfNeeded: op), b == .poison ? 1 : 2)
    hash = mix(hash, UInt64(UInt32(bitPattern: a.index)))
    if b != .poison { hash = mix(hash, UInt64(UInt32(bitPattern: b.index))) }
    return Int(truncatingIfNeeded: hash >> 16)
  }

  private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let product = (hash ^ word ^ 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
    return product ^ (product >> 32)
  }

  func find(_ hash: Int, where matches: (Int) -> Bool) -> Int? {
    let mask = slots.count - 1
    let tag = UInt32(truncatingIfNeeded: hash)
    var slot = hash & mask
    while slots[slot] >= 0 {
      if hashes[slot] == tag, matches(Int(slots[slot])) { return Int(slots[slot]) }
      slot = (slot + 1) & mask
    }
    return nil
  }

  mutating func insert(_ number: Int, _ hash: Int) {
    if 2 * count >= slots.count { grow() }
    place(Int32(number), UInt32(truncatingIfNeeded: hash))
    count += 1
  }

  private mutating func place(_ number: Int32, _ tag: UInt32) {
    let mask = slots.count - 1
    var slot = Int(tag) & mask
    while slots[slot] >= 0 { slot = (slot + 1) & mask }
    slots[slot] = number
    hashes[slot] = tag
  }

  private mutating func grow() {
    let (oldSlots, oldHashes) = (slots, hashes)
    slots = [Int32](repeating: -1, count: 2 * oldSlots.count)
    hashes = [UInt32](repeating: 0, count: 2 * oldSlots.count)
    for (number, tag) in zip(oldSlots, oldHashes) where number >= 0 { place(number, tag) }
  }
}

/// Result types already inferred for an op and one or two operand types; direct-mapped, a miss only costs time.
struct InferenceCache {
  private struct Entry {
    var op: Int32 = -1
    var a: Int32 = -1
    var b: Int32 = -1
    var result: Int32 = -1
  }

  private var entries = [Entry](repeating: Entry(), count: 512)

  private func slot(_ op: Int32, _ a: Int32, _ b: Int32) -> Int {
    Int(UInt32(bitPattern: op &* 31 &+ a &* 7 &+ b) & 511)
  }

  func find(_ op: Int32, _ a: Int32, _ b: Int32) -> Int32? {
    let entry = entries[slot(op, a, b)]
    return entry.op == op && entry.a == a && entry.b == b ? entry.result : nil
  }

  mutating func insert(_ op: Int32, _ a: Int32, _ b: Int32, _ result: Int32) {
    entries[slot(op, a, b)] = Entry(op: op, a: a, b: b, result: result)
  }
}
