package import Basics
package import KernelIR
package import TensorIR

/// `y[r] = combine over the elements of x along axes`, which leave the shape: sum, product, maximum, minimum, all, any.
///
/// Sum: `dy = sum(dx)`, transpose: broadcast. Product: `dy = Σ (Π others) dx`. Maximum and minimum:
/// `dy = Σ w dx` with `w = [x = y] / (number of such elements)`. Over no elements the result is the identity.
package struct Reduce: Op {
  package let combiner: Combiner
  /// Increasing.
  package let axes: [Int]

  package init(_ combiner: Combiner, axes: [Int]) {
    self.combiner = combiner
    self.axes = axes
  }

  private static func name(_ combiner: Combiner) -> String {
    switch combiner {
    case .add: "reduce_sum"
    case .mul: "reduce_prod"
    case .max: "reduce_max"
    case .min: "reduce_min"
    case .and: "reduce_all"
    case .or: "reduce_any"
    }
  }

  package var name: String { Reduce.name(combiner) }
  package var attributes: [Attribute] { [Attribute("axes", .integers(axes))] }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 1)
    let operand = operands[0]
    try checkIncreasing(axes, of: operand)
    guard combiner.scalarOp.accepts(operand.dtype), (combiner == .and || combiner == .or) == (operand.dtype == .bool)
    else { throw Diagnostic("'\(name)' is not defined on \(operand.dtype) (operand of type \(operand))") }
    return [operand.with(operand.shape.removing(axes))]
  }

  package var derivative: DerivativeRule {
    switch combiner {
    case .add:
      .linear(.all) { arguments in
        [arguments.cotangents[0].map { $0.broadcast(back: axes, of: arguments.operandTypes[0].shape) }]
      }
    case .mul:
      .custom(
        jvp: { arguments in
          let x = arguments.operands[0]
          return [arguments.tangents[0].map { (x.productOfOthers(axes: axes) * $0).sum(axes: axes) }]
        }, transpose: nil)
    case .max, .min:
      .custom(jvp: { [extremumTangent($0)] }, transpose: nil)
    case .and, .or: .zero
    }
  }

  /// The mean of the tangents of the elements equal to the result.
  private func extremumTangent(_ arguments: JVPArguments) -> Term? {
    guard let tangent = arguments.tangents[0] else { return nil }
    let (x, y) = (arguments.operands[0], arguments.results[0])
    // Over no elements the result is a constant, and the mean would be 0 / 0.
    if x.shape.isEmpty { return nil }
    let isChosen = x.applying(.eq, y.broadcast(back: axes, of: x.shape))
    let count = isChosen.cast(to: x.dtype).sum(axes: axes)
    return isChosen.select(tangent, tangent.zeros).sum(axes: axes) * (1 / count)
  }

  package var batching: BatchingRule {
    .custom { arguments in [arguments.operands[0].applying(Reduce(combiner, axes: axes.map { $0 + 1 }))] }
  }

  package var lowering: LoweringRule { .reduce(combiner, axes: axes) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let operand = operands[0]
    let kept = operand.shape.extents.indices.filter { !axes.contains($0) }
    let type = operand.type.with(operand.shape.removing(axes))
    let strides = type.shape.strides
    let targets = (0..<operand.count).map { position in
      let index = operand.shape.index(at: position)
      return zip(kept, strides).reduce(0) { $0 + index[$1.0] * $1.1 }
    }
    let identity = combiner.identity(operand.dtype)
    switch operand.elements {
    case .floating(let values):
      // In double throughout; f32 is rounded once at the end.
      var sums = [Double](repeating: identity.doubleValue, count: type.elementCount)
      for (target, value) in zip(targets, values) { sums[target] = combine(sums[target], value) }
      return [ReferenceTensor(floating: sums, type: type)]
    case .integer(let values):
      var sums = [Int64](repeating: identity.integerValue, count: type.elementCount)
      for (target, value) in zip(targets, values) { sums[target] = combine(sums[target], value) }
      return [ReferenceTensor(integer: sums, type: type)]
    }
  }

  private func combine(_ a: Double, _ b: Double) -> Double {
    switch combiner {
    case .add: a + b
    case .mul: a * b
    case .max: a > b || a.isNaN ? a : b
    case .min: a < b || a.isNaN ? a : b
    case .and, .or: .nan
    }
  }

  private func combine(_ a: Int64, _ b: Int64) -> Int64 {
    switch combiner {
    case .add: a &+ b
    case .mul: a &* b
    case .max: Swift.max(a, b)
    case .min: Swift.min(a, b)
    case .and: a & b
    case .or: a | b
    }
  }

  package static let family = OpFamily(
    names: Combiner.allCases.map(name),
    make: { (name, attributes) throws(Diagnostic) in
      guard let combiner = Combiner.allCases.first(where: { Reduce.name($0) == name }) else {
        throw Diagnostic("there is no reduction '\(name)'")
      }
      return Reduce(combiner, axes: try attributes.integers("axes"))
    },
    examples: {
      let numeric: [OpExample] = [Combiner.add, .mul, .max, .min].flatMap { combiner in
        [
          OpExample(Reduce(combiner, axes: [0, 2]), [TensorType(.f64, [2, 3, 2])], [.range(-2...2)]),
          OpExample(Reduce(combiner, axes: [1]), [TensorType(.f64, [2, 5])], [.range(-2...2)]),
          OpExample(Reduce(combiner, axes: [0]), [TensorType(.f32, [3, 2])], [.range(-2...2)]),
          OpExample(Reduce(combiner, axes: [1]), [TensorType(.f32, [2, 70])], [.range(-2...2)]),
          OpExample(Reduce(combiner, axes: [0]), [TensorType(.f64, [35, 3])], [.range(0.5...1.5)]),
          OpExample(
            Reduce(combiner, axes: [0, 1]), [TensorType(.f64, [2, 2])], [.values([0, 1.5, 0, -2])], isSmooth: false),
          OpExample(Reduce(combiner, axes: []), [TensorType(.f64, [3])], [.range(-2...2)]),
          // The identities of maximum and minimum are infinite.
          OpExample(
            Reduce(combiner, axes: [1]), [TensorType(.f64, [2, 0])], [.range(-2...2)],
            isSmooth: combiner == .add || combiner == .mul),
          OpExample(Reduce(combiner, axes: [1]), [TensorType(.i32, [2, 3])], [.range(-9...9)]),
          OpExample(Reduce(combiner, axes: [1]), [TensorType(.i64, [2, 3])], [.range(-9...9)]),
        ]
      }
      let logical: [OpExample] = [Combiner.and, .or].map {
        OpExample(Reduce($0, axes: [1]), [TensorType(.bool, [3, 2])], [.values([0, 1, 1, 1, 0, 0])])
      }
      return numeric + logical
    })
}
