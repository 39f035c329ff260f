package import Basics
package import TensorIR

/// `y… = primal(x…)` with a derivative of its own: a rule `(x…, y…, ẋ…) ↦ ẏ…` for forward mode, whose transpose is
/// reverse mode's, or a rule `(x…, y…, ȳ…) ↦ x̄…` for reverse mode, whose transpose is forward mode's if it is linear.
extension CustomDerivative: Op {
  package var name: String {
    switch rule {
    case .jvp: "custom_jvp"
    case .vjp: "custom_vjp"
    }
  }
  package var attributes: [Attribute] {
    [Attribute("primal", .function(primal)), Attribute("rule", .function(rule.function))]
  }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkArguments(operands, of: primal, "the primal")
    let results = primal.resultTypes
    let (moving, moved) = (operands.filter(\.dtype.isFloating), results.filter(\.dtype.isFloating))
    switch rule {
    case .jvp(let function):
      try checkArguments(operands + results + moving, of: function, "the rule")
      try checkResults(moved, of: function, "the rule")
    case .vjp(let function):
      try checkArguments(operands + results + moved, of: function, "the rule")
      try checkResults(moving, of: function, "the rule")
    }
    return results
  }

  package var derivative: DerivativeRule { .controlFlow(.customDerivative(self)) }
  package var batching: BatchingRule { .controlFlow(.customDerivative(self)) }
  package var lowering: LoweringRule { .controlFlow(.customDerivative(self)) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    try Interpreter.evaluate(primal, operands)
  }

  package static let family = OpFamily(
    names: ["custom_jvp", "custom_vjp"],
    make: { (name, attributes) throws(Diagnostic) in
      let (primal, rule) = (try attributes.function("primal"), try attributes.function("rule"))
      return CustomDerivative(primal: primal, rule: name == "custom_jvp" ? .jvp(rule) : .vjp(rule))
    },
    examples: {
      let vector = TensorType(.f64, [3])
      let product = Function.example("product", [vector, vector]) { x in [(x[0] * x[1]).applying(.exp)] }
      // x0, x1, y, and the tangents of x0, x1 or the cotangent of y.
      let jvp = Function.example("jvp", [vector, vector, vector, vector, vector]) { x in
        [x[2] * (x[3] * x[1] + x[0] * x[4])]
      }
      let vjp = Function.example("vjp", [vector, vector, vector, vector]) { x in
        [x[3] * x[2] * x[1], x[3] * x[2] * x[0]]
      }
      return [CustomDerivative.Rule.jvp(jvp), .vjp(vjp)].map {
        OpExample(
          CustomDerivative(primal: product, rule: $0), [vector, vector], [.range(-1...1), .range(-1...1)])
      }
    })
}
