package import Basics
package import TensorIR

extension Function {
  /// The function with its parameters and results in another order: parameter i is this one's `order[i]`, and results
  /// are those of `chosen`.
  package func rearranged(parameters order: [Int], results chosen: [Int]) throws(Diagnostics) -> Function {
    if order == Array(parameters.indices), chosen == Array(results.indices) { return self }
    let builder = FunctionBuilder()
    builder.reserve(instructions.count)
    var operands = [Value](repeating: .poison, count: parameters.count)
    for index in order { operands[index] = builder.parameter(parameters[index].name, parameters[index].type) }
    let values = builder.inline(self, operands)
    return try builder.finish(name: name, results: chosen.map { Result(results[$0].name, values[$0]) })
  }

  /// The function with further parameters, which it ignores.
  func ignoring(_ types: [TensorType]) throws(Diagnostics) -> Function {
    if types.isEmpty { return self }
    let names = unusedParameterNames(types.indices.map { "ignored\($0)" })
    return try composed(adding: zip(names, types).map { Parameter($0, $1) }) { (builder, own, _) throws(Diagnostics) in
      zip(self.results, builder.inline(self, own)).map { Result($0.name, $1) }
    }
  }
}

/// Places in a list of things of which those that move have a companion behind all of them, such that the companions
/// stand behind the things of their group.
func interleaved(_ moves: [Bool], groups: [Int]) -> [Int] {
  var companions: [Int?] = []
  var next = moves.count
  for move in moves {
    companions.append(move ? next : nil)
    if move { next += 1 }
  }
  var order: [Int] = []
  var start = 0
  for count in groups {
    order += start..<start + count
    order += companions[start..<start + count].compactMap { $0 }
    start += count
  }
  return order
}

extension Sequence where Element == Bool {
  /// The places of the elements that are true.
  var trueIndices: [Int] { enumerated().filter(\.element).map(\.offset) }
}
