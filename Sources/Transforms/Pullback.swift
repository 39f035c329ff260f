import Basics
import TensorIR
import TensorOps

/// Carries cotangents backwards over linear instructions.
struct Pullback {
  private let function: Function
  private let builder: FunctionBuilder
  private let copies: [Value]
  private let isLinear: [Bool]
  /// By op number.
  private let rules: [DerivativeRule]
  private let lowerings: [LoweringRule]
  private let addition: OpHandle
  /// By value of the function; poison stands for a symbolic zero.
  private var cotangents: [Value]
  /// Parts of cotangents that have not been added to `cotangents` yet.
  private var windows = CotangentWindows()
  /// By value of the function: whether `windows` has any.
  private var hasWindows: [Bool]

  init(_ function: Function, _ builder: FunctionBuilder, _ copies: [Value], _ isLinear: [Bool]) {
    self.function = function
    self.builder = builder
    self.copies = copies
    self.isLinear = isLinear
    rules = function.ops.map(\.derivative)
    lowerings = function.ops.map(\.lowering)
    hasWindows = [Bool](repeating: false, count: function.valueCount)
    cotangents = [Value](repeating: .poison, count: function.valueCount)
    addition = builder.handle(for: ElementwiseOp.add)
  }

  /// Adds to the cotangent of a value.
  mutating func add(_ cotangent: Value, to value: Value) {
    let index = Int(value.index)
    cotangents[index] =
      cotangents[index] == .poison
      ? cotangent : CotangentMask.sum(cotangents[index], cotangent, addition, builder)
  }

  /// The sum of all that was added; poison if that is nothing.
  mutating func cotangent(of value: Value) -> Value {
    if hasWindows[Int(value.index)] {
      hasWindows[Int(value.index)] = false
      for part in windows.takeParts(of: value, function.type(of: value), builder) { add(part.value, to: value) }
    }
    return cotangents[Int(value.index)]
  }

  /// Adds what an instruction passes on to the cotangents of its operands.
  mutating func pull(_ instruction: Function.Instruction) throws(Diagnostics) {
    let first = Int(instruction.firstResult)
    let count = Int(instruction.resultCount)
    for result in first..<first + count { cotangents[result] = cotangent(of: Value(result)) }
    guard (first..<first + count).contains(where: { cotangents[$0] != .poison }) else { return }
    let operands = function.operands(of: instruction)
    let mask = takeMask(instruction)
    func pass(_ cotangent: Value, to operand: Value) {
      add(mask?.applied(to: cotangent, builder) ?? cotangent, to: operand)
    }
    func fixed(_ value: Value) -> Term? {
      isLinear[Int(value.index)] ? nil : Term(builder, copies[Int(value.index)])
    }
    func arguments() -> TransposeArguments {
      TransposeArguments(
        builder: builder,
        cotangents: (first..<first + count).map { cotangents[$0] == .poison ? nil : Term(builder, cotangents[$0]) },
        operands: operands.map(fixed), operandTypes: operands.map { function.type(of: $0) })
    }

    switch rules[Int(instruction.op)] {
    case .zero: return

    case .signedSum(let signs):
      for (sign, operand) in zip(signs, operands) where isLinear[Int(operand.index)] {
        let cotangent = cotangents[first]
        pass(sign == .plus ? cotangent : builder.emit(ElementwiseOp.neg, cotangent), to: operand)
      }

    case .linear(let linear, let transpose):
      let source = operands[operands.startIndex]
      if case .view(let axes) = lowerings[Int(instruction.op)],
        windows.add(
          cotangents[first], seenThrough: axes, type: function.type(of: Value(first)), to: source,
          sourceType: function.type(of: source))
      {
        hasWindows[Int(source.index)] = true
        return
      }
      let pulled = transpose(arguments())
      for (index, operand) in operands.enumerated() where isLinear[Int(operand.index)] {
        guard linear.contains(index) else { return notLinear(instruction, index) }
        if let cotangent = pulled[index] { pass(cotangent.value, to: operand) }
      }

    case .bilinear(let left, let right):
      let (a, b) = (operands[operands.startIndex], operands[operands.startIndex + 1])
      let cotangent = Term(builder, cotangents[first])
      if let other = fixed(b) {
        pass(left(cotangent, other, function.type(of: a)).value, to: a)
      } else if let other = fixed(a) {
        pass(right(cotangent, other, function.type(of: b)).value, to: b)
      } else {
        notLinear(instruction, 0)
      }

    case .custom(_, let transpose?):
      let pulled = transpose(arguments())
      for (index, operand) in operands.enumerated() where isLinear[Int(operand.index)] {
        if let cotangent = pulled[index] { pass(cotangent.value, to: operand) }
      }

    case .controlFlow(let flow):
      let given = arguments()
      let pulled = try ControlFlowPullback(
        builder: builder, operands: given.operands, operandTypes: given.operandTypes, cotangents: given.cotangents
      ).pull(flow)
      for (index, operand) in operands.enumerated() where isLinear[Int(operand.index)] {
        if let cotangent = pulled[index] { pass(cotangent.value, to: operand) }
      }

    case .elementwise, .custom(_, nil):
      notLinear(instruction, 0)
    }
  }

  /// Takes the mask off the cotangent of an instruction that goes element by element, to be put on what it passes on.
  private mutating func takeMask(_ instruction: Function.Instruction) -> CotangentMask? {
    switch lowerings[Int(instruction.op)] {
    case .scalar, .cast: break
    default: return nil
    }
    let result = Int(instruction.firstResult)
    guard let (mask, kept) = CotangentMask.split(cotangents[result], builder) else { return nil }
    cotangents[result] = kept
    return mask
  }

  private func notLinear(_ instruction: Function.Instruction, _ operand: Int) {
    let name = function.op(of: instruction).name
    builder.record(
      Diagnostic("'\(name)' stands in a linear function but is not linear in operand \(operand)", kind: .bug))
  }
}
