/// The loops of steps of a program, by their numbers.
package struct LoopTable: Sendable {
  package struct Entry: Sendable {
    /// The greatest number of iterations; `nil` for a `while` without a limit.
    package var bound: Int?
    package var isWhile: Bool
    package var records: [TapeID]
    /// The loops around it, outermost first.
    package var ancestors: [LoopID]
  }

  package private(set) var entries: [LoopID: Entry] = [:]
  /// Numbers that several loops have.
  package private(set) var repeated: [LoopID] = []

  package init(_ program: Program) { add(program.steps, []) }

  private mutating func add(_ steps: [Step], _ ancestors: [LoopID]) {
    for step in steps {
      var inside = ancestors
      switch step {
      case .loop(let loop):
        add(loop.id, Entry(bound: loop.bound, isWhile: false, records: loop.records, ancestors: ancestors))
        inside.append(loop.id)
      case .whileLoop(let loop):
        add(loop.id, Entry(bound: loop.limit, isWhile: true, records: loop.records, ancestors: ancestors))
        inside.append(loop.id)
      default: break
      }
      for list in step.lists { add(list, inside) }
    }
  }

  private mutating func add(_ id: LoopID, _ entry: Entry) {
    if entries.updateValue(entry, forKey: id) != nil { repeated.append(id) }
  }

  package subscript(id: LoopID) -> Entry? { entries[id] }

  /// Whether a loop is another or stands inside it.
  package func isInside(_ loop: LoopID, _ outer: LoopID) -> Bool {
    loop == outer || entries[loop]?.ancestors.contains(outer) ?? false
  }
}
