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
      guard let (found, inner) = builder.definition(of: operand), let broadcast = found.cast(to: Broadcast.self),
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

  /// The name of the rule for sums of two padded tensors.
  package static let addPadsRuleName = "add-pads"

  /// `pad(a) + pad(b)` with zeros around along one axis, such as the gradient of `x[1…] - x[…n - 1]`: the parts in which
  /// both are, and those of one alone, put side by side. Nothing is padded first and added then.
  func addPads(_ a: Value, _ b: Value) -> Value? {
    guard depth < Self.depthLimit, a != b, let first = zeroPad(a), let second = zeroPad(b),
      first.axis == second.axis
    else { return nil }
    let (axis, shape) = (first.axis, builder.type(of: a).shape)
    // Beside a small part in common there is little to gain.
    guard first.range.clamped(to: second.range).count * 2 > shape[axis] else { return nil }
    let bounds = Set([0, shape[axis]] + [first.range, second.range].flatMap { [$0.lowerBound, $0.upperBound] }).sorted()
    let parts = zip(bounds, bounds.dropFirst()).map { start, end -> Term in
      let part = Shape(shape.extents.indices.map { $0 == axis ? end - start : shape[$0] })
      let zeros = builder.splat(0, builder.type(of: a).with(part))
      let terms = [first, second].map { pad -> Term in
        guard pad.range.contains(start) else { return zeros }
        let offset = pad.range.lowerBound
        return pad.source.sliced(axis: axis, (start - offset)..<(end - offset))
      }
      return terms[0] + terms[1]
    }
    observe(Self.addPadsRuleName)
    return revisit(builder.concat(parts, axis: axis))
  }

  /// What is padded with zeros along one axis alone, and where it then is.
  private func zeroPad(_ value: Value) -> (source: Term, axis: Int, range: Range<Int>)? {
    guard !isShared(value), let (op, operands) = builder.definition(of: value), let pad = op as? Pad,
      let source = operands.first, let fill = operands.last.flatMap({ splat($0) }), fill.isZero,
      !fill.dtype.isFloating || fill.doubleValue.sign == .plus,
      pad.interior.allSatisfy({ $0 == 0 })
    else { return nil }
    let axes = pad.low.indices.filter { pad.low[$0] != 0 || pad.high[$0] != 0 }
    guard axes.count == 1, let axis = axes.first else { return nil }
    let extent = builder.type(of: source).shape[axis]
    return (Term(builder, source), axis, pad.low[axis]..<pad.low[axis] + extent)
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
