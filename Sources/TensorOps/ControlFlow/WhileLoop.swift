package import Basics
package import TensorIR

/// `c… = body(c…, k…)` as long as `condition(c…, k…)`, then further stages over the same steps, which see what the
/// stages before them left at each; see `TensorIR.WhileLoop`.
///
/// Forward mode carries tangents along. Reverse mode adds stages that run backwards over what the first ones left.
extension WhileLoop: Op {
  package var name: String { "while" }
  package var attributes: [Attribute] {
    [
      Attribute("condition", .function(condition)), Attribute("carries", .integers(stages.map(\.carryCount))),
      Attribute("reversed", .integers(stages.map { $0.isReversed ? 1 : 0 })),
    ] + stages.enumerated().map { Attribute("body\($0.offset)", .function($0.element.body)) }
  }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    guard let first = stages.first, !first.isReversed else {
      throw Diagnostic("'while' needs a first stage, which runs forwards")
    }
    // Before anything is added up.
    let counts = stages.map { stage in
      0 <= stage.carryCount
        && stage.carryCount <= min(stage.body.results.count, stage.body.parameters.count)
    }
    guard !counts.contains(false), constantCount >= 0 else {
      throw Diagnostic("'while' has stages with more carries than values")
    }
    guard operands.count == carryCount + constantCount else {
      throw Diagnostic("'while' takes \(carryCount + constantCount) operand(s), not \(operands.count)")
    }
    let constants = operands[carryCount...]
    try checkArguments(Array(operands[carries(0)]) + constants, of: condition, "the condition")
    try checkResults([TensorType(.bool, [])], of: condition, "the condition")
    var rows: [TensorType] = []
    for (number, stage) in stages.enumerated() {
      let carry = Array(operands[carries(number)])
      try checkArguments(carry + rows + constants, of: stage.body, "stage \(number)")
      try checkResults(carry + stage.rowTypes, of: stage.body, "stage \(number)")
      rows += stage.rowTypes
    }
    return Array(operands[..<carryCount])
  }

  package var derivative: DerivativeRule { .controlFlow(.whileLoop(self)) }
  package var batching: BatchingRule { .controlFlow(.whileLoop(self)) }
  package var lowering: LoweringRule { .controlFlow(.whileLoop(self)) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let constants = operands[carryCount...]
    var carry = Array(operands[carries(0)])
    // By step, what the stages left so far.
    var rows: [[ReferenceTensor]] = []
    let keepsRows = stages.count > 1
    while try Interpreter.evaluate(condition, carry + constants)[0].integers[0] != 0 {
      let results = try Interpreter.evaluate(stages[0].body, carry + constants)
      carry = Array(results[..<stages[0].carryCount])
      if keepsRows { rows.append(Array(results[stages[0].carryCount...])) }
    }
    var finished = carry
    for (number, stage) in stages.enumerated().dropFirst() {
      carry = Array(operands[carries(number)])
      for step in stage.isReversed ? Array(rows.indices.reversed()) : Array(rows.indices) {
        let results = try Interpreter.evaluate(stage.body, carry + rows[step] + constants)
        carry = Array(results[..<stage.carryCount])
        rows[step] += results[stage.carryCount...]
      }
      finished += carry
    }
    return finished
  }

  package static let family = OpFamily(
    names: ["while"],
    make: { (_, attributes) throws(Diagnostic) in
      let (carries, reversed) = (try attributes.integers("carries"), try attributes.integers("reversed"))
      guard carries.count == reversed.count, !carries.isEmpty else {
        throw Diagnostic("'while' needs as many 'carries' as 'reversed', and at least one")
      }
      var stages: [Stage] = []
      for index in carries.indices {
        stages.append(
          Stage(
            body: try attributes.function("body\(index)"), carryCount: carries[index],
            isReversed: reversed[index] != 0))
      }
      return WhileLoop(condition: try attributes.function("condition"), stages: stages)
    },
    examples: {
      let (vector, scalar) = (TensorType(.f64, [2]), TensorType(.f64, []))
      // Grows a number as long as it is below a limit, which ends whatever the number, and changes a vector meanwhile.
      let below = Function.example("below", [scalar, vector, scalar]) { x in
        [x[0].applying(.lt, x[2].applying(.abs) + 5)]
      }
      let step = Function.example("step", [scalar, vector, scalar]) { x in
        [x[0].applying(.abs) * 2 + x[2].applying(.sin) * 0.1 + 1, x[1].applying(.sin) * x[0].broadcast(to: [2])]
      }
      let loop = WhileLoop(
        condition: below, stages: [Stage(body: step, carryCount: 2, isReversed: false)])
      // The same, and a second stage that goes back over the rows of the first.
      let recording = Function.example("recording", [scalar, vector, scalar]) { x in
        [x[0].applying(.abs) * 2 + 1, x[1] * x[2].broadcast(to: [2]), x[0]]
      }
      let back = Function.example("back", [vector, scalar, scalar]) { x in
        [x[0] * x[1].broadcast(to: [2]) * 0.1 + x[2].broadcast(to: [2])]
      }
      let twoStages = WhileLoop(
        condition: below,
        stages: [
          Stage(body: recording, carryCount: 2, isReversed: false), Stage(body: back, carryCount: 1, isReversed: true),
        ])
      return [
        OpExample(loop, [scalar, vector, scalar], [.values([1.25]), .range(-1...1), .values([0.7])]),
        OpExample(loop, [scalar, vector, scalar], [.values([9]), .range(-1...1), .values([0.7])]),
        OpExample(
          twoStages, [scalar, vector, vector, scalar],
          [.values([1.25]), .range(-1...1), .range(-1...1), .values([0.7])]),
      ]
    })
}
