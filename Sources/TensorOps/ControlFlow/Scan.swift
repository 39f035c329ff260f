package import Basics
package import TensorIR

/// `(c…, y_t…) = body(c…, x_t…, k…)` for t = 0 … length - 1, or backwards: operands are the first carry c…, stacks x…
/// with time as axis 0, and constants k…; results are the last carry and the stacks y….
///
/// `(dc…, dy_t…) = dbody(c…, x_t…, k…, dc…, dx_t…, dk…)`, again a scan. Its transpose runs the other way.
extension Scan: Op {
  package var name: String { "scan" }
  package var attributes: [Attribute] {
    [
      Attribute("length", .integer(length)), Attribute("carries", .integer(carryCount)),
      Attribute("stacks", .integer(stackCount)), Attribute("reversed", .integer(isReversed ? 1 : 0)),
    ] + (checkpointCount.map { [Attribute("checkpoints", .integer($0))] } ?? []) + [Attribute("body", .function(body))]
  }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    let count = body.parameters.count
    guard length >= 0, 0...count ~= carryCount, 0...count - carryCount ~= stackCount else {
      throw Diagnostic("'scan' can't have \(length) steps, \(carryCount) carries and \(stackCount) stacks")
    }
    if let checkpointCount, checkpointCount < 1 {
      throw Diagnostic("'scan' needs at least one checkpoint, not \(checkpointCount)")
    }
    guard operands.count == body.parameters.count else {
      throw Diagnostic("'scan' takes \(body.parameters.count) operand(s), not \(operands.count)")
    }
    var arguments = operands
    for index in stacks {
      guard let first = operands[index].shape.extents.first, first == length else {
        throw Diagnostic("'scan' of \(length) steps needs stacks with that many rows, not \(operands[index])")
      }
      arguments[index] = operands[index].with(operands[index].shape.removing([0]))
    }
    try checkArguments(arguments, of: body, "the body")
    guard body.results.count >= carryCount else {
      throw Diagnostic("the body of 'scan' gives \(body.results.count) value(s), fewer than its \(carryCount) carries")
    }
    let types = body.resultTypes
    try checkResults(Array(arguments[carries]) + types[carryCount...], of: body, "the body")
    var results = Array(types[carries])
    for type in types[carryCount...] {
      results.append(try checkResult(type.with(type.shape.inserting(length, at: 0))))
    }
    return results
  }

  package var derivative: DerivativeRule { .controlFlow(.scan(self)) }
  package var batching: BatchingRule { .controlFlow(.scan(self)) }
  package var lowering: LoweringRule { .controlFlow(.scan(self)) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    var carry = Array(operands[carries])
    var rows = [[ReferenceTensor]](repeating: [], count: outputCount)
    for step in 0..<length {
      let time = isReversed ? length - 1 - step : step
      let results = try Interpreter.evaluate(
        body, carry + operands[stacks].map { $0.row(time) } + operands[constants])
      carry = Array(results[carries])
      for (index, row) in results[carryCount...].enumerated() { rows[index].append(row) }
    }
    let types = body.resultTypes[carryCount...]
    return carry
      + zip(types, rows).map { ReferenceTensor(stacking: isReversed ? $1.reversed() : $1, of: $0) }
  }

  package static let family = OpFamily(
    names: ["scan"],
    make: { (_, attributes) throws(Diagnostic) in
      Scan(
        body: try attributes.function("body"), length: try attributes.integer("length"),
        carryCount: try attributes.integer("carries"), stackCount: try attributes.integer("stacks"),
        isReversed: try attributes.integer("reversed") != 0,
        checkpointCount: try attributes.optionalInteger("checkpoints"))
    },
    examples: {
      let (vector, scalar) = (TensorType(.f64, [3]), TensorType(.f64, []))
      // A carry, a stack, a constant; the new carry, and two rows.
      let step = Function.example("step", [vector, scalar, vector]) { x in
        let next = (x[0] * x[2] + x[1].broadcast(to: [3])).applying(.tanh)
        return [next, next.sum(axes: [0]), x[1] * x[1]]
      }
      // A counter that is carried, and one that nothing reads.
      let index = TensorType(.i32, [])
      let count = Function.example("count", [index, scalar, vector]) { x in
        [x[0] + 1, x[1] * x[0].cast(to: .f64), x[2] * x[1].broadcast(to: [3])]
      }
      let rows = Function.example("rows", [vector]) { x in [x[0].applying(.exp)] }
      func example(_ length: Int, isReversed: Bool, checkpoints: Int? = nil) -> OpExample {
        OpExample(
          Scan(
            body: step, length: length, carryCount: 1, stackCount: 1, isReversed: isReversed,
            checkpointCount: checkpoints),
          [vector, TensorType(.f64, [length]), vector], [.range(-1...1), .range(-1...1), .range(-1...1)])
      }
      return [
        example(4, isReversed: false), example(3, isReversed: true), example(1, isReversed: false),
        example(0, isReversed: false), example(5, isReversed: false, checkpoints: 2),
        example(4, isReversed: true, checkpoints: 1), example(0, isReversed: false, checkpoints: 2),
        OpExample(
          Scan(body: count, length: 3, carryCount: 2, stackCount: 0, isReversed: false), [index, scalar, vector],
          [.range(1...3), .range(-2...2), .range(-2...2)]),
        OpExample(
          Scan(body: count, length: 4, carryCount: 2, stackCount: 0, isReversed: false, checkpointCount: 3),
          [index, scalar, vector], [.range(1...3), .range(-2...2), .range(-2...2)]),
        OpExample(
          Scan(body: rows, length: 4, carryCount: 0, stackCount: 1, isReversed: false), [TensorType(.f64, [4, 3])],
          [.range(-1...1)]),
      ]
    })
}

extension ReferenceTensor {
  /// Row `index` along axis 0.
  func row(_ index: Int) -> ReferenceTensor {
    let shape = self.shape.removing([0])
    let count = shape.elementCount
    return ReferenceTensor(
      elements: elements, range: index * count..<(index + 1) * count, type: type.with(shape))
  }

  private init(elements: Elements, range: Range<Int>, type: TensorType) {
    switch elements {
    case .floating(let values): self.init(floating: Array(values[range]), type: type)
    case .integer(let values): self.init(integer: Array(values[range]), type: type)
    }
  }

  /// Rows of one type along a new axis 0.
  init(stacking rows: [ReferenceTensor], of type: TensorType) {
    let stacked = type.with(type.shape.inserting(rows.count, at: 0))
    if type.dtype.isFloating {
      self.init(floating: rows.flatMap(\.doubles), type: stacked)
    } else {
      self.init(integer: rows.flatMap(\.integers), type: stacked)
    }
  }
}
