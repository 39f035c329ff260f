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
  /// By value of the builder: how often the function given uses what became it; 0 for what only rules have made.
  private var uses: [Int32] = []
  private var depth = 0
  private let observe: (String) -> Void
  private let rules = CompiledRules.all
  private static let depthLimit = 16

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
    var copier = FunctionCopier(function, builder)
    copier.declareParameters()
    let useCounts = function.useCounts()
    func finish(_ instruction: Function.Instruction, _ value: Value) {
      copier[Value(Int(instruction.firstResult))] = value
      count(useCounts[Int(instruction.firstResult)], of: value)
    }
    for instruction in function.instructions {
      copier.takeLocation(of: instruction)
      if options.isEmpty || instruction.resultCount != 1 {
        copier.copy(instruction)
        continue
      }
      let handle = copier.handle(instruction)
      if let scalarOp = builder.scalarOp(of: handle) {
        let start = Int(instruction.firstOperand)
        var operands = Operands(copier[function.operandPool[start]])
        if instruction.operandCount > 1 { operands.b = copier[function.operandPool[start + 1]] }
        if instruction.operandCount > 2 { operands.c = copier[function.operandPool[start + 2]] }
        finish(
          instruction, emitElementwise(handle, scalarOp, operands, count: Int(instruction.operandCount)))
      } else {
        let operands = function.operands(of: instruction).map { copier[$0] }
        finish(instruction, emit(function.op(of: instruction), operands))
      }
    }
    builder.location = nil
    return try builder.finish(
      name: function.name, results: function.results.map { .init($0.name, copier[$0.value]) })
  }

  private func count(_ count: Int32, of value: Value) {
    guard value != .poison else { return }
    let index = Int(value.index)
    if uses.count <= index { uses += [Int32](repeating: 0, count: index + 1 - uses.count) }
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
    if let constant = op as? Constant { return constant.tensor.uniform }
    if op is Broadcast, let operand = operands.first { return splats[Int(operand.index)] }
    return nil
  }

  func definition(_ term: Term) -> (op: any Op, operands: [Term])? {
    builder.definition(of: term.value).map { ($0.op, builder.terms(Array($0.operands))) }
  }

  // MARK: Emission

  /// Up to three operands, or up to five bindings of a rule; unused places are poison.
  struct Operands {
    var a: Value
    var b = Value.poison
    var c = Value.poison
    private var d = Value.poison
    private var e = Value.poison

    init(_ a: Value, _ b: Value = .poison, _ c: Value = .poison) {
      self.a = a
      self.b = b
      self.c = c
    }

    subscript(index: Int) -> Value {
      switch index {
      case 0: a
      case 1: b
      case 2: c
      case 3: d
      default: e
      }
    }

    /// Makes a place hold a value, if it holds no other.
    mutating func bind(_ index: Int, _ value: Value) -> Bool {
      if self[index] != .poison { return self[index] == value }
      switch index {
      case 0: a = value
      case 1: b = value
      case 2: c = value
      case 3: d = value
      default: e = value
      }
      return true
    }

    func array(_ count: Int) -> [Value] { (0..<count).map { self[$0] } }
  }

  /// The simplest value found for an op on operands of the builder.
  private func emit(_ op: any Op, _ operands: [Value]) -> Value {
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
    if count == 2, scalarOp.isCommutative, isOutOfOrder(operands.a, operands.b) {
      operands = Operands(operands.b, operands.a)
    }
    if let value = simpler(handle, scalarOp, operands, count) { return value }
    if count < 3 { return builder.emit(handle, operands.a, operands.b) }
    return builder.emit(builder.op(of: handle), operands.array(count))[0]
  }

  private func simpler(_ handle: OpHandle, _ scalarOp: ScalarOp, _ operands: Operands, _ count: Int) -> Value? {
    let splats = (0..<count).reduce(0) { $0 + (splat(operands[$1]) != nil ? 1 : 0) }
    if options.contains(.folding), splats == count,
      let value = foldSplats(builder.op(of: handle), operands.array(count))
    {
      return value
    }
    guard options.contains(.algebra) else { return nil }
    if let value = applyRules(scalarOp, operands, count) { return value }
    // Operands that are all scalars have no broadcast to hoist.
    if builder.type(of: operands[count - 1]).rank == 0 { return nil }
    return hoistBroadcast(builder.op(of: handle), operands.array(count))
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

  private func applyRules(_ root: ScalarOp, _ operands: Operands, _ count: Int) -> Value? {
    guard depth < Self.depthLimit else { return nil }
    let type = builder.type(of: operands[count - 1])
    for rule in rules.rules(of: root) {
      let row = rules.rows[rule]
      guard row.domain.contains(type.dtype) else { continue }
      var bindings = Operands(.poison)
      guard (0..<count).allSatisfy({ match(rules.child($0, of: row.left), operands[$0], &bindings) }) else { continue }
      if row.growth > 0 || row.needsUnshared {
        var saved = workSaved(row.left, operands, count)
        if row.growth > saved { saved += workDone(row.right, bindings, type) }
        if row.growth > saved || row.needsUnshared && saved == 0 { continue }
      }
      observe(row.name)
      depth += 1
      defer { depth -= 1 }
      // A number alone has the type of the result, which of comparisons is bool.
      if case .number(let number) = rules.nodes[row.right] {
        return builder.splat(number, type.with(root.resultDType(type.dtype))).value
      }
      return instantiate(row.right, bindings, type)
    }
    return nil
  }

  /// The work of the inner ops of a match that nothing else uses, which go away with it.
  private func workSaved(_ node: Int, _ operands: Operands, _ count: Int) -> Int {
    (0..<count).reduce(0) { saved, place in
      let (child, value) = (rules.child(place, of: node), operands[place])
      guard case .op(let op, let children) = rules.nodes[child], !isShared(value) else { return saved }
      let inner = Operands(
        builder.operand(0, of: value), children.count > 1 ? builder.operand(1, of: value) : .poison,
        children.count > 2 ? builder.operand(2, of: value) : .poison)
      return saved + op.work + workSaved(child, inner, children.count)
    }
  }

  /// The work of the right side's inner ops that are there already.
  private func workDone(_ node: Int, _ bindings: Operands, _ type: TensorType) -> Int {
    guard case .op(_, let children) = rules.nodes[node] else { return 0 }
    return children.reduce(0) { done, child in
      guard case .op(let op, _) = rules.nodes[child], emitted(child, bindings, type) != nil else { return done }
      return done + op.work
    }
  }

  /// What `instantiate` would give, if that is there already; numbers are made.
  private func emitted(_ node: Int, _ bindings: Operands, _ type: TensorType) -> Value? {
    guard case .op(let scalar, let children) = rules.nodes[node] else { return instantiate(node, bindings, type) }
    var operands: [Value] = []
    for child in children {
      guard let operand = emitted(child, bindings, type) else { return nil }
      operands.append(operand)
    }
    let op: any Op = ElementwiseOp(scalar: scalar) ?? Select()
    if let number = foldSplats(op, operands) { return number }
    if operands.count == 2, scalar.isCommutative, isOutOfOrder(operands[0], operands[1]) { operands.swapAt(0, 1) }
    return builder.emitted(op, operands)
  }

  private func match(_ node: Int, _ value: Value, _ bindings: inout Operands) -> Bool {
    switch rules.nodes[node] {
    case .variable(let index): return bindings.bind(index, value)
    case .constant(let index, let isNegative):
      guard let splat = splat(value), !isNegative || splat.doubleValue < 0 else { return false }
      return bindings.bind(index, value)
    case .number(let number):
      guard let splat = splat(value) else { return false }
      // Zeros of different sign are different numbers.
      return splat.doubleValue == number
        && (number != 0 || !splat.dtype.isFloating || splat.doubleValue.sign == number.sign)
    case .op(let op, let children):
      guard builder.scalarOp(of: value) == op else { return false }
      for (place, child) in children.enumerated() where !match(child, builder.operand(place, of: value), &bindings) {
        return false
      }
      return true
    }
  }

  private func instantiate(_ node: Int, _ bindings: Operands, _ type: TensorType) -> Value {
    switch rules.nodes[node] {
    case .variable(let index), .constant(let index, _): return bindings[index]
    case .number(let number): return builder.splat(number, type).value
    case .op(let op, let children):
      let operands = children.map { instantiate($0, bindings, type) }
      let member: any Op = ElementwiseOp(scalar: op) ?? Select()
      // What rules do with numbers is done at once, or others would undo it.
      return foldSplats(member, operands) ?? emit(member, operands)
    }
  }

  /// The name of the rule that is no row of a table.
  package static let hoistRuleName = "hoist-broadcast"

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
    observe(Self.hoistRuleName)
    let inner = zip(sources, operands).map { source, operand in
      source ?? splat(operand).map { builder.splat($0, shape).value } ?? .poison
    }
    return emit(shared, [emit(op, inner)])
  }

  private func rewriteStructure(_ op: any Op, _ operands: [Value]) -> Value? {
    guard depth < Self.depthLimit, !operands.isEmpty else { return nil }
    let terms = builder.terms(operands)
    for rule in StructuralRules.all {
      if let result = rule.apply(op, terms, self) {
        observe(rule.name)
        return revisit(result)
      }
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
