package import Basics
package import TensorIR

/// `y… = f(x…)`, and as a checkpoint the same, of which reverse mode keeps x… alone and computes f again.
///
/// `dy… = df(x…, dx…)`, again a call.
extension Call: Op {
  package var name: String { isCheckpoint ? "checkpoint" : "call" }
  package var attributes: [Attribute] { [Attribute("function", .function(function))] }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkArguments(operands, of: function, "the function")
    return function.resultTypes
  }

  package var derivative: DerivativeRule { .controlFlow(.call(self)) }
  package var batching: BatchingRule { .controlFlow(.call(self)) }
  package var lowering: LoweringRule { .controlFlow(.call(self)) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    try Interpreter.evaluate(function, operands)
  }

  package static let family = OpFamily(
    names: ["call", "checkpoint"],
    make: { (name, attributes) throws(Diagnostic) in
      Call(try attributes.function("function"), isCheckpoint: name == "checkpoint")
    },
    examples: {
      let vector = TensorType(.f64, [3])
      let function = Function.example("f", [vector, vector]) { x in
        let y = (x[0] * x[1]).applying(.sin)
        return [y, y * x[1]]
      }
      return [false, true].map {
        OpExample(Call(function, isCheckpoint: $0), [vector, vector], [.range(-2...2), .range(-2...2)])
      }
    })
}
