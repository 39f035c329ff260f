import KernelIR

/// What only a sum takes is computed and added as soon as its operands are there, instead of after all that the kernel
/// stores: 128 sums of 64 layers kept every layer's cotangent until the end, more than a first-level cache holds. Operands
/// no longer wait; what the sum itself needs is there for a moment earlier.
extension Program {
  func addingEarly() -> Program {
    var program = self
    program.steps = steps.mapLeaves { step in
      guard case .kernel(var kernel) = step else { return step }
      return kernel.body.addEarly() ? .kernel(kernel) : step
    }
    return program
  }
}

extension [Statement] {
  /// Whether anything has been moved.
  fileprivate mutating func addEarly() -> Bool {
    var changes = false
    for place in indices {
      switch self[place] {
      case .loop(let axis, var inner):
        guard inner.addEarly() else { continue }
        self[place] = .loop(axis, inner)
      case .tile(let axis, let inner):
        guard let moved = EarlySums(inner)?.statements else { continue }
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
  /// The place of each value's definition, and of the only statement that reads it, or -1 where there are more.
  private var definition: [ValueID: Int] = [:]
  private var reader: [ValueID: Int] = [:]
  /// The place of the sum that a statement is computed for alone; the sum's own for itself.
  private var sum: [Int?]

  /// `nil` where nothing is to be moved.
  init?(_ body: [Statement]) {
    self.body = body
    sum = [Int?](repeating: nil, count: body.count)
    guard findUses() else { return nil }
    for place in body.indices.reversed() { sum[place] = sumAlone(place) }
  }

  /// Whether there are sums, and no scopes inside.
  private mutating func findUses() -> Bool {
    var hasSums = false
    for (place, statement) in body.enumerated() {
      switch statement {
      case .loop, .tile: return false
      case .accumulate: hasSums = true
      default: break
      }
      statement.forResults { definition[$0] = place }
      statement.forUses { reader[$0] = reader[$0] == nil ? place : -1 }
    }
    return hasSums
  }

  private func sumAlone(_ place: Int) -> Int? {
    switch body[place] {
    case .accumulate: return place
    case .compute(let result, _, _, _, _), .cast(let result, _):
      guard let reader = reader[result], reader >= 0 else { return nil }
      return sum[reader]
    default: return nil
    }
  }

  /// The order; `nil` if it is the one that they have.
  var statements: [Statement]? {
    // After which place the operands of each sum are there, and what has been added to the same accumulator before.
    var ready = [Int](repeating: -1, count: body.count)
    var members: [Int: [Int]] = [:]
    for (place, statement) in body.enumerated() {
      guard let own = sum[place] else { continue }
      members[own, default: []].append(place)
      statement.forUses { value in
        if let operand = definition[value], sum[operand] == nil { ready[own] = Swift.max(ready[own], operand) }
      }
    }
    var latest: [ValueID: Int] = [:]
    var following: [Int: [Int]] = [:]
    for (place, statement) in body.enumerated() {
      guard case .accumulate(let accumulator, _) = statement else { continue }
      ready[place] = Swift.max(ready[place], latest[accumulator] ?? -1)
      latest[accumulator] = ready[place]
      following[ready[place], default: []].append(place)
    }
    var order: [Int] = []
    for place in -1..<body.count {
      if place >= 0, sum[place] == nil { order.append(place) }
      for sum in following[place] ?? [] { order += members[sum] ?? [] }
    }
    return order.elementsEqual(body.indices) ? nil : order.map { body[$0] }
  }
}
