import KernelIR

/// What only a sum takes is computed and added as soon as its operands are there, instead of after all that the kernel
/// stores: 128 sums of 64 layers kept every layer's cotangent until the end, more than a first-level cache holds. Operands
/// no longer wait; what the sum itself needs is there for a moment earlier.
extension Program {
  func addingEarly() -> Program {
    var program = self
    program.steps = steps.mapLeaves { step in
      guard case .kernel(var kernel) = step else { return step }
      return kernel.body.addEarly(kernel.values.count) ? .kernel(kernel) : step
    }
    return program
  }
}

extension [Statement] {
  /// Whether anything has been moved.
  fileprivate mutating func addEarly(_ valueCount: Int) -> Bool {
    var changes = false
    for place in indices {
      switch self[place] {
      case .loop(let axis, var inner):
        guard inner.addEarly(valueCount) else { continue }
        self[place] = .loop(axis, inner)
      case .tile(let axis, let inner):
        guard let moved = EarlySums(inner, valueCount)?.statements else { continue }
        self[place] = .tile(axis, moved)
      default: continue
      }
      changes = true
    }
    return changes
  }
}

/// The statements of a tile scope in another order.
private struct EarlySums {
  private let body: [Statement]
  /// By value, the place of its definition, or -1 for those from outside.
  private var definition: [Int]
  /// By value, the place of the only statement that reads it, -1 for none, -2 where there are more.
  private var reader: [Int]
  /// By place, that of the sum that a statement is computed for alone, or -1; the sum's own for itself.
  private var sum: [Int]

  /// `nil` where nothing is to be moved.
  init?(_ body: [Statement], _ valueCount: Int) {
    var hasSums = false
    for statement in body {
      if statement.scope != nil { return nil }
      if case .accumulate = statement { hasSums = true }
    }
    guard hasSums else { return nil }
    self.body = body
    definition = Array(repeating: -1, count: valueCount)
    reader = definition
    sum = Array(repeating: -1, count: body.count)
    for (place, statement) in body.enumerated() {
      statement.forResults { definition[Int($0.index)] = place }
      statement.forUses { reader[Int($0.index)] = reader[Int($0.index)] == -1 ? place : -2 }
    }
    for place in body.indices.reversed() { sum[place] = sumAlone(place) }
  }

  private func sumAlone(_ place: Int) -> Int {
    switch body[place] {
    case .accumulate: return place
    case .compute(let result, _, _, _, _), .cast(let result, _):
      let reader = reader[Int(result.index)]
      return reader < 0 ? -1 : sum[reader]
    default: return -1
    }
  }

  /// The order; `nil` if it is the one that they have.
  var statements: [Statement]? {
    // After which place the operands of each sum are there, and what has been added to the same accumulator before.
    var ready = [Int](repeating: -1, count: body.count)
    for (place, statement) in body.enumerated() where sum[place] >= 0 {
      let own = sum[place]
      statement.forUses { value in
        let operand = definition[Int(value.index)]
        if operand >= 0, sum[operand] < 0 { ready[own] = Swift.max(ready[own], operand) }
      }
    }
    var latest = [Int](repeating: -1, count: definition.count)
    // By place of readiness, counted from 1, the sums.
    var following = [[Int]](repeating: [], count: body.count + 1)
    for (place, statement) in body.enumerated() {
      guard case .accumulate(let accumulator, _) = statement else { continue }
      ready[place] = Swift.max(ready[place], latest[Int(accumulator.index)])
      latest[Int(accumulator.index)] = ready[place]
      following[ready[place] + 1].append(place)
    }
    let members = members
    var order: [Int] = []
    for place in -1..<body.count {
      if place >= 0, sum[place] < 0 { order.append(place) }
      for sum in following[place + 1] { order += members[sum] }
    }
    return order.elementsEqual(body.indices) ? nil : order.map { body[$0] }
  }

  /// By place of a sum, what is computed for it alone, and itself.
  private var members: [[Int]] {
    var members = [[Int]](repeating: [], count: body.count)
    for place in body.indices where sum[place] >= 0 { members[sum[place]].append(place) }
    return members
  }
}
