package import Basics
package import KernelIR
package import TensorIR

/// `y[i] = combine(y[i - 1], x[i])` along an axis, from one end to the other: running sums, products, maxima and minima.
///
/// `exclusive` leaves the element itself out: `y[i]` combines those before it, the first being the combiner's identity.
/// Sum: `dy = cumsum(dx)`, the transpose runs the other way. Product: `dy[i] = x[i] dy[i - 1] + y[i - 1] dx[i]`, right
/// with zeros. Maximum and minimum: the mean of the tangents of the elements so far that equal the result.
package struct Cumulate: Op {
  package let combiner: Combiner
  package let axis: Int
  /// From the last element to the first.
  package let isReversed: Bool
  package let isExclusive: Bool

  package init(_ combiner: Combiner, axis: Int, reversed: Bool = false, exclusive: Bool = false) {
    self.combiner = combiner
    self.axis = axis
    isReversed = reversed
    isExclusive = exclusive
  }

  private static let names: [(combiner: Combiner, name: String)] = [
    (.add, "cumsum"), (.mul, "cumprod"), (.max, "cummax"), (.min, "cummin"),
  ]

  package var name: String { Cumulate.names.first { $0.combiner == combiner }?.name ?? combiner.name }
  package var attributes: [Attribute] {
    [
      Attribute("axis", .integer(axis)), Attribute("direction", .string(isReversed ? "reverse" : "forward")),
      Attribute("includes", .string(isExclusive ? "before" : "self")),
    ]
  }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 1)
    try checkAxis(axis, of: operands[0])
    guard operands[0].dtype != .bool else { throw Diagnostic("'\(name)' needs a numeric dtype, not \(operands[0])") }
    return operands
  }

  /// The same with or without the element itself.
  private func with(exclusive: Bool) -> Cumulate {
    Cumulate(combiner, axis: axis, reversed: isReversed, exclusive: exclusive)
  }

  package var derivative: DerivativeRule {
    switch combiner {
    case .add:
      .linear(.all) { arguments in
        let back = Cumulate(.add, axis: axis, reversed: !isReversed, exclusive: isExclusive)
        return [arguments.cotangents[0].map { $0.applying(back) }]
      }
    case .mul, .max, .min, .and, .or: .custom(jvp: { [tangent($0)] }, transpose: nil)
    }
  }

  private func tangent(_ arguments: JVPArguments) -> Term? {
    guard let tangent = arguments.tangents[0] else { return nil }
    let (x, y) = (arguments.operands[0], arguments.results[0])
    let before = isExclusive ? y : x.applying(with(exclusive: true))
    let recurrence = LinearRecurrence(axis: axis, reversed: isReversed)
    let inclusive: Term
    if combiner == .mul {
      inclusive = x.applying(recurrence, before * tangent)
    } else {
      let all = isExclusive ? x.applying(with(exclusive: false)) : y
      let keeps = before.applying(.eq, all).cast(to: x.dtype)
      let isChosen = x.applying(.eq, all)
      let count = keeps.applying(recurrence, isChosen.cast(to: x.dtype))
      inclusive = keeps.applying(recurrence, isChosen.select(tangent, tangent.zeros)) * (1 / count)
    }
    return isExclusive ? inclusive.shifted(axis: axis, reversed: isReversed) : inclusive
  }

  package var batching: BatchingRule {
    .custom { arguments in
      [
        arguments.operands[0].applying(
          Cumulate(combiner, axis: axis + 1, reversed: isReversed, exclusive: isExclusive))
      ]
    }
  }

  package var lowering: LoweringRule {
    .cumulate(
      Recurrence(isExclusive ? .combineBefore(combiner) : .combine(combiner), axis: axis, isReversed: isReversed))
  }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let x = operands[0].scalars
    return [
      operands[0].type.cumulated(axis: axis, reversed: isReversed) { position, previous, result in
        let source = isExclusive ? previous : position
        guard let source else { return combiner.identity(operands[0].dtype) }
        return previous.map { combiner.scalarOp.evaluate(result[$0], x[source]) } ?? x[source]
      }
    ]
  }

  package static let family = OpFamily(
    names: names.map(\.name),
    make: { (name, attributes) throws(Diagnostic) in
      guard let combiner = names.first(where: { $0.name == name })?.combiner else {
        throw Diagnostic("there is no running '\(name)'")
      }
      return Cumulate(
        combiner, axis: try attributes.integer("axis"),
        reversed: try attributes.choice("direction", "forward", "reverse"),
        exclusive: try attributes.choice("includes", "self", "before"))
    },
    examples: { names.flatMap { examples($0.combiner) } })

  private static func examples(_ combiner: Combiner) -> [OpExample] {
    func example(
      _ dtype: DType, _ shape: Shape, axis: Int, reversed: Bool = false, exclusive: Bool = false,
      _ domain: OpExample.Domain = .range(-2...2), isSmooth: Bool = true
    ) -> OpExample {
      OpExample(
        Cumulate(combiner, axis: axis, reversed: reversed, exclusive: exclusive), [TensorType(dtype, shape)], [domain],
        isSmooth: isSmooth)
    }
    let isExtremum = combiner == .max || combiner == .min
    // The identities of maxima and minima are infinite.
    return [
      example(.f64, [5], axis: 0),
      example(.f64, [2, 4], axis: 1, reversed: true),
      example(.f64, [3, 2, 3], axis: 1),
      example(.f64, [2, 3], axis: 0, exclusive: true, isSmooth: !isExtremum),
      example(.f64, [2, 4], axis: 1, reversed: true, exclusive: true, isSmooth: !isExtremum),
      example(.f64, [6], axis: 0, .values([1.5, 0, -1, 1.5, 0, 2]), isSmooth: !isExtremum),
      example(.f32, [4, 70], axis: 0, .range(0.5...1.5)),
      example(.f32, [35, 5], axis: 1),
      example(.f64, [6, 20], axis: 1, exclusive: combiner == .add),
      example(.f32, [33], axis: 0, reversed: true),
      example(.f64, [2, 1], axis: 1),
      example(.f64, [2, 0], axis: 1),
      example(.i32, [2, 3], axis: 1, .range(-9...9)),
      example(.i64, [3, 2], axis: 0, exclusive: true, .range(-9...9)),
    ]
  }
}

