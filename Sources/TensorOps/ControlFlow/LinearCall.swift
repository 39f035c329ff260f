package import Basics
package import TensorIR

/// `z… = forward(r…, t…)`, linear in t…, whose transpose `(r…, z̄…) ↦ t̄…` is a function of its own.
extension LinearCall: Op {
  package var name: String { "linear_call" }
  package var attributes: [Attribute] {
    [
      Attribute("residuals", .integer(residualCount)),
      Attribute("forward", forward.map { .function($0) } ?? .integer(0)),
      Attribute("transpose", .function(transpose)),
    ]
  }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    guard 0 <= residualCount, residualCount <= operands.count, residualCount <= transpose.parameters.count else {
      throw Diagnostic("'\(name)' can't have \(residualCount) residuals")
    }
    let residuals = operands[..<residualCount]
    let results = Array(transpose.parameterTypes[residualCount...])
    try checkArguments(residuals + results, of: transpose, "the transpose")
    try checkResults(Array(operands[residualCount...]), of: transpose, "the transpose")
    if let forward {
      try checkArguments(operands, of: forward, "the function")
      try checkResults(results, of: forward, "the function")
    }
    return results
  }

  package var derivative: DerivativeRule { .controlFlow(.linearCall(self)) }
  package var batching: BatchingRule { .controlFlow(.linearCall(self)) }
  package var lowering: LoweringRule { .controlFlow(.linearCall(self)) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    guard let forward else { throw LinearCall.noForward }
    return try Interpreter.evaluate(forward, operands)
  }

  /// Why it can't be computed.
  package static let noForward = Diagnostic(
    "a custom vjp that is not linear in its cotangent has no forward mode; give a custom jvp, or use reverse mode",
    kind: .unsupported)

  package static let family = OpFamily(
    names: ["linear_call"],
    make: { (_, attributes) throws(Diagnostic) in
      // 0 where there is none.
      let isMissing = (try? attributes.integer("forward")) == 0
      return LinearCall(
        forward: isMissing ? nil : try attributes.function("forward"),
        transpose: try attributes.function("transpose"), residualCount: try attributes.integer("residuals"))
    },
    examples: {
      let vector = TensorType(.f64, [3])
      let scaled = Function.example("scaled", [vector, vector]) { x in [x[0].applying(.sin) * x[1]] }
      return [
        OpExample(
          LinearCall(forward: scaled, transpose: scaled, residualCount: 1), [vector, vector],
          [.range(-2...2), .range(-2...2)])
      ]
    })
}
