package import TensorIR

/// How far rounding alone can move the results of a function: the largest deviation, element by element, over a few
/// runs of the interpreter in which every computed number is off by up to four units in the last place.
///
/// Where a function is badly conditioned, correct implementations differ by about as much.
package func roundingNoise(_ function: Function, _ inputs: [ReferenceTensor], runs: Int = 6) throws -> [[Double]] {
  let exact = try evaluate(function, inputs) { $0 }
  var noise = exact.map { $0.doubles.map { _ in 0.0 } }
  for run in 0..<runs {
    var random = SplitMix(seed: UInt64(run) &+ 0x5EED)
    let results = try evaluate(function, inputs) { tensor in
      guard case .floating(let elements) = tensor.elements else { return tensor }
      let unit = tensor.dtype == .f32 ? Double(Float.ulpOfOne) : Double.ulpOfOne
      return ReferenceTensor(
        floating: elements.map { $0 * (1 + unit * Double.random(in: -4...4, using: &random)) }, type: tensor.type)
    }
    for (number, (a, b)) in zip(exact, results).enumerated() {
      for (index, (x, y)) in zip(a.doubles, b.doubles).enumerated() {
        noise[number][index] = max(noise[number][index], x == y ? 0 : (x - y).isNaN ? .infinity : abs(x - y))
      }
    }
  }
  return noise
}

/// Op by op, `round` being applied to whatever is computed and not just moved.
private func evaluate(
  _ function: Function, _ inputs: [ReferenceTensor], _ round: (ReferenceTensor) -> ReferenceTensor
) throws -> [ReferenceTensor] {
  var values = inputs
  for instruction in function.instructions {
    let op = function.op(of: instruction)
    let results = try op.reference(function.operands(of: instruction).map { values[Int($0.index)] })
    switch op.lowering {
    case .scalar, .cast, .reduce, .dot, .scatter, .cumulate, .foldWindows, .library, .composed, .controlFlow:
      values += results.map(round)
    case .constant, .iota, .view, .reshape, .place, .take, .dynamicSlice, .dynamicUpdate: values += results
    }
  }
  return function.results.map { values[Int($0.value.index)] }
}
