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
    let outer = locationNumber
    defer { locationNumber = outer }
    var copier = FunctionCopier(function, self)
    for (index, operand) in operands.enumerated() { copier.values[index] = operand }
    for instruction in function.instructions {
      copier.takeLocation(of: instruction, otherwise: outer)
      copier.copy(instruction)
    }
    return function.results.map { copier[$0.value] }
  }

  /// A term for every value, in order.
  package func terms(_ values: [Value]) -> [Term] { values.map { Term(self, $0) } }
}

/// Copies instructions of a function into a builder, one at a time, keeping track of what became of each value.
package struct FunctionCopier {
  package let function: Function
  package let builder: FunctionBuilder
  /// By value of the function: its copy, poison as long as there is none.
  package var values: [Value]
  private var handles: [OpHandle?]
  /// By location of the function: its number in the builder, -2 if not known yet.
  private var locationNumbers: [Int32]

  package init(_ function: Function, _ builder: FunctionBuilder) {
    self.function = function
    self.builder = builder
    values = [Value](repeating: .poison, count: function.valueCount)
    handles = [OpHandle?](repeating: nil, count: function.ops.count)
    locationNumbers = [Int32](repeating: -2, count: function.locations.count)
  }

  package subscript(value: Value) -> Value {
    get { values[Int(value.index)] }
    set { values[Int(value.index)] = newValue }
  }

  package func term(_ value: Value) -> Term { Term(builder, values[Int(value.index)]) }

  /// Declares the function's parameters in the builder.
  package mutating func declareParameters() {
    for (index, parameter) in function.parameters.enumerated() {
      values[index] = builder.parameter(parameter.name, parameter.type)
    }
  }

  /// The builder's handle for an instruction's op.
  package mutating func handle(_ instruction: Function.Instruction) -> OpHandle {
    if let handle = handles[Int(instruction.op)] { return handle }
    let handle = builder.handle(for: function.op(of: instruction))
    handles[Int(instruction.op)] = handle
    return handle
  }

  /// Makes an instruction's place the one that the builder gives to instructions from now on.
  package mutating func takeLocation(of instruction: Function.Instruction) {
    takeLocation(of: instruction, otherwise: -1)
  }

  mutating func takeLocation(of instruction: Function.Instruction, otherwise number: Int32) {
    guard instruction.location >= 0 else {
      builder.locationNumber = number
      return
    }
    let index = Int(instruction.location)
    if locationNumbers[index] == -2 { locationNumbers[index] = builder.number(of: function.locations[index]) }
    builder.locationNumber = locationNumbers[index]
  }

  /// Emits an instruction on the copies of its operands.
  package mutating func copy(_ instruction: Function.Instruction) {
    let start = Int(instruction.firstOperand)
    let first = Int(instruction.firstResult)
    if instruction.resultCount == 1, instruction.operandCount == 1 || instruction.operandCount == 2 {
      let a = values[Int(function.operandPool[start].index)]
      let b = instruction.operandCount == 2 ? values[Int(function.operandPool[start + 1].index)] : .poison
      values[first] =
        instruction.operandCount == 2 && b == .poison ? .poison : builder.emit(handle(instruction), a, b)
    } else {
      let operands = function.operands(of: instruction).map { values[Int($0.index)] }
      for (offset, result) in builder.emit(function.op(of: instruction), operands).enumerated() {
        values[first + offset] = result
      }
    }
  }
}

extension Function {
  /// A function with this one's parameters, and results made from its inlined ones; room is made for about
  /// `instructionCount` instructions.
  package func composed(
    name: String? = nil, adding extra: [Parameter] = [], expecting instructionCount: Int? = nil,
    _ body: (_ builder: FunctionBuilder, _ parameters: [Value], _ extra: [Value]) throws(Diagnostics) -> [Result]
  ) throws(Diagnostics) -> Function {
    let builder = FunctionBuilder()
    builder.reserve(instructionCount ?? instructions.count)
    let own = parameters.map { builder.parameter($0.name, $0.type) }
    let added = extra.map { builder.parameter($0.name, $0.type) }
    let results = try body(builder, own, added)
    return try builder.finish(name: name ?? self.name, results: results)
  }

  /// For every base the name itself, or `base_2`, `base_3` … if a parameter or a name before it is called that.
  package func unusedParameterNames(_ bases: [String]) -> [String] {
    var taken = Set(parameters.map(\.name))
    var counts: [String: Int] = [:]
    return bases.map { base in
      var name = base
      while !taken.insert(name).inserted {
        let count = counts[base, default: 1] + 1
        counts[base] = count
        name = "\(base)_\(count)"
      }
      return name
    }
  }
}
