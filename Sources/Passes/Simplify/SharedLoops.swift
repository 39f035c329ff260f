package import Basics
package import TensorIR
import TensorOps

extension Function {
  /// The function with loops over the same states as one loop, and branches by the same selector that compute the same as
  /// one branch; `nil` if there are none. A loop whose value and whose gradient are wanted thus runs once: what records it
  /// for the gradient has its value, too.
  package func withSharedLoops() throws(Diagnostics) -> Function? {
    var current: Function?
    var budget = LoopSharing.greatestWork
    // Every round shares one loop with another.
    for _ in 0..<LoopSharing.greatestRounds {
      guard let next = try LoopSharing(current ?? self).sharingOne(within: &budget) else { break }
      current = next
    }
    return current
  }
}

private struct LoopSharing {
  static let greatestRounds = 64
  /// Loops and branches that are compared with those before them.
  private static let greatestCount = 64
  /// Instructions of bodies that are compared in all, so that functions of many branches do not take the square of their
  /// number.
  static let greatestWork = 50_000

  let function: Function

  init(_ function: Function) { self.function = function }

  func sharingOne(within budget: inout Int) throws(Diagnostics) -> Function? {
    let places = function.instructions.indices.filter { place in
      switch flow(place) {
      case .scan, .conditional: true
      default: false
      }
    }
    guard places.count > 1 else { return nil }
    for (number, second) in places.enumerated().prefix(Self.greatestCount) {
      for first in places[..<number] {
        budget -= size(first) + size(second)
        guard budget > 0 else { return nil }
        guard let shared = try shared(first, second), !depends(second, on: first) else { continue }
        return try function(with: shared, at: first, second)
      }
    }
    return nil
  }

  private func flow(_ place: Int) -> ControlFlow? {
    guard case .controlFlow(let flow) = function.op(of: function.instructions[place]).lowering else { return nil }
    return flow
  }

  /// The instructions inside.
  private func size(_ place: Int) -> Int {
    switch flow(place) {
    case .scan(let scan): scan.body.instructions.count
    case .conditional(let conditional): conditional.branches.reduce(0) { $0 + $1.instructions.count }
    default: 0
    }
  }

  private func operands(_ place: Int) -> [Value] { Array(function.operands(of: function.instructions[place])) }

  /// One op in the place of two, and where its results are theirs.
  private struct Shared {
    var op: any Op
    var operands: [Value]
    var first: [Int]
    var second: [Int]
  }

  private func shared(_ first: Int, _ second: Int) throws(Diagnostics) -> Shared? {
    switch (flow(first), flow(second)) {
    case (.scan(let one), .scan(let other)):
      guard one.length == other.length, one.isReversed == other.isReversed else { return nil }
      if let shared = try shared(one, operands(first), in: other, operands(second)) { return shared }
      guard var shared = try shared(other, operands(second), in: one, operands(first)) else { return nil }
      swap(&shared.first, &shared.second)
      return shared
    case (.conditional(let one), .conditional(let other)):
      let given = (operands(first), operands(second))
      guard given.0[0] == given.1[0], one.branches.count == other.branches.count else { return nil }
      return try shared(one, given.0, other, given.1)
    default: return nil
    }
  }

  /// Whether an instruction needs results of another.
  private func depends(_ second: Int, on first: Int) -> Bool {
    dependents(of: first, upTo: second).contains(second)
  }

  private func dependents(of first: Int, upTo last: Int) -> Set<Int> {
    var found: Set<Int> = []
    var values = Set(function.results(of: function.instructions[first]))
    for place in first + 1...last where operands(place).contains(where: { values.contains($0) }) {
      found.insert(place)
      values.formUnion(function.results(of: function.instructions[place]))
    }
    return found
  }

  // MARK: Loops

