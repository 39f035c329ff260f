package import Basics
package import TensorIR

/// `y[low + (interior + 1) · i] = x[i]`, elsewhere `y` is the scalar operand 1, the fill.
///
/// `dy = pad(dx, dfill)`; the transpose slices out x's part and sums the rest for the fill.
package struct Pad: Op {
  /// Elements before the first along every axis.
  package let low: [Int]
  /// Elements after the last along every axis.
  package let high: [Int]
  /// Elements between neighbours along every axis.
  package let interior: [Int]

  package init(low: [Int], high: [Int], interior: [Int]) {
    self.low = low
    self.high = high
    self.interior = interior
  }

  package var name: String { "pad" }
  package var attributes: [Attribute] {
    [
      Attribute("low", .integers(low)), Attribute("high", .integers(high)), Attribute("interior", .integers(interior)),
    ]
  }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 2)
    let operand = operands[0]
    guard operands[1] == operand.with(.scalar) else {
      throw Diagnostic("'pad' of \(operand) needs a fill of type \(operand.with(.scalar)), not \(operands[1])")
    }
    try checkPerAxis("low", low, of: operand)
    try checkPerAxis("high", high, of: operand)
    try checkPerAxis("interior", interior, of: operand)
    var extents: [Int] = []
    for axis in low.indices {
      guard low[axis] >= 0, high[axis] >= 0, interior[axis] >= 0 else {
        throw Diagnostic(
          "'pad' of \(operand) can't add \(low[axis]), \(interior[axis]) and \(high[axis]) elements along axis \(axis)")
      }
      guard let extent = paddedExtent(operand.shape[axis], axis) else {
        throw Diagnostic("'pad' of \(operand) has a result that is too large along axis \(axis)")
      }
      extents.append(extent)
    }
    let result = try checkResult(operand.with(Shape(extents)))
    try checkStrides(interior.map { $0 == .max ? $0 : $0 + 1 }, of: result)
    return [result]
  }

  /// `low + n + (n - 1) · interior + high`, or `nil` if that does not fit.
  private func paddedExtent(_ extent: Int, _ axis: Int) -> Int? {
    let (gaps, overflow0) = max(extent - 1, 0).multipliedReportingOverflow(by: interior[axis])
    let (inner, overflow1) = extent.addingReportingOverflow(gaps)
    let (lower, overflow2) = low[axis].addingReportingOverflow(inner)
    let (all, overflow3) = lower.addingReportingOverflow(high[axis])
    return overflow0 || overflow1 || overflow2 || overflow3 ? nil : all
  }

  /// Where the result of padding an operand of this shape is the fill.
  private func isFill(_ shape: Shape, _ builder: FunctionBuilder) -> Term {
    let operand = builder.splat(Scalar(Int64(0), as: .bool), shape)
    return operand.applying(self, builder.splat(Scalar(Int64(1), as: .bool), .scalar))
  }

  package var derivative: DerivativeRule {
    .linear(.all) { arguments in
      guard let cotangent = arguments.cotangents[0] else { return [nil, nil] }
      let shape = arguments.operandTypes[0].shape
      let limits = low.indices.map { axis in
        low[axis] + (shape[axis] == 0 ? 0 : (shape[axis] - 1) * (interior[axis] + 1) + 1)
      }
      var fill: Term?
      if arguments.operands[1] == nil {
        // Not the sum of all less the sum of x's part: that would cancel, and give NaN for infinities.
        let outside = isFill(shape, arguments.builder).select(cotangent, cotangent.zeros)
        fill = outside.sum(axes: Array(shape.extents.indices))
      }
      return [cotangent.sliced(starts: low, limits: limits, strides: interior.map { $0 + 1 }), fill]
    }
  }

  package var batching: BatchingRule {
    .custom { arguments in
      let (builder, batchSize) = (arguments.builder, arguments.batchSize)
      let operand = arguments.isBatched[0] ? arguments.operands[0] : arguments.operands[0].stacked(batchSize)
      let stacked = Pad(low: [0] + low, high: [0] + high, interior: [0] + interior)
      guard arguments.isBatched[1] else { return [operand.applying(stacked, arguments.operands[1])] }
      let padded = operand.applying(stacked, builder.splat(0, operand.type.with(.scalar)))
      let fill = arguments.operands[1].broadcast(to: padded.shape, axes: [0])
      return [stacked.isFill(operand.shape, builder).select(fill, padded)]
    }
  }

  package var lowering: LoweringRule {
    .place([Placement(operand: 0, offsets: low, strides: interior.map { $0 + 1 })], fill: .operand(1))
  }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let result = try resultTypes(operands.map(\.type))[0]
    let shape = operands[0].shape
    let memory = shape.strides
    let padded = operands[0].rearranged(to: result.shape, fill: operands[1].scalar(at: 0)) { index in
      var position = 0
      for axis in index.indices {
        let (quotient, rest) = (index[axis] - low[axis]).quotientAndRemainder(dividingBy: interior[axis] + 1)
        guard index[axis] >= low[axis], rest == 0, quotient < shape[axis] else { return nil }
        position += quotient * memory[axis]
      }
      return position
    }
    return [padded]
  }

  package static let family = OpFamily(
    names: ["pad"],
    make: { (_, attributes) throws(Diagnostic) in
      Pad(
        low: try attributes.integers("low"), high: try attributes.integers("high"),
        interior: try attributes.integers("interior"))
    },
    examples: {
      func example(_ pad: Pad, _ type: TensorType) -> OpExample {
        OpExample(pad, [type, type.with(.scalar)], [.range(-2...2), .range(-2...2)])
      }
      let wide = Pad(low: [1, 0], high: [0, 2], interior: [0, 1])
      return [
        example(wide, TensorType(.f64, [2, 3])),
        example(wide, TensorType(.f32, [2, 1])),
        example(wide, TensorType(.f64, [2, 0])),
        example(Pad(low: [], high: [], interior: []), TensorType(.f64, [])),
        example(wide, TensorType(.i32, [2, 3])),
        example(wide, TensorType(.bool, [2, 3])),
      ]
    })
}
