import Basics
import KernelIR
package import TensorIR
import TensorOps

/// A named rewrite of ops that are not elementwise arithmetic; gives `nil` where it does not apply.
package struct StructuralRule: Sendable {
  package let name: String
  package let apply: @Sendable (_ op: any Op, _ operands: [Term], _ rewriter: Rewriter) -> Term?
}

/// The rewrites of views, reductions and products that `algebra` applies.
package enum StructuralRules {
  package static let all: [StructuralRule] = general + slices

  private static let general: [StructuralRule] = [
    StructuralRule(name: "view-of-splat") { op, operands, rewriter in
      guard operands.count == 1, let splat = rewriter.splat(operands[0].value) else { return nil }
      switch op.lowering {
      case .view, .reshape: break
      default: return nil
      }
      guard !(op is Broadcast && operands[0].shape == .scalar), !(op is StopGradient) else { return nil }
      guard let type = try? op.resultTypes([operands[0].type])[0] else { return nil }
      return rewriter.builder.splat(splat, type.shape)
    },
    StructuralRule(name: "take-of-splat") { op, operands, rewriter in
      guard op is Take, let splat = rewriter.splat(operands[0].value),
        let type = try? op.resultTypes(operands.map(\.type))[0]
      else { return nil }
      return rewriter.builder.splat(splat, type.shape)
    },
    StructuralRule(name: "identity-view") { op, operands, _ in
      guard operands.count == 1, !(op is StopGradient), let type = try? op.resultTypes([operands[0].type])[0],
        type == operands[0].type
      else { return nil }
      switch op.lowering {
      case .reshape: return operands[0]
      case .view(let axes):
        return axes == type.shape.extents.indices.map { ViewAxis(resultAxis: $0) } ? operands[0] : nil
      case .cast: return operands[0]
      default: return nil
      }
    },
    StructuralRule(name: "reshape-of-reshape") { op, operands, rewriter in
      guard let outer = op as? Reshape, let (inner, sources) = rewriter.definition(operands[0]), inner is Reshape
      else { return nil }
      return sources[0].reshaped(to: outer.shape)
    },
    StructuralRule(name: "transpose-of-transpose") { op, operands, rewriter in
      guard let outer = op as? Transpose, let (inner, sources) = rewriter.definition(operands[0]),
        let inner = inner as? Transpose
      else { return nil }
      return sources[0].transposed(outer.permutation.map { inner.permutation[$0] })
    },
    StructuralRule(name: "broadcast-of-broadcast") { op, operands, rewriter in
      guard let outer = op as? Broadcast, let (inner, sources) = rewriter.definition(operands[0]),
        let inner = inner as? Broadcast
      else { return nil }
      return sources[0].broadcast(to: outer.shape, axes: inner.axes.map { outer.axes[$0] })
    },
    StructuralRule(name: "slice-of-slice") { op, operands, rewriter in
      guard let outer = op as? Slice, let (inner, sources) = rewriter.definition(operands[0]),
        let inner = inner as? Slice, let extents = try? outer.resultTypes([operands[0].type])[0].shape.extents,
        !extents.contains(0)
      else { return nil }
      let axes = extents.indices
      let starts = axes.map { inner.starts[$0] + inner.strides[$0] * outer.starts[$0] }
      // A stride that is never taken may be of any size.
      let strides = axes.map { extents[$0] == 1 ? 1 : inner.strides[$0] * outer.strides[$0] }
      return sources[0].sliced(
        starts: starts, limits: axes.map { starts[$0] + strides[$0] * (extents[$0] - 1) + 1 }, strides: strides)
    },
    StructuralRule(name: "transpose-of-dot") { op, operands, rewriter in
      guard let outer = op as? Transpose, let (inner, sources) = rewriter.definition(operands[0]),
        case .dot(let axes) = inner.lowering, axes.leftBatch.isEmpty, !rewriter.isShared(operands[0].value)
      else { return nil }
      let leftCount = sources[0].shape.rank - axes.leftContracting.count
      let rank = operands[0].shape.rank
      guard outer.permutation == Array(leftCount..<rank) + Array(0..<leftCount) else { return nil }
      let swapped = DotAxes(
        leftContracting: axes.rightContracting, rightContracting: axes.leftContracting)
      return sources[1].applying(DotGeneral(swapped), sources[0])
    },
    StructuralRule(name: "dot-without-free-axes") { op, operands, rewriter in
      guard case .dot(let axes) = op.lowering, axes.leftBatch.isEmpty,
        axes.leftContracting.count == operands[0].shape.rank, axes.rightContracting.count == operands[1].shape.rank
      else { return nil }
      // The right operand's axes in the order in which the left one meets them.
      let pairs = zip(axes.leftContracting, axes.rightContracting).sorted { $0.0 < $1.0 }
      let right = operands[1].transposed(pairs.map(\.1))
      return (operands[0] * right).sum(axes: Array(0..<operands[0].shape.rank))
    },
    StructuralRule(name: "reduce-nothing") { op, operands, _ in
      guard case .reduce(_, let axes) = op.lowering else { return nil }
      if axes.isEmpty { return operands[0] }
      guard axes.allSatisfy({ operands[0].shape[$0] == 1 }) else { return nil }
      return operands[0].reshaped(to: operands[0].shape.removing(axes))
    },
    StructuralRule(name: "reduce-of-broadcast") { op, operands, rewriter in
      guard case .reduce(let combiner, let axes) = op.lowering, let (inner, sources) = rewriter.definition(operands[0]),
        let broadcast = inner as? Broadcast
      else { return nil }
      let added = axes.filter { !broadcast.axes.contains($0) }
      let count = added.reduce(1) { $0 * broadcast.shape[$1] }
      guard !added.isEmpty, count > 0 else { return nil }
      let kept = broadcast.shape.extents.indices.filter { !added.contains($0) }
      let rest = axes.filter { !added.contains($0) }.compactMap { kept.firstIndex(of: $0) }
      let partial = sources[0].broadcast(
        to: Shape(kept.map { broadcast.shape[$0] }), axes: broadcast.axes.compactMap { kept.firstIndex(of: $0) })
      let reduced = rest.isEmpty ? partial : partial.applying(Reduce(combiner, axes: rest))
      switch combiner {
      case .max, .min, .and, .or: return reduced
      case .add:
        // As an integer: in i32 the count has to wrap as the sum does.
        return reduced * reduced.builder.splat(Scalar(Int64(count), as: reduced.dtype), reduced.shape)
      case .mul: return nil
      }
    },
  ]
}
