import Basics
import KernelIR
import TensorIR
import TensorOps

/// A tensor is a formula for every element, in row-major order.
enum ListedRules: FormulaRules {
  /// A tensor with more has too many formulas.
  static let maximumElementCount = 256

  static func parameter(_ parameter: Function.Parameter) -> [Formula] {
    let shape = parameter.type.shape
    return (0..<shape.elementCount).map { .variable(parameter.name, shape.index(at: $0).map { .number($0) }) }
  }

  static func map(_ tensor: [Formula], _ change: (Formula) -> Formula) -> [Formula] { tensor.map(change) }
  static func elements(_ tensor: [Formula]) -> FunctionFormula.Elements { .listed(tensor) }

  static func apply(_ op: any Op, _ x: [[Formula]], _ types: [TensorType], _ result: TensorType) throws -> [Formula] {
    let places = 0..<result.elementCount
    func position(_ index: [Int], _ operand: Int = 0) -> Int {
      zip(index, types[operand].shape.strides).reduce(0) { $0 + $1.0 * $1.1 }
    }
    switch op.lowering {
    case .scalar(let scalar):
      return try places.map { place in
        guard let formula = Formula.scalar(scalar, x.map { $0[place] }, types[types.count - 1].dtype) else {
          throw op.unsupportedInFormulas()
        }
        return formula
      }
    case .cast: return x[0].map { Formula.cast($0, from: types[0].dtype, to: result.dtype) }
    case .constant(let tensor): return tensor.scalars.map { .constant($0) }
    case .iota(let axis): return places.map { .number(result.shape.index(at: $0)[axis]) }
    case .view(let axes):
      return places.map { place in
        let index = result.shape.index(at: place)
        return x[0][position(axes.map { $0.index(at: index) })]
      }
    case .reshape: return x[0]
    case .place(let placements, let fill):
      var elements: [Formula]
      switch fill {
      case .scalar(let scalar)?: elements = places.map { _ in .constant(scalar) }
      case .operand(let operand)?: elements = places.map { _ in x[operand][0] }
      case nil: elements = places.map { _ in .zero }
      }
      let strides = result.shape.strides
      for placement in placements {
        let shape = types[placement.operand].shape
        for (number, element) in x[placement.operand].enumerated() {
          let index = shape.index(at: number)
          let target = index.indices.reduce(0) {
            $0 + (placement.offsets[$1] + placement.strides[$1] * index[$1]) * strides[$1]
          }
          if elements.indices.contains(target) { elements[target] = element }
        }
      }
      return elements
    case .reduce(let combiner, let axes): return try reduce(op, combiner, axes, x[0], types[0].shape, result.shape)
    case .dot(let axes): return dot(axes, x, types, result)
    case .take(let axis):
      return try places.map { place in
        let index = result.shape.index(at: place)
        let rank = types[1].rank
        let pick = try known(x[1][position(Array(index[axis..<axis + rank]), 1)], op)
        let row = min(max(pick, 0), types[0].shape[axis] - 1)
        return x[0][position(index[..<axis] + [row] + index[(axis + rank)...])]
      }
    case .composed:
      return try places.map { place in
        guard let formula = Formula.composed(op, x.map { $0[place] }) else { throw op.unsupportedInFormulas() }
        return formula
      }
    case .scatter, .dynamicSlice, .dynamicUpdate, .cumulate, .foldWindows, .library, .controlFlow:
      throw op.unsupportedInFormulas()
    }
  }

  private static func known(_ formula: Formula, _ op: any Op) throws -> Int {
    guard let integer = formula.number?.integer else {
      throw op.unsupportedInFormulas(": its indices depend on parameters")
    }
    return integer
  }

  private static func reduce(
    _ op: any Op, _ combiner: Combiner, _ axes: [Int], _ x: [Formula], _ shape: Shape, _ result: Shape
  ) throws -> [Formula] {
    var groups = [[Formula]](repeating: [], count: result.elementCount)
    let (kept, strides) = (shape.extents.indices.filter { !axes.contains($0) }, result.strides)
    for (number, element) in x.enumerated() {
      let index = shape.index(at: number)
      groups[zip(kept, strides).reduce(0) { $0 + index[$1.0] * $1.1 }].append(element)
    }
    func folded(_ function: FormulaFunction) throws -> [Formula] {
      try groups.map { group in
        guard let first = group.first else { throw op.unsupportedInFormulas(" of no elements") }
        return group.dropFirst().reduce(first) { Formula.apply(function, [$0, $1]) }
      }
    }
    switch combiner {
    case .add: return groups.map { Formula.sum($0) }
    case .mul: return groups.map { Formula.product($0) }
    case .max: return try folded(.max)
    case .min: return try folded(.min)
    case .and: return groups.map { $0.reduce(.one) { Formula.apply(.and, [$0, $1]) } }
    case .or: return groups.map { $0.reduce(.zero) { Formula.apply(.or, [$0, $1]) } }
    }
  }

  private static func dot(_ axes: DotAxes, _ x: [[Formula]], _ types: [TensorType], _ result: TensorType) -> [Formula] {
    let (a, b) = (types[0].shape, types[1].shape)
    let freeLeft = a.extents.indices.filter { !axes.leftBatch.contains($0) && !axes.leftContracting.contains($0) }
    let freeRight = b.extents.indices.filter { !axes.rightBatch.contains($0) && !axes.rightContracting.contains($0) }
    let summed = Shape(axes.leftContracting.map { a[$0] })
    return (0..<result.elementCount).map { place in
      let index = result.shape.index(at: place)
      var (left, right) = ([Int](repeating: 0, count: a.rank), [Int](repeating: 0, count: b.rank))
      var next = 0
      for (i, j) in zip(axes.leftBatch, axes.rightBatch) {
        (left[i], right[j]) = (index[next], index[next])
        next += 1
      }
      for axis in freeLeft {
        left[axis] = index[next]
        next += 1
      }
      for axis in freeRight {
        right[axis] = index[next]
        next += 1
      }
      return Formula.sum(
        (0..<summed.elementCount).map { number in
          let inner = summed.index(at: number)
          for (axis, value) in zip(axes.leftContracting, inner) { left[axis] = value }
          for (axis, value) in zip(axes.rightContracting, inner) { right[axis] = value }
          return Formula.product([
            x[0][zip(left, a.strides).reduce(0) { $0 + $1.0 * $1.1 }],
            x[1][zip(right, b.strides).reduce(0) { $0 + $1.0 * $1.1 }],
          ])
        })
    }
  }
}