extension AttributeReader {
  /// Which of two words an attribute is.
  func choice(_ name: String, _ no: String, _ yes: String) throws(Diagnostic) -> Bool {
    let word = try string(name)
    guard word == no || word == yes else {
      throw Diagnostic("attribute '\(name)' of '\(opName)' is \"\(no)\" or \"\(yes)\", not \"\(word)\"")
    }
    return word == yes
  }
}

extension TensorType {
  /// A tensor whose elements are computed one after the other along an axis; `element` sees positions in row-major order
  /// and what has been computed so far.
  func cumulated(
    axis: Int, reversed: Bool, _ element: (_ position: Int, _ previous: Int?, _ result: [Scalar]) -> Scalar
  ) -> ReferenceTensor {
    var result = [Scalar](repeating: Scalar(Int64(0), as: dtype), count: elementCount)
    let stride = shape.strides[axis]
    let order = reversed ? Array((0..<elementCount).reversed()) : Array(0..<elementCount)
    for position in order {
      let isFirst = position / stride % shape[axis] == (reversed ? shape[axis] - 1 : 0)
      let previous = isFirst ? nil : position + (reversed ? stride : -stride)
      result[position] = element(position, previous, result)
    }
    return ReferenceTensor(scalars: result, type: self)
  }
}

extension Term {
  /// Elements moved by one along an axis in the direction of a recurrence, `fill` moving in.
  func shifted(axis: Int, reversed: Bool, fill: Double = 0) -> Term {
    let extent = shape[axis]
    if extent == 0 { return self }
    let rest = sliced(axis: axis, reversed ? 1..<extent : 0..<extent - 1)
    let (none, edge) = (shape.extents.map { _ in 0 }, shape.extents.indices.map { $0 == axis ? 1 : 0 })
    return rest.padded(low: reversed ? none : edge, high: reversed ? edge : none, interior: none, fill: fill)
  }

  /// Elements combined along an axis, each with those before it.
  package func cumulated(_ combiner: Combiner, axis: Int, reversed: Bool = false, exclusive: Bool = false) -> Term {
    applying(Cumulate(combiner, axis: axis, reversed: reversed, exclusive: exclusive))
  }

  /// `y[i] = ln Σ_{j ≤ i} e^x[j]` along an axis, without overflow.
  package func cumulativeLogSumExp(axis: Int, reversed: Bool = false, exclusive: Bool = false) -> Term {
    guard checkedFloating([axis], for: "cumulative_log_sum_exp") != nil else { return poison }
    // Sums of exponentials relative to the running maximum, scaled down whenever that rises.
    let x = stoppingGradient()
    let before = x.cumulated(.max, axis: axis, reversed: reversed, exclusive: true)
    let maximum = before.applying(.max, x)
    func shift(_ term: Term) -> Term { term.isFinite().select(term, term.zeros) }
    let isFirst = before.applying(.eq, before.splat(-.infinity))
    let scale = isFirst.select(before.zeros, (shift(before) - shift(maximum)).applying(.exp))
    let sum = scale.applying(
      LinearRecurrence(axis: axis, reversed: reversed), (self - shift(maximum)).applying(.exp))
    // The sum is 0 only where all elements are -∞; there the gradient is 0, not 0 / 0.
    let isEmpty = sum.applying(.eq, sum.zeros)
    let logarithm = isEmpty.select(sum.ones, sum).applying(.log) + shift(maximum)
    let result = isEmpty.select(sum.splat(-.infinity), logarithm)
    return exclusive ? result.shifted(axis: axis, reversed: reversed, fill: -.infinity) : result
  }
}
