package import Basics
import KernelIR
package import TensorIR
import TensorOps

/// Rebuilds a function instruction by instruction, giving every op the chance to become something simpler.
///
/// Rebuilding through an interning builder is common subexpression elimination. What a rule makes is rewritten in
/// turn, to a fixed depth, so that one walk does all that the operands allow.
package final class Rewriter {
  package struct Options: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    package static let folding = Options(rawValue: 1)
    package static let algebra = Options(rawValue: 2)
  }

  let builder = FunctionBuilder()
  let options: Options
  /// By value of the builder: the scalar all elements equal, or `nil`; as long as values have been looked at.
  @exclusivity(unchecked) private var splats: [Scalar?] = []
  /// By value of the builder: how often the function given uses what became it; 0 for what only rules have made.
  @exclusivity(unchecked) private var uses: [Int32] = []
  /// How deep in what rules have made.
  @exclusivity(unchecked) var depth = 0
  let observe: (String) -> Void
  let rules = CompiledRules.all
  static let depthLimit = 16

  private init(_ options: Options, _ observe: @escaping (String) -> Void) {
    self.options = options
    self.observe = observe
  }

  /// The function rewritten; `observe` hears the name of every rule applied.
  package static func rewrite(
    _ function: Function, _ options: Options, observe: @escaping (String) -> Void = { _ in }
  ) throws(Diagnostics) -> Function {
    let rewriter = Rewriter(options, observe)
    return try rewriter.run(function)
  }

  private func run(_ function: Function) throws(Diagnostics) -> Function {
    builder.reserve(function.instructions.count)
    splats.reserveCapacity(function.valueCount)
    uses.reserveCapacity(function.valueCount)
    var copier = FunctionCopier(function, builder)
    copier.declareParameters()
    let useCounts = function.useCounts()
    for instruction in function.instructions {
      copier.takeLocation(of: instruction)
      if options.isEmpty || instruction.resultCount != 1 {
        copier.copy(instruction)
        continue
      }
      let handle = copier.handle(instruction)
      let value: Value
      if let scalarOp = builder.scalarOp(of: handle) {
        let start = Int(instruction.firstOperand)
        var operands = Operands(copier[function.operandPool[start]])
        if instruction.operandCount > 1 { operands.b = copier[function.operandPool[start + 1]] }
        if instruction.operandCount > 2 { operands.c = copier[function.operandPool[start + 2]] }
        value = emitElementwise(handle, scalarOp, operands, count: Int(instruction.operandCount))
      } else {
        let operands = function.operands(of: instruction).map { copier[$0] }
        value = emit(function.op(of: instruction), operands)
      }
      copier[Value(Int(instruction.firstResult))] = value
      count(useCounts[Int(instruction.firstResult)], of: value)
    }
    builder.location = nil
    return try builder.finish(
      name: function.name, results: function.results.map { .init($0.name, copier[$0.value]) })
  }

  private func count(_ count: Int32, of value: Value) {
    guard value != .poison else { return }
    let index = Int(value.index)
    while uses.count <= index { uses.append(0) }
    uses[index] += count
  }

  /// Whether the function given uses a value more than once, so that it stays whatever one of its users becomes.
  func isShared(_ value: Value) -> Bool { value.index < uses.count && uses[Int(value.index)] > 1 }

  // MARK: What rules ask

  /// The scalar that all elements of a value equal, if that is known.
  func splat(_ value: Value) -> Scalar? {
    guard value != .poison else { return nil }
    let index = Int(value.index)
    while splats.count <= index { splats.append(knownSplat(Value(splats.count))) }
    return splats[index]
  }

  private func knownSplat(_ value: Value) -> Scalar? {
    // Most values are elementwise, which a number never is once folding has run.
    if builder.scalarOp(of: value) != nil { return nil }
    guard let (op, operands) = builder.definition(of: value) else { return nil }
    if case .constant(let tensor) = op.lowering { return tensor.uniform }
    if op is Broadcast, let operand = operands.first { return splats[Int(operand.index)] }
    return nil
  }

  func definition(_ term: Term) -> (op: any Op, operands: [Term])? {
    builder.definition(of: term.value).map { ($0.op, builder.terms(Array($0.operands))) }
  }

  // MARK: Emission

  /// The simplest value found for an op on operands of the builder.
  func emit(_ op: any Op, _ operands: [Value]) -> Value {
    if operands.contains(.poison) { return .poison }
    if case .scalar(let scalarOp) = op.lowering {
      let places = Operands(
        operands[0], operands.count > 1 ? operands[1] : .poison, operands.count > 2 ? operands[2] : .poison)
      return emitElementwise(builder.handle(for: op), scalarOp, places, count: operands.count)
    }
    if options.contains(.folding), let value = fold(op, operands) { return value }
    if options.contains(.algebra), let value = rewriteStructure(op, operands) { return value }
    return builder.emit(op, operands)[0]
  }

  private func emitElementwise(
    _ handle: OpHandle, _ scalarOp: ScalarOp, _ given: Operands, count: Int
  ) -> Value {
    if given.a == .poison || (count > 1 && given.b == .poison) || (count > 2 && given.c == .poison) { return .poison }
    var operands = given
    var kinds = CompiledRules.Kinds()
    for place in 0..<count {
      if splat(operands[place]) != nil {
        kinds.setNumber(place)
      } else {
        kinds.set(builder.scalarOp(of: operands[place]), place)
      }
    }
    if count == 2, scalarOp.isCommutative,
      isOutOfOrder(operands.a, kinds.isNumber(0), operands.b, kinds.isNumber(1))
    {
      operands = Operands(operands.b, operands.a)
      kinds.swapFirst()
    }
    if let value = simpler(handle, scalarOp, operands, kinds, count) { return value }
    if count < 3 { return builder.emit(handle, operands.a, operands.b) }
    return builder.emit(builder.op(of: handle), operands.array(count))[0]
  }

  private func simpler(
    _ handle: OpHandle, _ scalarOp: ScalarOp, _ operands: Operands, _ kinds: CompiledRules.Kinds, _ count: Int
  ) -> Value? {
    if options.contains(.folding), (0..<count).allSatisfy({ kinds.isNumber($0) }),
      let value = foldSplats(builder.op(of: handle), operands.array(count))
    {
      return value
    }
    guard options.contains(.algebra) else { return nil }
    if let value = applyRules(scalarOp, operands, kinds, count) { return value }
    // Operands that are all scalars have no broadcast to hoist.
    if builder.type(of: operands[count - 1]).rank == 0 { return nil }
    if scalarOp == .add, let value = addPads(operands.a, operands.b) { return value }
    return hoistBroadcast(builder.op(of: handle), operands.array(count))
  }

  /// Numbers go second, everything else in order of definition.
  func isOutOfOrder(_ a: Value, _ b: Value) -> Bool {
    isOutOfOrder(a, splat(a) != nil, b, splat(b) != nil)
  }

  private func isOutOfOrder(_ a: Value, _ isFirstNumber: Bool, _ b: Value, _ isSecondNumber: Bool) -> Bool {
    isFirstNumber == isSecondNumber ? b < a : isFirstNumber
  }
}
