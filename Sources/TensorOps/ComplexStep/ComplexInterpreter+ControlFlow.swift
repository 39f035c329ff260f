import Basics
import TensorIR

extension ComplexInterpreter {
  /// The functions within, as the ops' references run them.
  func run(_ flow: ControlFlow, _ operands: [ComplexTensor]) throws -> [ComplexTensor] {
    switch flow {
    case .call(let call): return try evaluate(call.function, operands)
    case .customDerivative(let custom): return try evaluate(custom.primal, operands)
    case .linearCall(let call):
      guard let forward = call.forward else {
        throw Diagnostic("a linear function whose transpose alone is given can't be computed", kind: .unsupported)
      }
      return try evaluate(forward, operands)
    case .conditional(let conditional):
      let chosen = min(max(operands[0].real.integers[0], 0), Int64(conditional.branches.count - 1))
      return try evaluate(conditional.branches[Int(chosen)], Array(operands.dropFirst()))
    case .scan(let scan): return try run(scan, operands)
    case .whileLoop(let loop): return try run(loop, operands)
    }
  }

  private func run(_ scan: Scan, _ operands: [ComplexTensor]) throws -> [ComplexTensor] {
    var carry = Array(operands[scan.carries])
    var rows = [[ComplexTensor]](repeating: [], count: scan.outputCount)
    for step in 0..<scan.length {
      let time = scan.isReversed ? scan.length - 1 - step : step
      let results = try evaluate(
        scan.body, carry + operands[scan.stacks].map { $0.row(time) } + operands[scan.constants])
      carry = Array(results[scan.carries])
      for (index, row) in results[scan.carryCount...].enumerated() { rows[index].append(row) }
    }
    return carry
      + zip(scan.body.resultTypes[scan.carryCount...], rows).map {
        ComplexTensor(stacking: scan.isReversed ? $1.reversed() : $1, of: $0)
      }
  }

  private func run(_ loop: WhileLoop, _ operands: [ComplexTensor]) throws -> [ComplexTensor] {
    let constants = operands[loop.carryCount...]
    var carry = Array(operands[loop.carries(0)])
    var rows: [[ComplexTensor]] = []
    while try evaluate(loop.condition, carry + constants)[0].real.integers[0] != 0 {
      let results = try evaluate(loop.stages[0].body, carry + constants)
      carry = Array(results[..<loop.stages[0].carryCount])
      if loop.stages.count > 1 { rows.append(Array(results[loop.stages[0].carryCount...])) }
    }
    var finished = carry
    for (number, stage) in loop.stages.enumerated().dropFirst() {
      carry = Array(operands[loop.carries(number)])
      for step in stage.isReversed ? Array(rows.indices.reversed()) : Array(rows.indices) {
        let results = try evaluate(stage.body, carry + rows[step] + constants)
        carry = Array(results[..<stage.carryCount])
        rows[step] += results[stage.carryCount...]
      }
      finished += carry
    }
    return finished
  }
}
