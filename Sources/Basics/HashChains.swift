/// Where the elements of a list are that have a hash, in the order in which they came; the last can be taken out again.
///
/// With the list it does a dictionary's work. A dictionary of a new type of keys asks the Swift runtime how they are compared,
/// which takes a tenth of a millisecond when it is first made, as long as all the rest of a pass: this knows hashes alone.
package struct HashChains {
  private var hashes: [Int] = []
  /// By element, the one before it in the same bucket, or -1.
  private var links: [Int32] = []
  /// By bucket, its last element, or -1; a power of two.
  private var heads = [Int32](repeating: -1, count: 16)

  package init() {}

  /// The elements of the list.
  package var count: Int { hashes.count }

  private func bucket(_ hash: Int) -> Int { hash & (heads.count - 1) }

  /// The position of the last element of this hash that satisfies a predicate.
  package func position(of hash: Int, where isSame: (Int) -> Bool) -> Int? {
    var position = Int(heads[bucket(hash)])
    while position >= 0 {
      if hashes[position] == hash, isSame(position) { return position }
      position = Int(links[position])
    }
    return nil
  }

  /// Notes the hash of the list's next element.
  package mutating func append(_ hash: Int) {
    if hashes.count == heads.count { grow() }
    let bucket = bucket(hash)
    links.append(heads[bucket])
    heads[bucket] = Int32(truncatingIfNeeded: hashes.count)
    hashes.append(hash)
  }

  /// Forgets the elements that came after the first so many.
  package mutating func removeAll(after count: Int) {
    while hashes.count > count { heads[bucket(hashes.removeLast())] = links.removeLast() }
  }

  private mutating func grow() {
    heads = [Int32](repeating: -1, count: 2 * heads.count)
    for (position, hash) in hashes.enumerated() {
      links[position] = heads[bucket(hash)]
      heads[bucket(hash)] = Int32(truncatingIfNeeded: position)
    }
  }
}
