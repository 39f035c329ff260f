/// Instructions by what they compute, so that an equal one is found: eight bytes an instruction, and no hashing as a
/// rule.
///
/// An instruction is listed with the latest of its operands, because neighbours in the program use neighbouring
/// operands: a walk over a function then walks over this table too, instead of missing the cache at every instruction.
/// What has no operand, or one that already has many users, is found by hash.
struct InternTable {
  fileprivate struct Key: Hashable {
    let op: Int32
    let operands: [Value]
  }

  /// By value: the last instruction listed with it, or -1.
  private var heads: [Int32] = []
  /// By value: how many instructions are listed with it.
  private var lengths: [UInt8] = []
  /// By instruction: the one listed before it, or -1.
  private var previous: [Int32] = []
  private var distant: [Key: Int32] = [:]
  private static let greatestLength = 12

  mutating func reserve(values: Int, instructions: Int) {
    heads.reserveCapacity(values)
    lengths.reserveCapacity(values)
    previous.reserveCapacity(instructions)
  }

  /// To be called for every value, in order.
  mutating func addValue() {
    heads.append(-1)
    lengths.append(0)
  }

  /// The instruction that `matches`, one with this op and these operands; poison stands for none.
  @inline(__always)
  func find(_ op: Int32, _ a: Value, _ b: Value, where matches: (Int) -> Bool) -> Int? {
    find(latest: max(a, b), where: matches) { Key(op, a, b) }
  }

  func find(_ op: Int32, _ operands: [Value], where matches: (Int) -> Bool) -> Int? {
    find(latest: operands.max() ?? .poison, where: matches) { Key(op: op, operands: operands) }
  }

  @inline(__always)
  private func find(latest: Value, where matches: (Int) -> Bool, key: () -> Key) -> Int? {
    guard latest != .poison else { return distant[key()].map { Int($0) } }
    var number = heads[Int(latest.index)]
    while number >= 0 {
      if matches(Int(number)) { return Int(number) }
      number = previous[Int(number)]
    }
    return lengths[Int(latest.index)] < Self.greatestLength ? nil : distant[key()].map { Int($0) }
  }

  /// Enters the next instruction, in order of their numbers.
  mutating func append(_ op: Int32, _ a: Value, _ b: Value) {
    append(latest: max(a, b)) { Key(op, a, b) }
  }

  mutating func append(_ op: Int32, _ operands: [Value]) {
    append(latest: operands.max() ?? .poison) { Key(op: op, operands: operands) }
  }

  @inline(__always)
  private mutating func append(latest: Value, key: () -> Key) {
    let number = Int32(previous.count)
    guard latest != .poison, lengths[Int(latest.index)] < Self.greatestLength else {
      previous.append(-1)
      distant[key()] = number
      return
    }
    previous.append(heads[Int(latest.index)])
    heads[Int(latest.index)] = number
    lengths[Int(latest.index)] += 1
  }
}

extension InternTable.Key {
  init(_ op: Int32, _ a: Value, _ b: Value) { self.init(op: op, operands: b == .poison ? [a] : [a, b]) }
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
