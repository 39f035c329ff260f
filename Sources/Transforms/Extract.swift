package import Basics
package import TensorIR

extension FunctionBuilder {
  /// The part of this builder's graph that leads from `inputs` to `results`, as a function of its own.
  ///
  /// Its parameters are the inputs followed by the captures: values that the part uses and that do not depend on any
  /// input. `inline(function, inputs + captures)` gives the results again. Numbers are no captures: the part has its own.
  ///
  /// - Parameter start: Instructions from this one on belong to the part whatever they depend on.
  package func extract(
    _ results: [Value], from inputs: [Value], since start: Int = .max
  ) throws(Diagnostics) -> (function: Function, captures: [Value]) {
    if results.contains(.poison) || inputs.contains(.poison) { throw Diagnostics(diagnostics) }
    let dependent = valuesDependent(on: inputs)
    let isInput = Set(inputs)
    // What the results need, looking back no further than inputs and values that do not depend on them.
    var needed = [Bool](repeating: false, count: valueCount)
    var pending = results
    var body: Set<Int32> = []
    var captures: [Value] = []
    while let value = pending.popLast() {
      guard !needed[Int(value.index)] else { continue }
      needed[Int(value.index)] = true
      if isInput.contains(value) { continue }
      if let number = definitionNumber(of: value), dependent[Int(value.index)] || number >= start || isNumber(value) {
        if body.insert(number).inserted { pending.append(contentsOf: operands(ofInstruction: number)) }
      } else {
        captures.append(value)
      }
    }
    captures.sort()

    let part = FunctionBuilder()
    part.reserve(body.count)
    var copies: [Value: Value] = [:]
    for (index, input) in inputs.enumerated() {
      let copy = part.parameter("input\(index)", type(of: input))
      copies[input] = copy
    }
    for (index, capture) in captures.enumerated() {
      copies[capture] = part.parameter("capture\(index)", type(of: capture))
    }
    for number in body.sorted() {
      let (op, operands, values, place) = instruction(number)
      part.location = place
      // An input may be computed from another input; inside the part it is a parameter all the same.
      let emitted = part.emit(op, operands.map { copies[$0] ?? .poison })
      for (value, copy) in zip(values, emitted) where copies[value] == nil { copies[value] = copy }
    }
    let function = try part.finish(
      name: "part",
      results: results.enumerated().map { .init("result\($0.offset)", copies[$0.element] ?? .poison) })
    return (function, captures)
  }

  /// Whether a value is a constant or a view of one.
  private func isNumber(_ value: Value) -> Bool {
    var source = value
    while let (op, operands) = definition(of: source) {
      switch op.lowering {
      case .constant, .iota: return true
      case .view, .reshape:
        guard let operand = operands.first else { return false }
        source = operand
      default: return false
      }
    }
    return false
  }
}
