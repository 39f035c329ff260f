import Basics
import TensorIR
import TensorOps

// Rewrites of more than single elements: broadcasts moved outwards, and `StructuralRules`.
extension Rewriter {
  /// The name of the rule that is no row of a table.
  package static let hoistRuleName = "hoist-broadcast"

  /// `op(broadcast(a), broadcast(b)) = broadcast(op(a, b))` if both repeat along the same axes; splats follow.
  func hoistBroadcast(_ op: any Op, _ operands: [Value]) -> Value? {
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

  func rewriteStructure(_ op: any Op, _ operands: [Value]) -> Value? {
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
  func revisit(_ term: Term) -> Value {
    guard depth < Self.depthLimit, let (op, operands) = builder.definition(of: term.value),
      builder.isOnlyResult(term.value)
    else { return term.value }
    depth += 1
    defer { depth -= 1 }
    return emit(op, Array(operands))
  }
}
