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
  private let options: Options
  /// By value of the builder: the scalar all elements equal, or `nil`; as long as values have been looked at.
  private var splats: [Scalar?] = []
  private var depth = 0
  private static let depthLimit = 16

  private init(_ options: Options) { self.options = options }

  package static func rewrite(_ function: Function, _ options: Options) throws(Diagnostics) -> Function {
    let rewriter = Rewriter(options)
    return try rewriter.run(function)
  }

  private func run(_ function: Function) throws(Diagnostics) -> Function {
    builder.reserve(function.instructions.count)
    var copies = [Value](repeating: .poison, count: function.valueCount)
    for (index, parameter) in function.parameters.enumerated() {
      copies[index] = builder.parameter(parameter.name, parameter.type)
    }
    for instruction in function.instructions {
      builder.location = function.location(of: instruction)
      let op = function.op(of: instruction)
      if options.isEmpty || instruction.resultCount != 1 {
        builder.copy(instruction, of: function, &copies)
      } else {
        let operands = function.operands(of: instruction).map { copies[Int($0.index)] }
        copies[Int(instruction.firstResult)] = emit(op, operands)
      }
    }
    builder.location = nil
    return try builder.finish(
      name: function.name, results: function.results.map { .init($0.name, copies[Int($0.value.index)]) })
  }

  // MARK: What rules ask

  /// The scalar that all elements of a value equal, if that is known.
  func splat(_ value: Value) -> Scalar? {
    guard value != .poison else { return nil }
    let index = Int(value.index)
    while splats.count <= index { splats.append(knownSplat(Value(splats.count))) }
    return splats[index]
  }

  private func knownSplat(_ value: Value) -> Scalar? {
    guard let (op, operands) = builder.definition(of: value) else { return nil }
    if let constant = op as? Constant { return constant.tensor.uniform }
    if op is Broadcast, let operand = operands.first { return splats[Int(operand.index)] }
    return nil
  }

  func definition(_ term: Term) -> (op: any Op, operands: [Term])? {
    builder.definition(of: term.value).map { ($0.op, builder.terms(Array($0.operands))) }
  }

  // MARK: Emission

  /// The simplest value found for an op on operands of the builder.
  private func emit(_ op: any Op, _ operands: [Value]) -> Value {
    if operands.contains(.poison) { return .poison }
    if let scalarOp = scalarOp(op), let value = rewriteElementwise(op, scalarOp, operands) { return value }
    if options.contains(.folding), let value = fold(op, operands) { return value }
    if options.contains(.algebra), !(op is ElementwiseOp), let value = rewriteStructure(op, operands) { return value }
    return builder.emit(op, operands)[0]
  }

  private func scalarOp(_ op: any Op) -> ScalarOp? {
    if let op = op as? ElementwiseOp { return op.scalar }
    return op is Select ? .select : nil
  }

  private func rewriteElementwise(_ op: any Op, _ scalarOp: ScalarOp, _ operands: [Value]) -> Value? {
    var operands = operands
    if scalarOp.isCommutative, operands.count == 2, isOutOfOrder(operands[0], operands[1]) { operands.swapAt(0, 1) }
    if options.contains(.folding), let value = fold(op, operands) { return value }
    if options.contains(.algebra) {
      if let value = applyRules(scalarOp, operands) ?? hoistBroadcast(op, operands) { return value }
    }
    return builder.emit(op, operands)[0]
  }

  /// Numbers go second, everything else in order of definition.
  private func isOutOfOrder(_ a: Value, _ b: Value) -> Bool {
    let (first, second) = (splat(a) != nil, splat(b) != nil)
    return first == second ? b < a : first
  }

  private func fold(_ op: any Op, _ operands: [Value]) -> Value? {
    guard !operands.isEmpty, !(op is Constant), !(op is Broadcast) else { return nil }
    return foldSplats(op, operands) ?? foldTensors(op, operands)
  }

  /// An elementwise op on splats is a splat.
  private func foldSplats(_ op: any Op, _ operands: [Value]) -> Value? {
    switch op.lowering {
    case .scalar, .cast: break
    default: return nil
    }
    var scalars: [ReferenceTensor] = []
    for operand in operands {
      guard let scalar = splat(operand) else { return nil }
      scalars.append(ReferenceTensor(repeating: scalar, shape: .scalar))
    }
    guard let result = try? op.reference(scalars)[0] else { return nil }
    return builder.splat(result.scalar(at: 0), builder.type(of: operands[0]).shape).value
  }

  /// An op on small constant tensors is a constant.
  private func foldTensors(_ op: any Op, _ operands: [Value]) -> Value? {
    var tensors: [ReferenceTensor] = []
    for operand in operands {
      guard let constant = builder.definition(of: operand)?.op as? Constant, constant.tensor.count <= 256 else {
        return nil
      }
      tensors.append(constant.tensor)
    }
    guard !(op is StopGradient), let types = try? op.resultTypes(tensors.map(\.type)), types[0].elementCount <= 256,
      let result = try? op.reference(tensors)[0]
    else { return nil }
    return builder.emit(Constant(result), [])[0]
  }

  private func applyRules(_ root: ScalarOp, _ operands: [Value]) -> Value? {
    guard depth < Self.depthLimit else { return nil }
    let rules = AlgebraRules.byRoot[Int(root.rawValue)]
    if rules.isEmpty { return nil }
    let type = builder.type(of: operands[operands.count - 1])
    for rule in rules where rule.domain.contains(type.dtype) {
      guard case .op(_, let patterns) = rule.left else { continue }
      var bindings: (Value, Value) = (.poison, .poison)
      guard zip(patterns, operands).allSatisfy({ match($0, $1, &bindings) }) else { continue }
      depth += 1
      defer { depth -= 1 }
      return instantiate(rule.right, bindings, type)
    }
    return nil
  }

  private func match(_ pattern: Pattern, _ value: Value, _ bindings: inout (Value, Value)) -> Bool {
    switch pattern {
    case .variable(let index):
      if index == 0 {
        if bindings.0 == .poison { bindings.0 = value }
        return bindings.0 == value
      }
      if bindings.1 == .poison { bindings.1 = value }
      return bindings.1 == value
    case .number(let number): return splat(value)?.doubleValue == number
    case .op(let op, let patterns):
      guard let (found, operands) = builder.definition(of: value), scalarOp(found) == op else { return false }
      return zip(patterns, operands).allSatisfy { match($0, $1, &bindings) }
    }
  }

  private func instantiate(_ pattern: Pattern, _ bindings: (Value, Value), _ type: TensorType) -> Value {
    switch pattern {
    case .variable(let index): return index == 0 ? bindings.0 : bindings.1
    case .number(let number): return builder.splat(number, type).value
    case .op(let op, let patterns):
      let operands = patterns.map { instantiate($0, bindings, type) }
      guard let member = ElementwiseOp(scalar: op) else { return emit(Select(), operands) }
      return emit(member, operands)
    }
  }

  /// `op(broadcast(a), broadcast(b)) = broadcast(op(a, b))` if both repeat along the same axes; splats follow.
  private func hoistBroadcast(_ op: any Op, _ operands: [Value]) -> Value? {
    var shared: Broadcast?
    var sources: [Value?] = []
    for operand in operands {
      if splat(operand) != nil {
        sources.append(nil)
        continue
      }
      guard let (found, inner) = builder.definition(of: operand), let broadcast = found as? Broadcast,
        shared == nil || shared == broadcast, let source = inner.first
      else { return nil }
      shared = broadcast
      sources.append(source)
    }
    guard let shared, let shape = sources.compactMap({ $0 }).first.map({ builder.type(of: $0).shape }),
      shape.elementCount < shared.shape.elementCount
    else { return nil }
    let inner = zip(sources, operands).map { source, operand in
      source ?? splat(operand).map { builder.splat($0, shape).value } ?? .poison
    }
    return emit(shared, [emit(op, inner)])
  }

  private func rewriteStructure(_ op: any Op, _ operands: [Value]) -> Value? {
    guard depth < Self.depthLimit, !operands.isEmpty else { return nil }
    let terms = builder.terms(operands)
    for rule in StructuralRules.all {
      if let result = rule.apply(op, terms, self) { return revisit(result) }
    }
    return nil
  }

  /// What a structural rule made, its outermost op rewritten again.
  private func revisit(_ term: Term) -> Value {
    guard depth < Self.depthLimit, let (op, operands) = builder.definition(of: term.value) else { return term.value }
    depth += 1
    defer { depth -= 1 }
    return emit(op, Array(operands))
  }
}
