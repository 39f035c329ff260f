import Basics

/// Runs tensor IR op by op, plainly. What it computes is the meaning of a function; everything else is tested against
/// it.
package enum Interpreter {
  /// A value with more elements is refused, not computed.
  package static let maximumElementCount = 1 << 27

  /// The results for these inputs. Throws a `Diagnostic` if inputs do not fit the parameters, or if an op can't be
  /// computed.
  package static func evaluate(_ function: Function, _ inputs: [ReferenceTensor]) throws -> [ReferenceTensor] {
    guard inputs.count == function.parameters.count else {
      throw Diagnostic("'\(function.name)' takes \(function.parameters.count) input(s), not \(inputs.count)")
    }
    for (parameter, input) in zip(function.parameters, inputs) where parameter.type != input.type {
      throw Diagnostic(
        "parameter '\(parameter.name)' of '\(function.name)' is \(parameter.type), but the input is \(input.type)")
    }
    var values: [ReferenceTensor?] = inputs.map { $0 }
    values.reserveCapacity(function.valueCount)
    // A value is dropped after its last use.
    var uses = function.useCounts()
    for value in function.parameterValues where uses[value] == 0 { values[value] = nil }

    for instruction in function.instructions {
      let types = function.results(of: instruction).map { function.type(of: $0) }
      let results = try apply(
        function.op(of: instruction), try function.operands(of: instruction).map { try take($0, values) },
        types, at: function.location(of: instruction))
      for operand in function.operands(of: instruction) {
        uses[Int(operand.index)] -= 1
        if uses[Int(operand.index)] == 0 { values[Int(operand.index)] = nil }
      }
      for (value, result) in zip(function.results(of: instruction), results) {
        values.append(uses[Int(value.index)] > 0 ? result : nil)
      }
    }
    return try function.results.map { try take($0.value, values) }
  }

  private static func take(_ value: Value, _ values: [ReferenceTensor?]) throws(Diagnostic) -> ReferenceTensor {
    guard values.indices.contains(Int(value.index)), let tensor = values[Int(value.index)] else {
      throw Diagnostic("the interpreter needs value \(value.index), which is not there", kind: .bug)
    }
    return tensor
  }

  private static func apply(
    _ op: any Op, _ operands: [ReferenceTensor], _ types: [TensorType], at location: SourceLocation?
  ) throws -> [ReferenceTensor] {
    for type in types where type.elementCount > maximumElementCount {
      throw Diagnostic(
        "the interpreter computes no more than \(maximumElementCount) elements; '\(op.name)' gives \(type)",
        kind: .unsupported, at: location)
    }
    let results: [ReferenceTensor]
    do {
      results = try op.reference(operands)
    } catch let error as Diagnostic {
      throw error.located(at: location)
    }
    guard results.map(\.type) == types else {
      throw Diagnostic(
        "the reference of '\(op.name)' gives \(results.map(\.type)), where \(types) are due", kind: .bug, at: location)
    }
    return results
  }
}
