package import Basics
package import KernelIR
package import TensorIR

/// `y = base`, and then `y[…, indices[i…], …] = combine(y[…, indices[i…], …], updates[…, i…, …])` for every `i…` in
/// row-major order: operands base, indices of dtype i32 or i64, updates; the axes of the indices replace the axis in the
/// updates. Indices are clamped into range, or updates outside are dropped.
///
/// Sum: `dy = scatter_add(dbase, indices, dupdates)`, transpose: the base gets the cotangent, the updates what `Take`
/// picks of it. Set: linear too, the transpose gives the last update of a place its cotangent, and earlier ones and the
/// base zeros. Product: every factor's tangent times the others. Maximum and minimum: the mean of the tangents of those
/// that are equal to the result.
package struct Scatter: Op {
  package let combiner: ScatterCombiner
  package let axis: Int
  /// Whether updates at indices out of range are dropped.
  package let drops: Bool

  package init(_ combiner: ScatterCombiner, axis: Int, drops: Bool = false) {
    self.combiner = combiner
    self.axis = axis
    self.drops = drops
  }

  package var name: String { "scatter_\(combiner.name)" }
  package var attributes: [Attribute] {
    [Attribute("axis", .integer(axis)), Attribute("outside", .string(drops ? "drop" : "clamp"))]
  }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 3)
    let (base, updates) = (operands[0], operands[2])
    guard combiner.accepts(base.dtype) else {
      throw Diagnostic("'\(name)' is not defined on \(base.dtype) (base of type \(base))")
    }
    let expected = base.with(try checkPicks(base, operands[1], axis: axis))
    guard updates == expected else {
      throw Diagnostic(
        "'\(name)' into \(base) along axis \(axis) by \(operands[1]) needs updates of type \(expected), not \(updates)")
    }
    return [base]
  }

  package var derivative: DerivativeRule {
    switch combiner {
    case .add:
      .linear(.only([0, 2])) { arguments in
        guard let cotangent = arguments.cotangents[0], let indices = arguments.operands[1] else {
          return [nil, nil, nil]
        }
        return [cotangent, nil, picked(cotangent, indices)]
      }
    case .set:
      .linear(.only([0, 2])) { arguments in
        guard let cotangent = arguments.cotangents[0], let indices = arguments.operands[1] else {
          return [nil, nil, nil]
        }
        let updates = picked(cotangent, indices)
        let zeros = updates.zeros
        let isLast = isLast(indices, of: cotangent.shape[axis])
          .broadcast(to: updates.shape, axes: Array(axis..<axis + indices.shape.rank))
        return [cotangent.applying(self, indices, zeros), nil, isLast.select(updates, zeros)]
      }
    case .mul: .custom(jvp: { [productTangent($0)] }, transpose: nil)
    case .max, .min: .custom(jvp: { [extremumTangent($0)] }, transpose: nil)
    }
  }

  /// What the places of updates hold; 0 for updates that are dropped.
  private func picked(_ cotangent: Term, _ indices: Term) -> Term {
    drops ? cotangent.take(indices, axis: axis, filling: 0) : cotangent.take(indices, axis: axis)
  }

  /// Which updates nothing is set over.
  private func isLast(_ indices: Term, of extent: Int) -> Term {
    let builder = indices.builder
    let count = indices.shape.elementCount
    let flat = indices.reshaped(to: [count])
    let numbers = builder.iota(TensorType(.i64, [count]), axis: 0)
    let latest = builder.zeros(TensorType(.i64, [extent])).applying(
      Scatter(.set, axis: 0, drops: drops), flat, numbers)
    return latest.take(flat, axis: 0).applying(.eq, numbers).reshaped(to: indices.shape)
  }

  /// `Σ tangent` over the base and the updates of every place.
  private func sum(_ base: Term, _ indices: Term, _ updates: Term) -> Term {
    base.applying(Scatter(.add, axis: axis, drops: drops), indices, updates)
  }

  private func extremumTangent(_ arguments: JVPArguments) -> Term? {
    let (base, indices, updates) = (arguments.operands[0], arguments.operands[1], arguments.operands[2])
    let y = arguments.results[0]
    let isBase = base.applying(.eq, y)
    let isUpdate = updates.applying(.eq, y.take(indices, axis: axis))
    let count = sum(isBase.cast(to: base.dtype), indices, isUpdate.cast(to: base.dtype))
    let tangents = sum(
      arguments.tangents[0].map { isBase.select($0, $0.zeros) } ?? base.zeros, indices,
      arguments.tangents[2].map { isUpdate.select($0, $0.zeros) } ?? updates.zeros)
    return tangents * (1 / count)
  }

  private func productTangent(_ arguments: JVPArguments) -> Term? {
    let (base, indices, updates) = (arguments.operands[0], arguments.operands[1], arguments.operands[2])
    var byUpdates: Term?
    if let tangent = arguments.tangents[2] {
      let others = productsOfOthers(indices, updates, of: base.shape[axis]) * base.take(indices, axis: axis)
      byUpdates = sum(base.zeros, indices, tangent * others)
    }
    let byBase = arguments.tangents[0].map { $0 * base.ones.applying(self, indices, updates) }
    if let byUpdates, let byBase { return byBase + byUpdates }
    return byBase ?? byUpdates
  }

  /// For every update the product of the others at its place: right with zeros among them, since nothing is divided.
  ///
  /// Updates are put in the order of their places, and running products start anew at every place.
  private func productsOfOthers(_ indices: Term, _ updates: Term, of extent: Int) -> Term {
    let builder = indices.builder
    let count = indices.shape.elementCount
    let flat = drops ? indices.reshaped(to: [count]) : indices.reshaped(to: [count]).clamped(below: extent)
    let before = Array(updates.shape.extents[..<axis])
    let behind = Array(updates.shape.extents[(axis + indices.shape.rank)...])
    let order = flat.argsort(axis: 0)
    let rows = updates.reshaped(to: Shape(before + [count] + behind)).take(order, axis: axis)
    let places = flat.take(order, axis: 0)
    let numbers = builder.iota(order.type, axis: 0)
    /// Products of those before every update, or behind it.
    func products(reversed: Bool) -> Term {
      let isFirst = numbers.applying(.eq, numbers.splat(reversed ? Double(count - 1) : 0))
      let isSame = places.applying(.eq, places.shifted(axis: 0, reversed: reversed))
        .applying(.and, isFirst.applying(.not)).broadcast(to: rows.shape, axes: [axis])
      let factors = isSame.select(rows.shifted(axis: axis, reversed: reversed), rows.zeros)
      return factors.applying(
        LinearRecurrence(axis: axis, reversed: reversed), isSame.select(rows.zeros, rows.ones))
    }
    let others = products(reversed: false) * products(reversed: true)
    let back = order.zeros.applying(Scatter(.set, axis: 0), order, numbers)
    return others.take(back, axis: axis).reshaped(to: updates.shape)
  }

  package var batching: BatchingRule {
    .custom { arguments in
      func stacked(_ operand: Int) -> Term {
        arguments.isBatched[operand]
          ? arguments.operands[operand] : arguments.operands[operand].stacked(arguments.batchSize)
      }
      let (base, indices, updates) = (stacked(0), arguments.operands[1], stacked(2))
      if !arguments.isBatched[1] {
        return [base.applying(Scatter(combiner, axis: axis + 1, drops: drops), indices, updates)]
      }
      // Batch and axis become one axis, as for `Take`.
      let moved = base.movingAxis(axis + 1, to: 1)
      var rows = updates
      for place in 0..<indices.shape.rank - 1 { rows = rows.movingAxis(axis + 1 + place, to: 1 + place) }
      // Merging the batch with the first axis of picks would lose the order of rank-0 picks; both stay.
      let merged = moved.mergingBatchAndRows()
      let result = merged.applying(
        Scatter(combiner, axis: 0, drops: drops), indices.offsetByBatch(base.shape[axis + 1], drops: drops), rows)
      return [result.reshaped(to: moved.shape).movingAxis(1, to: axis + 1)]
    }
  }

  package var lowering: LoweringRule { .scatter(combiner, axis: axis, drops: drops) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let (base, indices, updates) = (operands[0], operands[1], operands[2])
    let picks = Picks(axis: axis, shape: base.shape, indices: indices)
    var results = base.scalars
    for number in 0..<updates.count {
      let index = updates.shape.index(at: number)
      if drops, !picks.isInside(index) { continue }
      let (position, update) = (picks.position(index), updates.scalar(at: number))
      results[position] = combiner.scalarOp?.evaluate(results[position], update) ?? update
    }
    return [ReferenceTensor(scalars: results, type: base.type)]
  }

  package static let family = OpFamily(
    names: ScatterCombiner.allCases.map { "scatter_\($0.name)" },
    make: { (name, attributes) throws(Diagnostic) in
      guard let combiner = ScatterCombiner.allCases.first(where: { "scatter_\($0.name)" == name }) else {
        throw Diagnostic("there is no scatter '\(name)'")
      }
      let outside = try attributes.string("outside")
      guard outside == "clamp" || outside == "drop" else {
        throw Diagnostic("attribute 'outside' of '\(name)' is \"clamp\" or \"drop\", not \"\(outside)\"")
      }
      return Scatter(combiner, axis: try attributes.integer("axis"), drops: outside == "drop")
    },
    examples: { ScatterCombiner.allCases.flatMap(examples) })

  private static func examples(_ combiner: ScatterCombiner) -> [OpExample] {
    func example(
      _ dtype: DType, _ base: Shape, axis: Int, _ index: DType, _ indices: Shape, _ updates: Shape,
      drops: Bool = false, of domain: OpExample.Domain = .range(-2...2), isSmooth: Bool = true
    ) -> OpExample {
      OpExample(
        Scatter(combiner, axis: axis, drops: drops),
        [TensorType(dtype, base), TensorType(index, indices), TensorType(dtype, updates)],
        [domain, .values([0, 2, -1, 1, 9, 2]), domain], isSmooth: isSmooth)
    }
    // Ties of a maximum, and zeros among the factors of a product.
    let isExtremum = combiner == .max || combiner == .min
    var examples = [
      example(.f64, [3, 4], axis: 0, .i64, [5], [5, 4]),
      example(.f64, [3, 4], axis: 0, .i64, [6], [6, 4], drops: true),
      example(.f64, [2, 3, 2], axis: 1, .i32, [2, 2], [2, 2, 2, 2]),
      example(.f32, [2, 4], axis: 1, .i64, [], [2]),
      example(.f32, [2, 4], axis: 1, .i32, [], [2], drops: true),
      example(.f64, [2, 3, 2], axis: 2, .i64, [3], [2, 3, 3]),
      example(.f64, [2, 3, 2], axis: 2, .i32, [3], [2, 3, 3], drops: true),
      example(.f64, [2, 0], axis: 1, .i64, [0], [2, 0]),
      example(.f64, [3], axis: 0, .i64, [0], [0]),
      example(.f64, [3], axis: 0, .i64, [5], [5], of: .values([0, 1.5, 1.5, 0]), isSmooth: !isExtremum),
      example(.i32, [3], axis: 0, .i32, [4], [4]),
      example(.i64, [3], axis: 0, .i32, [4], [4], drops: true),
    ]
    if combiner.accepts(.bool) {
      examples.append(example(.bool, [3], axis: 0, .i32, [6], [6], of: .values([0, 1, 1, 0, 0])))
    }
    return examples
  }
}
