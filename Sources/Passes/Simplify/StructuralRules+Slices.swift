import Basics
import TensorIR
import TensorOps

extension StructuralRules {
  /// Slices of what is put together from several tensors: those of one of them alone.
  static let slices: [StructuralRule] = [
    StructuralRule(name: "slice-of-concat") { op, operands, rewriter in
      guard let outer = op as? Slice, let (inner, sources) = rewriter.definition(operands[0]),
        let concat = inner as? Concat, outer.starts[concat.axis] < outer.limits[concat.axis]
      else { return nil }
      let axis = concat.axis
      var offset = 0
      for (source, extent) in zip(sources, concat.extents) {
        defer { offset += extent }
        guard offset <= outer.starts[axis], outer.limits[axis] <= offset + extent else { continue }
        var (starts, limits) = (outer.starts, outer.limits)
        starts[axis] -= offset
        limits[axis] -= offset
        return source.sliced(starts: starts, limits: limits, strides: outer.strides)
      }
      return nil
    },
    StructuralRule(name: "slice-of-pad") { op, operands, rewriter in
      guard let outer = op as? Slice, let (inner, sources) = rewriter.definition(operands[0]), let pad = inner as? Pad,
        let shape = try? outer.resultTypes([operands[0].type])[0].shape, !shape.isEmpty
      else { return nil }
      let source = sources[0].shape
      var isInside = true
      for axis in pad.low.indices {
        let (start, last) = (outer.starts[axis], outer.starts[axis] + (shape[axis] - 1) * outer.strides[axis])
        let end = operands[0].shape[axis] - pad.high[axis]
        // Beside the operand along one axis is fill along all.
        if last < pad.low[axis] || start >= end { return sources[1].broadcast(to: shape) }
        if start < pad.low[axis] || last >= end || pad.interior[axis] != 0 || source[axis] == 0 { isInside = false }
      }
      guard isInside else { return nil }
      let axes = pad.low.indices
      return sources[0].sliced(
        starts: axes.map { outer.starts[$0] - pad.low[$0] },
        limits: axes.map { outer.starts[$0] - pad.low[$0] + (shape[$0] - 1) * outer.strides[$0] + 1 },
        strides: outer.strides)
    },
  ]
}
