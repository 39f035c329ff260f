package import Basics

extension FunctionBuilder {
  /// Emits the body of a function on operands of this builder and returns its results.
  ///
  /// Instructions that are already here are shared, so that inlining a transformed function next to its original
  /// repeats none of the primal computation.
  package func inline(_ function: Function, _ operands: [Value]) -> [Value] {
    guard operands.count == function.parameters.count else {
      record(
        Diagnostic(
          "'\(function.name)' takes \(function.parameters.count) operand(s), not \(operands.count)", kind: .bug))
      return [Value](repeating: .poison, count: function.results.count)
    }
    for (operand, parameter) in zip(operands, function.parameters)
    where operand != .poison && type(of: operand) != parameter.type {
      record(
        Diagnostic("'\(function.name)' takes \(parameter.type) as '\(parameter.name)', not \(type(of: operand))"))
      return [Value](repeating: .poison, count: function.results.count)
    }
    let outer = location
    defer { location = outer }
    var copies = [Value](repeating: .poison, count: function.valueCount)
    for (index, operand) in operands.enumerated() { copies[index] = operand }
    for instruction in function.instructions {
      location = function.location(of: instruction) ?? outer
      copy(instruction, of: function, &copies)
    }
    return function.results.map { copies[Int($0.value.index)] }
  }

  /// Emits one instruction of a function on the copies of its operands and notes the copies of its results.
  package func copy(_ instruction: Function.Instruction, of function: Function, _ copies: inout [Value]) {
    let op = function.op(of: instruction)
    let start = Int(instruction.firstOperand)
    let first = Int(instruction.firstResult)
    if instruction.resultCount == 1, instruction.operandCount == 1 {
      copies[first] = emit(op, copies[Int(function.operandPool[start].index)])
    } else if instruction.resultCount == 1, instruction.operandCount == 2 {
      copies[first] = emit(
        op, copies[Int(function.operandPool[start].index)], copies[Int(function.operandPool[start + 1].index)])
    } else {
      let results = emit(op, function.operands(of: instruction).map { copies[Int($0.index)] })
      for (offset, result) in results.enumerated() { copies[first + offset] = result }
    }
  }

  /// A term for every value, in order.
  package func terms(_ values: [Value]) -> [Term] { values.map { Term(self, $0) } }
}

extension Function {
  /// A function with this one's parameters, and results made from its inlined ones.
  package func composed(
    name: String? = nil, adding extra: [Parameter] = [],
    _ body: (_ builder: FunctionBuilder, _ parameters: [Value], _ extra: [Value]) throws(Diagnostics) -> [Result]
  ) throws(Diagnostics) -> Function {
    let builder = FunctionBuilder()
    builder.reserve(instructions.count)
    let own = parameters.map { builder.parameter($0.name, $0.type) }
    let added = extra.map { builder.parameter($0.name, $0.type) }
    let results = try body(builder, own, added)
    return try builder.finish(name: name ?? self.name, results: results)
  }

  /// `base`, or `base_2`, `base_3` … if a parameter has that name.
  package func unusedParameterName(_ base: String) -> String {
    var name = base
    var count = 2
    while parameters.contains(where: { $0.name == name }) {
      name = "\(base)_\(count)"
      count += 1
    }
    return name
  }
}