  /// A loop within another whose carries are among the other's: they start with the same values and become the same.
  private func shared(
    _ small: Scan, _ smallOperands: [Value], in large: Scan, _ largeOperands: [Value]
  ) throws(Diagnostics) -> Shared? {
    var places = [Int?](repeating: nil, count: smallOperands.count)
    for index in small.carries {
      places[index] = large.carries.first {
        largeOperands[$0] == smallOperands[index]
          && large.body.parameterTypes[$0] == small.body.parameterTypes[index]
      }
      if places[index] == nil { return nil }
    }
    for (own, others) in [(small.stacks, large.stacks), (small.constants, large.constants)] {
      for index in own { places[index] = others.first { largeOperands[$0] == smallOperands[index] } }
    }
    // Loops without a carry, over other rows, have nothing in common.
    guard small.carryCount > 0 || small.stacks.contains(where: { places[$0] != nil }) else { return nil }

    let builder = FunctionBuilder()
    builder.reserve(small.body.instructions.count + large.body.instructions.count)
    var order: [Value] = []
    var largeParameters = [Value](repeating: .poison, count: largeOperands.count)
    var smallParameters = [Value](repeating: .poison, count: smallOperands.count)
    func declare(_ range: Range<Int>, _ own: Range<Int>) {
      for index in range {
        largeParameters[index] = builder.parameter("x\(order.count)", large.body.parameterTypes[index])
        order.append(largeOperands[index])
      }
      for index in own where places[index] == nil {
        smallParameters[index] = builder.parameter("x\(order.count)", small.body.parameterTypes[index])
        order.append(smallOperands[index])
      }
    }
    declare(large.carries, 0..<0)
    declare(large.stacks, small.stacks)
    let stackCount = order.count - large.carryCount
    declare(large.constants, small.constants)
    for (index, place) in places.enumerated() {
      if let place { smallParameters[index] = largeParameters[place] }
    }
    var results = builder.inline(large.body, largeParameters)
    let count = builder.instructionCount
    let own = builder.inline(small.body, smallParameters)
    for index in small.carries where own[index] != results[places[index] ?? 0] { return nil }
    // Without carries there must be something both compute.
    guard small.carryCount > 0 || builder.instructionCount < count + small.body.instructions.count else { return nil }
    var placeOf = small.carries.map { places[$0] ?? 0 }
    placeOf += add(Array(own[small.carryCount...]), to: &results, from: large.carryCount)
    let body = try builder.finish(name: large.body.name, results: named(results))
    var op = large
    op.body = body
    op.stackCount = stackCount
    return Shared(op: op, operands: order, first: placeOf, second: Array(large.body.results.indices))
  }

  /// The places of values among results, to which those that are not there are added.
  private func add(_ values: [Value], to results: inout [Value], from start: Int) -> [Int] {
    values.map { value in
      if let known = results[start...].firstIndex(of: value) { return known }
      results.append(value)
      return results.count - 1
    }
  }

  private func named(_ values: [Value]) -> [Function.Result] {
    values.enumerated().map { Function.Result("y\($0.offset)", $0.element) }
  }

  // MARK: Branches

  private func shared(
    _ one: Conditional, _ oneOperands: [Value], _ other: Conditional, _ otherOperands: [Value]
  ) throws(Diagnostics) -> Shared? {
    var order = Array(oneOperands.dropFirst())
    let places = otherOperands.dropFirst().map { operand in
      if let known = order.firstIndex(of: operand) { return known }
      order.append(operand)
      return order.count - 1
    }
    let types = order.map { function.type(of: $0) }
    var builders: [(builder: FunctionBuilder, results: [Value], own: [Value])] = []
    var sharesWork = false
    for (branch, otherBranch) in zip(one.branches, other.branches) {
      let builder = FunctionBuilder()
      builder.reserve(branch.instructions.count + otherBranch.instructions.count)
      let parameters = types.enumerated().map { builder.parameter("x\($0.offset)", $0.element) }
      let results = builder.inline(branch, Array(parameters[..<(oneOperands.count - 1)]))
      let count = builder.instructionCount
      let own = builder.inline(otherBranch, places.map { parameters[$0] })
      if builder.instructionCount < count + otherBranch.instructions.count { sharesWork = true }
      builders.append((builder, results, own))
    }
    guard sharesWork else { return nil }
    // Results that are equal in all branches are one.
    let count = one.branches[0].results.count
    let second = other.branches[0].results.indices.map { index in
      (0..<count).first { place in builders.allSatisfy { $0.own[index] == $0.results[place] } }
    }
    let added = second.indices.filter { second[$0] == nil }
    var next = count
    let placeOf = second.map { place in
      if let place { return place }
      next += 1
      return next - 1
    }
    let branches = try zip(one.branches, builders).map { (branch, part) throws(Diagnostics) in
      try part.builder.finish(name: branch.name, results: named(part.results + added.map { part.own[$0] }))
    }
    return Shared(
      op: Conditional(branches: branches), operands: [oneOperands[0]] + order, first: Array(0..<count),
      second: placeOf)
  }

  // MARK: Rewriting

  /// The function with one instruction in the place of two. What stands between them and needs the first comes after it.
  private func function(with shared: Shared, at first: Int, _ second: Int) throws(Diagnostics) -> Function {
    let later = dependents(of: first, upTo: second)
    let builder = FunctionBuilder()
    builder.reserve(function.instructions.count)
    var copier = FunctionCopier(function, builder)
    copier.declareParameters()
    func copy(_ place: Int, _ copier: inout FunctionCopier) {
      copier.takeLocation(of: function.instructions[place])
      copier.copy(function.instructions[place])
    }
    for place in 0..<second where place != first && !later.contains(place) { copy(place, &copier) }
    copier.takeLocation(of: function.instructions[first])
    let values = builder.emit(shared.op, shared.operands.map { copier[$0] })
    for (place, results) in [(first, shared.first), (second, shared.second)] {
      for (result, index) in zip(function.results(of: function.instructions[place]), results) {
        copier[result] = values.indices.contains(index) ? values[index] : .poison
      }
    }
    for place in later.sorted() { copy(place, &copier) }
    for place in function.instructions.indices.dropFirst(second + 1) { copy(place, &copier) }
    builder.location = nil
    return try builder.finish(
      name: function.name, results: function.results.map { .init($0.name, copier[$0.value]) })
  }
}
