/// Values by key in the order in which they came, of which the last can be taken out again.
///
/// A dictionary of a new type of keys asks the Swift runtime how they are compared, which takes a tenth of a millisecond when it
/// is first made, as long as all the rest of a pass: this has no need to.
package struct LinkedTable<Key, Value> {
  package private(set) var keys: [Key] = []
  private var values: [Value] = []
  /// By entry, its hash and the entry before it in the same bucket, or -1.
  private var hashes: [Int] = []
  private var links: [Int32] = []
  /// By bucket, its last entry, or -1; a power of two.
  private var heads = [Int32](repeating: -1, count: 16)

  package init() {}

  package var count: Int { keys.count }

  private func bucket(_ hash: Int) -> Int { hash & (heads.count - 1) }

  /// Takes out what came last.
  package mutating func removeAll(after count: Int) {
    while keys.count > count {
      heads[bucket(hashes.removeLast())] = links.removeLast()
      keys.removeLast()
      values.removeLast()
    }
  }

  private mutating func grow() {
    heads = [Int32](repeating: -1, count: 2 * heads.count)
    for (entry, hash) in hashes.enumerated() {
      links[entry] = heads[bucket(hash)]
      heads[bucket(hash)] = Int32(truncatingIfNeeded: entry)
    }
  }
}

extension LinkedTable where Key: Hashable {
  package subscript(key: Key) -> Value? { find(key, key.hashValue).map { values[$0] } }

  private func find(_ key: Key, _ hash: Int) -> Int? {
    var entry = Int(heads[bucket(hash)])
    while entry >= 0 {
      if hashes[entry] == hash, keys[entry] == key { return entry }
      entry = Int(links[entry])
    }
    return nil
  }

  /// The value of a key, after it has been put in if it was not there.
  package mutating func value(of key: Key, orNew value: @autoclosure () -> Value) -> (value: Value, isNew: Bool) {
    let hash = key.hashValue
    if let entry = find(key, hash) { return (values[entry], false) }
    if keys.count == heads.count { grow() }
    let (new, bucket) = (value(), bucket(hash))
    links.append(heads[bucket])
    heads[bucket] = Int32(truncatingIfNeeded: keys.count)
    keys.append(key)
    values.append(new)
    hashes.append(hash)
    return (new, true)
  }
}
