import Basics
import TensorIR

/// While loops that do what the first stage of a later one does. Where a gradient needs the value first, the loop stands twice:
/// once for the value, and once before the stage that runs backwards, whose cotangents follow from the value. The later one's
/// first stage runs in the place of the earliest of them, and what it has recorded is there when the others need it.
struct RecordedLoops {
  /// By instruction of an earlier loop: the later one, and the place of each of the earlier one's carries among the later one's.
  private(set) var later: [Int: (number: Int, places: [Int])] = [:]

  /// Pairs that are compared at most, and the instructions of their bodies.
  private static let greatestCount = 32
  private static let greatestBody = 10_000

  init(_ function: Function) {
    var earlier: [(number: Int, loop: WhileLoop)] = []
    var left = Self.greatestCount
    for (number, instruction) in function.instructions.enumerated() {
      guard case .controlFlow(.whileLoop(let loop)) = function.op(of: instruction).lowering else { continue }
      if loop.stages.count == 1 {
        earlier.append((number, loop))
        continue
      }
      let operands = Array(function.operands(of: instruction))
      earlier = earlier.filter { first, small in
        left -= 1
        let given = Array(function.operands(of: function.instructions[first]))
        guard left >= 0, let places = Self.places(of: small, given, in: loop, operands) else { return true }
        later[first] = (number, places)
        return false
      }
    }
  }

  /// Where the carries of a loop are among those of the first stage of another: with the same conditions, they start with the
  /// same values and become the same. `nil` if they are not, or the other needs what the first does not have.
  private static func places(
    of small: WhileLoop, _ smallOperands: [Value], in large: WhileLoop, _ largeOperands: [Value]
  ) -> [Int]? {
    let (stage, other) = (small.stages[0], large.stages[0])
    guard stage.body.instructions.count + other.body.instructions.count <= greatestBody else { return nil }
    let own = large.carries(0)
    let places = smallOperands[..<stage.carryCount].compactMap { operand in own.first { largeOperands[$0] == operand } }
    guard places.count == stage.carryCount, Set(places).count == places.count else { return nil }
    let uses = zip(large.condition.useCounts(), other.body.useCounts()).map { $0 + $1 }
    // Operands of the later loop's first stage, in the order of its parameters.
    let needed = Array(largeOperands[own]) + largeOperands[large.carryCount...]
    for (index, operand) in needed.enumerated() where index < own.count || uses[index] > 0 {
      guard smallOperands.contains(operand) else { return nil }
    }
    let builder = FunctionBuilder()
    let parameters = zip(needed, large.condition.parameterTypes).map { builder.parameter("x", $1) }
    var smallParameters = places.map { parameters[$0] }
    let smallUses = zip(small.condition.useCounts(), stage.body.useCounts()).map { $0 + $1 }
    for (index, operand) in smallOperands.enumerated().dropFirst(stage.carryCount) {
      // A constant that is a carry's first value is another thing.
      let place = needed.indices.dropFirst(own.count).first { needed[$0] == operand }
      guard place != nil || smallUses[index] == 0 else { return nil }
      smallParameters.append(place.map { parameters[$0] } ?? builder.zeros(small.condition.parameterTypes[index]).value)
    }
    let condition = builder.inline(large.condition, parameters)
    guard condition == builder.inline(small.condition, smallParameters), !condition.contains(.poison) else {
      return nil
    }
    let results = builder.inline(other.body, parameters)
    let smallResults = builder.inline(stage.body, smallParameters)
    return smallResults == places.map { results[$0] } && !smallResults.contains(.poison) ? places : nil
  }
}
