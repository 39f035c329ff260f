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

  private struct Scope {
    let start: Int32
    let outerStart: Int32
    /// What was found by hash before the scope had an equal one.
    var hidden: [(key: Key, number: Int32?)] = []
  }

  private var scopes: [Scope] = []
  /// Instructions with operands are found from this one on.
  private var start: Int32 = 0

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
    // They are listed latest first.
    while number >= start {
      if matches(Int(number)) { return Int(number) }
      number = previous[Int(number)]
    }
    guard lengths[Int(latest.index)] >= Self.greatestLength, let number = distant[key()], number >= start else {
      return nil
    }
    return Int(number)
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
      let key = key()
      if !scopes.isEmpty, latest != .poison { scopes[scopes.count - 1].hidden.append((key, distant[key])) }
      distant[key] = number
      return
    }
    previous.append(heads[Int(latest.index)])
    heads[Int(latest.index)] = number
    lengths[Int(latest.index)] += 1
  }

  /// From here on, only instructions of the scope are found, and those that have no operands.
  mutating func openScope() {
    scopes.append(Scope(start: Int32(previous.count), outerStart: start))
    start = Int32(previous.count)
  }

  /// Ends the latest scope: its instructions are not found any more, and those before it are. `latest` is the latest
  /// operand of an instruction.
  mutating func closeScope(latest: (_ number: Int) -> Value) {
    guard let scope = scopes.popLast() else { return }
    for number in (scope.start..<Int32(previous.count)).reversed() {
      let place = latest(Int(number))
      guard place != .poison, heads[Int(place.index)] == number else { continue }
      heads[Int(place.index)] = previous[Int(number)]
      lengths[Int(place.index)] -= 1
    }
    for (key, number) in scope.hidden.reversed() { distant[key] = number }
    start = scope.outerStart
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
