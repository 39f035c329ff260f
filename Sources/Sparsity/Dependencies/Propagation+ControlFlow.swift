import Basics
import TensorIR

extension Propagation {
  func controlFlow(
    _ flow: ControlFlow, _ operands: [Value], _ results: [Value]
  ) throws(Diagnostics) -> [[Int32]?] {
    // Lanes go through no function within.
    if (operands + results).contains(where: { laneAxes[Int($0.index)] >= 0 }) { return everything(operands, results) }
    let sets = operands.map { self.sets[Int($0.index)] }
    let given = operands.map { known.elements($0) }
    switch flow {
    case .call(let call): return try inside(call.function, sets, given)
    case .linearCall(let call):
      guard let forward = call.forward else { return everything(operands, results) }
      return try inside(forward, sets, given)
    case .conditional(let conditional):
      if let place = given[0]?.first {
        let chosen = min(max(place, 0), conditional.branches.count - 1)
        return try inside(conditional.branches[chosen], Array(sets[1...]), Array(given[1...]))
      }
      var all = [[Int32]?](repeating: nil, count: results.count)
      for branch in conditional.branches {
        let found = try inside(branch, Array(sets[1...]), Array(given[1...]))
        all = zip(all, found).map { unions($0, $1) }
      }
      return all
    case .scan(let scan): return try self.scan(scan, sets, given, results)
    case .whileLoop(let loop): return try whileLoop(loop, operands, sets, results)
    case .customDerivative: return everything(operands, results)
    }
  }

  /// The results of a function for parameters with these sets; `given` are integers that are known.
  private func inside(
    _ function: Function, _ sets: [[Int32]?], _ given: [[Int]?]
  ) throws(Diagnostics) -> [[Int32]?] {
    var (seeds, integers): ([Value: [Int32]], [Int: [Int]]) = ([:], [:])
    for index in function.parameters.indices {
      if let set = sets[index] { seeds[Value(index)] = set }
      if let elements = given[index] { integers[index] = elements }
    }
    return try Propagation(function, table, KnownIntegers(function, given: integers))
      .run(seeds, to: function.results.map(\.value))
  }

  private func scan(
    _ scan: Scan, _ sets: [[Int32]?], _ given: [[Int]?], _ results: [Value]
  ) throws(Diagnostics) -> [[Int32]?] {
    let rowCounts = scan.body.parameterTypes.map(\.elementCount)
    let outputs = scan.body.resultTypes[scan.carryCount...]
    let noIntegers = [[Int]?](repeating: nil, count: scan.constantCount)
    var carry = Array(sets[scan.carries])
    // A short loop is followed step by step, with its counters.
    if scan.length * scan.body.instructions.count <= 20_000 {
      var integers = Array(given[scan.carries])
      var rows = outputs.map { _ in [[Int32]?](repeating: nil, count: scan.length) }
      for step in 0..<scan.length {
        let time = scan.isReversed ? scan.length - 1 - step : step
        let stacks = scan.stacks.map { stack in
          sets[stack].map { Array($0[time * rowCounts[stack]..<(time + 1) * rowCounts[stack]]) }
        }
        let stackIntegers = scan.stacks.map { stack in
          given[stack].map { Array($0[time * rowCounts[stack]..<(time + 1) * rowCounts[stack]]) }
        }
        let known = integers + stackIntegers + given[scan.constants]
        let found = try inside(scan.body, carry + stacks + sets[scan.constants], known)
        let results = scan.body.results[..<scan.carryCount].map(\.value)
        integers = nextIntegers(scan.body, known, results)
        carry = Array(found[..<scan.carryCount])
        for (output, row) in found[scan.carryCount...].enumerated() { rows[output][time] = row }
      }
      let stacked = zip(rows, outputs).map { rows, type -> [Int32]? in
        guard rows.contains(where: { $0 != nil }) else { return nil }
        return rows.flatMap { $0 ?? [Int32](repeating: SetTable.empty, count: type.elementCount) }
      }
      return carry + stacked
    }
    // A long one is run, on all rows at once, until nothing is added any more.
    let stacks = scan.stacks.map { stack in
      sets[stack].map { self.union($0, [scan.length, rowCounts[stack]], over: [0]) }
    }
    let unknown = [[Int]?](repeating: nil, count: scan.carryCount + scan.stackCount) + noIntegers
    let found = try fixedPoint(&carry) { (carry) throws(Diagnostics) in
      try inside(scan.body, carry + stacks + sets[scan.constants], unknown)
    }
    let stacked = zip(found[scan.carryCount...], outputs).map { row, type in
      row?.strided([scan.length, type.elementCount], [0, 1])
    }
    return carry + stacked
  }

  /// Repeats a step until its carry depends on nothing new.
  private func fixedPoint(
    _ carry: inout [[Int32]?], _ step: ([[Int32]?]) throws(Diagnostics) -> [[Int32]?]
  ) throws(Diagnostics) -> [[Int32]?] {
    while true {
      let found = try step(carry)
      let next = zip(carry, found).map { unions($0, $1) }
      if next == carry { return found }
      carry = next
    }
  }

  /// The integers that a function gives, where they are known.
  private func nextIntegers(_ function: Function, _ given: [[Int]?], _ results: [Value]) -> [[Int]?] {
    if !results.contains(where: { !function.type(of: $0).dtype.isFloating }) { return results.map { _ in nil } }
    var integers: [Int: [Int]] = [:]
    for (index, elements) in given.enumerated() { if let elements { integers[index] = elements } }
    let known = KnownIntegers(function, given: integers)
    return results.map { known.elements($0) }
  }

  private func whileLoop(
    _ loop: WhileLoop, _ operands: [Value], _ sets: [[Int32]?], _ results: [Value]
  ) throws(Diagnostics) -> [[Int32]?] {
    guard loop.stages.count == 1, let stage = loop.stages.first else { return everything(operands, results) }
    var carry = Array(sets[..<stage.carryCount])
    let constants = Array(sets[stage.carryCount...])
    let unknown = [[Int]?](repeating: nil, count: sets.count)
    _ = try fixedPoint(&carry) { (carry) throws(Diagnostics) in try inside(stage.body, carry + constants, unknown) }
    return carry
  }
}
