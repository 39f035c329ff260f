import Basics
import KernelIR
import TensorIR
import TensorOps

// Matching and applying the rows of `AlgebraRules`.
extension Rewriter {
  func applyRules(_ root: ScalarOp, _ operands: Operands, _ kinds: CompiledRules.Kinds, _ count: Int) -> Value? {
    guard depth < Self.depthLimit else { return nil }
    for rule in rules.rules(of: root) where rules.needs[rule].allow(kinds) {
      let type = builder.type(of: operands[count - 1])
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
  func workSaved(_ node: Int, _ operands: Operands, _ count: Int) -> Int {
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
  func workDone(_ node: Int, _ bindings: Operands, _ type: TensorType) -> Int {
    guard case .op(_, let children) = rules.nodes[node] else { return 0 }
    return children.reduce(0) { done, child in
      guard case .op(let op, _) = rules.nodes[child], emitted(child, bindings, type) != nil else { return done }
      return done + op.work
    }
  }

  /// What `instantiate` would give, if that is there already; numbers are made.
  func emitted(_ node: Int, _ bindings: Operands, _ type: TensorType) -> Value? {
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

  func match(_ node: Int, _ value: Value, _ bindings: inout Operands) -> Bool {
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

  func instantiate(_ node: Int, _ bindings: Operands, _ type: TensorType) -> Value {
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
}
