package import Basics
package import TensorIR

/// `y… = branch[i](x…)`: operands are i, of dtype bool (false is 0) or integer and clamped into range, and x….
///
/// `dy… = dbranch[i](x…, dx…)`: a branch that is not taken has no part in a derivative.
extension Conditional: Op {
  package var name: String { "conditional" }
  package var attributes: [Attribute] {
    [Attribute("branches", .integer(branches.count))]
      + branches.enumerated().map { Attribute("branch\($0.offset)", .function($0.element)) }
  }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    guard let selector = operands.first, let first = branches.first else {
      throw Diagnostic("'conditional' needs a selector and a branch")
    }
    guard selector.rank == 0, !selector.dtype.isFloating else {
      throw Diagnostic("'conditional' needs a scalar of dtype bool, i32 or i64 to choose by, not \(selector)")
    }
    if selector.dtype == .bool, branches.count != 2 {
      throw Diagnostic("'conditional' on a bool has two branches, not \(branches.count)")
    }
    for (index, branch) in branches.enumerated() {
      try checkArguments(Array(operands.dropFirst()), of: branch, "branch \(index)")
      try checkResults(first.resultTypes, of: branch, "branch \(index)")
    }
    return first.resultTypes
  }

  package var derivative: DerivativeRule { .controlFlow(.conditional(self)) }
  package var batching: BatchingRule { .controlFlow(.conditional(self)) }
  package var lowering: LoweringRule { .controlFlow(.conditional(self)) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let chosen = min(max(operands[0].integers[0], 0), Int64(branches.count - 1))
    return try Interpreter.evaluate(branches[Int(chosen)], Array(operands.dropFirst()))
  }

  package static let family = OpFamily(
    names: ["conditional"],
    make: { (_, attributes) throws(Diagnostic) in
      let count = try attributes.integer("branches")
      // Every branch is in the text, whatever the number says.
      guard 0 < count, count < attributes.attributes.count else {
        throw Diagnostic("'conditional' can't have \(count) branches")
      }
      return Conditional(
        branches: try (0..<count).map { (index) throws(Diagnostic) in try attributes.function("branch\(index)") })
    },
    examples: {
      let vector = TensorType(.f64, [3])
      let square = Function.example("square", [vector, vector]) { x in [x[0] * x[0] * x[1], x[0]] }
      let wave = Function.example("wave", [vector, vector]) { x in [x[0].applying(.sin), x[1] * x[1]] }
      let one = Function.example("one", [vector, vector]) { x in [x[0].zeros, x[0]] }
      func example(_ branches: [Function], _ dtype: DType, _ selector: Double) -> OpExample {
        OpExample(
          Conditional(branches: branches), [TensorType(dtype, []), vector, vector],
          [.values([selector]), .range(-2...2), .range(-2...2)])
      }
      return [
        example([square, wave], .bool, 0), example([square, wave], .bool, 1), example([square, wave, one], .i32, -3),
        example([square, wave, one], .i64, 7), example([square, wave, one], .i64, 1), example([wave], .i32, 0),
      ]
    })
}
