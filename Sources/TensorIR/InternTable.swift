/// Instruction numbers by structural hash, open addressing. Holds 32-bit numbers and hash tags and nothing else: the
/// caller compares, so that a million instructions cost sixteen megabytes.
///
/// The home slot follows the latest operand, because neighbours in the program use neighbouring operands: a walk over
/// a function then walks over the table too, instead of missing the cache at every instruction. Values with very many
/// users would pile up there, so that after a few places probing goes on from the full hash.
struct InternTable {
  struct Hash {
    var home: Int
    var tag: UInt32

    init(_ op: Int32, _ a: Value, _ b: Value) {
      let latest = max(a.index, b.index)
      let mixed = Hash.mix(
        Hash.mix(UInt64(truncatingIfNeeded: op), UInt64(UInt32(bitPattern: a.index))),
        UInt64(UInt32(bitPattern: b.index)))
      self.init(latest: Int(latest), mixed: mixed)
    }

    init(_ op: Int32, _ operands: [Value]) {
      if operands.count == 1 || operands.count == 2 {
        self.init(op, operands[0], operands.count == 2 ? operands[1] : .poison)
        return
      }
      var mixed = Hash.mix(UInt64(truncatingIfNeeded: op), UInt64(operands.count))
      for operand in operands { mixed = Hash.mix(mixed, UInt64(UInt32(bitPattern: operand.index))) }
      self.init(latest: Int(operands.max()?.index ?? 0), mixed: mixed)
    }

    private init(latest: Int, mixed: UInt64) {
      home = 3 * latest + Int(mixed >> 60)
      tag = UInt32(truncatingIfNeeded: mixed)
    }

    private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
      let product = (hash ^ word ^ 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
      return product ^ (product >> 32)
    }
  }

  private struct Slot {
    var number: Int32 = -1
    var tag: UInt32 = 0
    var home: Int32 = 0
  }

  private var slots = [Slot](repeating: Slot(), count: 64)
  private var count = 0
  private static let nearProbes = 12

  /// The slot of the `probe`th attempt.
  private func place(_ home: Int, _ tag: UInt32, _ probe: Int) -> Int {
    let start = probe < Self.nearProbes ? home : Int(tag &* 0x9E37_79B1)
    return (start + probe) & (slots.count - 1)
  }

  func find(_ hash: Hash, where matches: (Int) -> Bool) -> Int? {
    var probe = 0
    while true {
      let slot = slots[place(hash.home, hash.tag, probe)]
      if slot.number < 0 { return nil }
      if slot.tag == hash.tag, matches(Int(slot.number)) { return Int(slot.number) }
      probe += 1
    }
  }

  mutating func insert(_ number: Int, _ hash: Hash) {
    if 2 * count >= slots.count { grow() }
    insert(Slot(number: Int32(number), tag: hash.tag, home: Int32(truncatingIfNeeded: hash.home)))
    count += 1
  }

  private mutating func insert(_ slot: Slot) {
    var probe = 0
    while slots[place(Int(slot.home), slot.tag, probe)].number >= 0 { probe += 1 }
    slots[place(Int(slot.home), slot.tag, probe)] = slot
  }

  private mutating func grow() {
    let old = slots
    slots = [Slot](repeating: Slot(), count: 2 * old.count)
    for slot in old where slot.number >= 0 { insert(slot) }
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
