package import Basics
import KernelIR
package import TensorIR

/// Runs tensor IR over complex numbers, op by op: real parts are what the reference interpreter computes, imaginary ones
/// what the same formulas give for complex numbers.
///
/// With a tiny imaginary part h v on the inputs, that of a result over h is its derivative along v, to rounding: no
/// difference is taken (Squire and Trapp, "Using complex variables to estimate derivatives of real functions", 1998). It
/// uses no derivative rule, but which ops are linear. Comparisons see real parts. What has no derivative by definition,
/// `stop_gradient` and rounding, has no imaginary part.
package struct ComplexInterpreter {
  /// What is told of every op before it is computed.
  package struct Step {
    package let op: any Op
    package let operands: [ComplexTensor]
    /// By operand: whether it is kept from being differentiated by a `stop_gradient`.
    package let isFixed: [Bool]
    package let location: SourceLocation?
  }

  private let observe: (Step) throws -> Void

  /// - Parameter observe: Called before every op is computed, those of loops and branches included.
  package init(observe: @escaping (Step) throws -> Void = { _ in }) { self.observe = observe }

  /// The results for these inputs, which must have the types of the parameters. Throws a `Diagnostic` of kind
  /// `unsupported` that names the op, if one is not analytic or its complex form is not known.
  package func evaluate(_ function: Function, _ inputs: [ComplexTensor]) throws -> [ComplexTensor] {
    guard inputs.map(\.type) == function.parameterTypes else {
      throw Diagnostic("inputs of '\(function.name)' have other types than its parameters")
    }
    var values: [ComplexTensor?] = inputs.map { $0 }
    values.reserveCapacity(function.valueCount)
    var uses = function.useCounts()
    for instruction in function.instructions {
      let location = function.location(of: instruction)
      let operands = try function.operands(of: instruction).map { try take($0, values) }
      let op = function.op(of: instruction)
      for type in function.results(of: instruction).map({ function.type(of: $0) })
      where type.elementCount > Interpreter.maximumElementCount {
        throw Diagnostic("the interpreter does not compute \(type)", kind: .unsupported, at: location)
      }
      let results: [ComplexTensor]
      do {
        let fixed = function.operands(of: instruction).map { operand in
          function.definition(of: operand).map { function.op(of: $0) is StopGradient } ?? false
        }
        try observe(Step(op: op, operands: operands, isFixed: fixed, location: location))
        results = try apply(op, operands)
      } catch let error as Diagnostic {
        throw error.located(at: location)
      }
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

  private func take(_ value: Value, _ values: [ComplexTensor?]) throws(Diagnostic) -> ComplexTensor {
    guard values.indices.contains(Int(value.index)), let tensor = values[Int(value.index)] else {
      throw Diagnostic("the interpreter needs value \(value.index), which is not there", kind: .bug)
    }
    return tensor
  }

  private func apply(_ op: any Op, _ operands: [ComplexTensor]) throws -> [ComplexTensor] {
    if case .controlFlow(let flow) = op.lowering { return try run(flow, operands) }
    let real = operands.map(\.real)
    let moving = operands.indices.filter { operands[$0].imaginary != nil }
    if case .composed(let formula) = op.lowering, !moving.isEmpty { return try composed(formula, operands) }
    let results = try op.reference(real)
    if moving.isEmpty || !results.contains(where: { $0.dtype.isFloating }) { return results.map { ComplexTensor($0) } }
    let imaginary = operands.map(\.imaginaryPart)
    switch op.derivative {
    case .zero: return results.map { ComplexTensor($0) }
    case .signedSum: return Self.joined(results, try op.reference(imaginary))
    case .linear(let linear, _):
      if moving.allSatisfy({ linear.contains($0) }) {
        let parts = operands.indices.map { linear.contains($0) ? imaginary[$0] : real[$0] }
        return Self.joined(results, try op.reference(parts))
      }
    case .bilinear:
      let parts = [[imaginary[0], real[1]], [real[0], imaginary[1]]].map { try? op.reference($0) }
      if let left = parts[0], let right = parts[1] {
        return zip(results, zip(left, right)).map { result, parts in
          let sums = zip(parts.0.doubles, parts.1.doubles).map { $0 + $1 }
          return ComplexTensor(result, imaginary: ReferenceTensor(floating: sums, type: result.type))
        }
      }
    case .elementwise, .custom, .controlFlow: break
    }
    if let found = try byLowering(op, operands, results[0]) { return [found] }
    throw Diagnostic("'\(op.name)' is not analytic, or not known for complex numbers", kind: .unsupported)
  }

  private static func joined(_ results: [ReferenceTensor], _ imaginary: [ReferenceTensor]) -> [ComplexTensor] {
    zip(results, imaginary).map { ComplexTensor($0, imaginary: $0.dtype.isFloating ? $1 : nil) }
  }

  private func composed(
    _ formula: @Sendable ([Term]) -> Term, _ operands: [ComplexTensor]
  ) throws -> [ComplexTensor] {
    let builder = FunctionBuilder()
    let terms = operands.enumerated().map { Term(builder, builder.parameter("x\($0)", $1.type)) }
    let function = try builder.finish(name: "formula", results: [.init("y", formula(terms).value)])
    return try evaluate(function, operands)
  }

  // MARK: Ops that are not linear, by what they are lowered to

  private func byLowering(
    _ op: any Op, _ operands: [ComplexTensor], _ result: ReferenceTensor
  ) throws -> ComplexTensor? {
    switch op.lowering {
    case .scalar(let scalar):
      let numbers = operands.map(\.numbers)
      var found: [Complex] = []
      found.reserveCapacity(result.count)
      for place in 0..<result.count {
        guard let number = scalar.evaluate(complex: numbers.map { $0[place] }) else { return nil }
        found.append(number)
      }
      return ComplexTensor(result, numbers: found)
    case .reduce(let combiner, let axes): return reduced(combiner.scalarOp, axes, operands[0], result)
    case .cumulate(let recurrence): return cumulated(recurrence, operands.map(\.numbers), result)
    default: return nil
    }
  }

  private func reduced(_ op: ScalarOp, _ axes: [Int], _ x: ComplexTensor, _ result: ReferenceTensor) -> ComplexTensor? {
    let kept = x.real.shape.extents.indices.filter { !axes.contains($0) }
    let strides = result.shape.strides
    var folded = [Complex?](repeating: nil, count: result.count)
    for (position, number) in x.numbers.enumerated() {
      let index = x.real.shape.index(at: position)
      let target = zip(kept, strides).reduce(0) { $0 + index[$1.0] * $1.1 }
      guard let before = folded[target] else {
        folded[target] = number
        continue
      }
      guard let next = op.evaluate(complex: [before, number]) else { return nil }
      folded[target] = next
    }
    return ComplexTensor(result, numbers: folded.map { $0 ?? Complex(0) })
  }

  private func cumulated(
    _ recurrence: Recurrence, _ operands: [[Complex]], _ result: ReferenceTensor
  ) -> ComplexTensor? {
    let (extent, stride) = (result.shape[recurrence.axis], result.shape.strides[recurrence.axis])
    var found = [Complex](repeating: Complex(0), count: result.count)
    for start in 0..<result.count where start / stride % max(extent, 1) == 0 {
      var last: (position: Int, value: Complex?)?
      for step in 0..<extent {
        let position = start + (recurrence.isReversed ? extent - 1 - step : step) * stride
        let x = operands[0][position]
        let value: Complex?
        switch recurrence.kind {
        case .combine(let combiner):
          value = last.map { $0.value.flatMap { combiner.scalarOp.evaluate(complex: [$0, x]) } } ?? x
        case .combineBefore(let combiner):
          // The first is a constant, the second the first element.
          value =
            last.map { last in
              last.value.flatMap { combiner.scalarOp.evaluate(complex: [$0, operands[0][last.position]]) }
            } ?? Complex(combiner.identity(.f64).doubleValue)
        case .linear, .laggedLinear:
          let b = operands[1][position]
          value =
            last.map { last in
              let factor = recurrence.kind == .linear ? x : operands[0][last.position]
              return last.value.map { factor * $0 + b }
            } ?? b
        }
        guard let value else { return nil }
        found[position] = value
        last = (position, value)
      }
    }
    return ComplexTensor(result, numbers: found)
  }
}
