import Basics
import KernelIR
import TensorIR
import TensorOps

/// A tensor is the formula of its element at the indices of its axes.
enum IndexedRules: FormulaRules {
  static func parameter(_ parameter: Function.Parameter) -> Formula {
    .variable(parameter.name, axes(parameter.type.shape))
  }

  static func map(_ tensor: Formula, _ change: (Formula) -> Formula) -> Formula { change(tensor) }
  static func elements(_ tensor: Formula) -> FunctionFormula.Elements { .indexed(tensor) }

  /// The indices of the axes of a shape; those of extent 1 are 0.
  private static func axes(_ shape: Shape, from first: Int = 0) -> [Formula] {
    shape.extents.enumerated().map {
      $1 == 1 ? .zero : .index(.free($0 + first, extent: $1))
    }
  }

  /// The formula with these indices for those of its axes.
  private static func at(_ indices: [Formula], _ formula: Formula) -> Formula {
    formula.replacing { index in
      if case .free(let axis, _) = index, indices.indices.contains(axis) { return indices[axis] }
      return nil
    }
  }

  static func apply(_ op: any Op, _ x: [Formula], _ types: [TensorType], _ result: TensorType) throws -> Formula {
    let indices = axes(result.shape)
    switch op.lowering {
    case .scalar(let scalar):
      guard let formula = Formula.scalar(scalar, x, types[types.count - 1].dtype) else {
        throw op.unsupportedInFormulas()
      }
      return formula
    case .cast: return Formula.cast(x[0], from: types[0].dtype, to: result.dtype)
    case .constant(let tensor):
      guard let uniform = tensor.uniform else { throw NeedsElements(op: op) }
      return .constant(uniform)
    case .iota(let axis): return indices[axis]
    case .view(let axes):
      return at(
        axes.map { axis in
          Formula.sum(
            [.number(axis.offset)] + axis.terms.map { Formula.product([.number($0.coefficient), indices[$0.axis]]) })
        }, x[0])
    case .reshape:
      // Axes of extent 1 come and go.
      let kept = result.shape.extents.indices.filter { result.shape[$0] != 1 }
      let old = types[0].shape.extents.indices.filter { types[0].shape[$0] != 1 }
      guard kept.map({ result.shape[$0] }) == old.map({ types[0].shape[$0] }) else { throw NeedsElements(op: op) }
      var sources = [Formula](repeating: .zero, count: types[0].rank)
      for (axis, source) in zip(kept, old) { sources[source] = indices[axis] }
      return at(sources, x[0])
    case .reduce(.add, let axes):
      return total(x[0], types[0].shape, axes)
    case .dot(let axes): return dot(axes, x, types, indices)
    case .take(let axis):
      let picks = types[1].rank
      var pick = at(Array(indices[axis..<axis + picks]), x[1])
      // Picks by parameters are in range, or the formula has no value.
      let last = types[0].shape[axis] - 1
      if let number = pick.number?.integer {
        pick = .number(min(max(number, 0), last))
      } else if let range = pick.indexRange, range.lowerBound < 0 || range.upperBound > last {
        throw NeedsElements(op: op)
      }
      return at(Array(indices[..<axis]) + [pick] + indices[(axis + picks)...], x[0])
    case .dynamicSlice(let extents):
      let starts = x[1...].enumerated().map { axis, start in
        Formula.apply(.max, [.zero, Formula.apply(.min, [start, .number(types[0].shape[axis] - extents[axis])])])
      }
      guard starts.allSatisfy({ $0.number != nil }) else { throw NeedsElements(op: op) }
      return at(zip(starts, indices).map { Formula.sum([$0, $1]) }, x[0])
    case .composed:
      if let formula = Formula.composed(op, x) { return formula }
      throw op.unsupportedInFormulas()
    case .place, .reduce, .scatter, .dynamicUpdate, .cumulate, .foldWindows, .library, .controlFlow:
      throw NeedsElements(op: op)
    }
  }

  /// The sum over axes, the others being counted anew.
  private static func total(_ x: Formula, _ shape: Shape, _ summed: [Int]) -> Formula {
    var formula = x
    var places = shape.extents.indices.map { axis -> Formula in
      .index(.free(axis - summed.filter { $0 < axis }.count, extent: shape[axis]))
    }
    // Bound indices first, so that no two axes are called the same in between.
    var bound: [FormulaIndex] = []
    for axis in summed {
      let index = FormulaIndex.bound(formula.boundCount + bound.count, extent: shape[axis])
      bound.append(index)
      places[axis] = .index(index)
    }
    formula = at(places, formula)
    for index in bound { formula = Formula.total(index, formula) }
    return formula
  }

  private static func dot(_ axes: DotAxes, _ x: [Formula], _ types: [TensorType], _ indices: [Formula]) -> Formula {
    var (left, right) = (
      [Formula](repeating: .zero, count: types[0].rank), [Formula](repeating: .zero, count: types[1].rank)
    )
    var next = 0
    for (a, b) in zip(axes.leftBatch, axes.rightBatch) {
      (left[a], right[b]) = (indices[next], indices[next])
      next += 1
    }
    for axis in left.indices where !axes.leftBatch.contains(axis) && !axes.leftContracting.contains(axis) {
      left[axis] = indices[next]
      next += 1
    }
    for axis in right.indices where !axes.rightBatch.contains(axis) && !axes.rightContracting.contains(axis) {
      right[axis] = indices[next]
      next += 1
    }
    var bound: [FormulaIndex] = []
    let first = max(x[0].boundCount, x[1].boundCount)
    for (a, b) in zip(axes.leftContracting, axes.rightContracting) {
      let index = FormulaIndex.bound(first + bound.count, extent: types[0].shape[a])
      bound.append(index)
      (left[a], right[b]) = (.index(index), .index(index))
    }
    var formula = Formula.product([at(left, x[0]), at(right, x[1])])
    for index in bound { formula = Formula.total(index, formula) }
    return formula
  }
}

extension Formula {
  /// The values it has, if it is a sum of multiples of indices.
  fileprivate var indexRange: ClosedRange<Int>? {
    var (low, high) = (0, 0)
    for monomial in monomials {
      guard let factor = monomial.coefficient.integer else { return nil }
      if monomial.factors.isEmpty {
        low += factor
        high += factor
        continue
      }
      guard monomial.factors.count == 1, monomial.factors[0].exponent.isOne,
        case .symbol(.index(let index)) = monomial.factors[0].base.kind
      else { return nil }
      let end = factor * max(index.extent - 1, 0)
      low += min(end, 0)
      high += max(end, 0)
    }
    return low...high
  }
}
