package import Basics
package import TensorIR

/// `y[k…, r…] = x[…, stride · r[axis] + dilation · k[axis], …]`: all windows of an operand along some axes, the places in a
/// window counted by new axes in front.
///
/// `dy = windows(dx)`; the transpose adds overlapping windows up, see `FoldWindows`.
package struct Windows: Op {
  package let geometry: WindowGeometry

  package init(_ geometry: WindowGeometry) { self.geometry = geometry }

  package var name: String { "windows" }
  package var attributes: [Attribute] { geometry.attributes }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 1)
    try checkGeometry(geometry, of: operands[0])
    return [try checkResult(operands[0].with(geometry.windowShape(operands[0].shape)))]
  }

  package var derivative: DerivativeRule {
    .linear(.all) { arguments in
      let shape = arguments.operandTypes[0].shape
      let fold = FoldWindows(geometry, extents: geometry.axes.map { shape[$0] })
      return [arguments.cotangents[0].map { $0.applying(fold) }]
    }
  }

  package var batching: BatchingRule {
    .custom { arguments in
      let windows = arguments.operands[0].applying(Windows(geometry.behindBatch))
      return [windows.movingAxis(geometry.axes.count, to: 0)]
    }
  }

  package var lowering: LoweringRule { .view(geometry.view) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let result = try resultTypes(operands.map(\.type))[0]
    let strides = operands[0].shape.strides
    return [
      operands[0].rearranged(to: result.shape) { index in
        zip(geometry.source(of: index), strides).reduce(0) { $0 + $1.0 * $1.1 }
      }
    ]
  }

  package static let family = OpFamily(
    names: ["windows"],
    make: { (_, attributes) throws(Diagnostic) in Windows(try attributes.windowGeometry()) },
    examples: {
      func example(_ dtype: DType, _ shape: Shape, _ geometry: WindowGeometry) -> OpExample {
        OpExample(
          Windows(geometry), [TensorType(dtype, shape)], [dtype == .bool ? .values([0, 1, 1]) : .range(-2...2)])
      }
      return [
        example(
          .f64, [2, 5, 6], WindowGeometry(rank: 3, axes: [1, 2], sizes: [2, 3], strides: [1, 2], dilations: [2, 1])),
        example(.f64, [5], WindowGeometry(rank: 1, axes: [0], sizes: [3])),
        example(.f32, [40, 3], WindowGeometry(rank: 2, axes: [0], sizes: [4], strides: [3], dilations: [2])),
        example(.f64, [2, 3], WindowGeometry(rank: 2, axes: [1], sizes: [5])),
        example(.f64, [2, 3], WindowGeometry(rank: 2, axes: [], sizes: [])),
        example(.i32, [4, 3], WindowGeometry(rank: 2, axes: [0], sizes: [2])),
        example(.bool, [4], WindowGeometry(rank: 1, axes: [0], sizes: [2])),
      ]
    })
}

/// `y[…, stride · r[axis] + dilation · k[axis], …] += x[k…, r…]` into zeros: windows put back into a tensor with these
/// extents along the axes, and added up where they overlap. The transpose is `Windows`.
package struct FoldWindows: Op {
  package let geometry: WindowGeometry
  /// Of the result, along the axes of the geometry.
  package let extents: [Int]

  package init(_ geometry: WindowGeometry, extents: [Int]) {
    self.geometry = geometry
    self.extents = extents
  }

  package var name: String { "fold_windows" }
  package var attributes: [Attribute] { geometry.attributes + [Attribute("extents", .integers(extents))] }

  package func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try checkOperandCount(operands, 1)
    let (operand, count) = (operands[0], geometry.axes.count)
    guard operand.dtype != .bool, operand.rank >= count, extents.count == count else {
      throw Diagnostic("'fold_windows' can't make extents \(extents) along axes \(geometry.axes) of \(operand)")
    }
    var shape = Array(operand.shape.extents[count...])
    for (axis, extent) in zip(geometry.axes, extents) where shape.indices.contains(axis) { shape[axis] = extent }
    let result = try checkResult(operand.with(Shape(shape)))
    try checkGeometry(geometry, of: result)
    guard geometry.windowShape(result.shape) == operand.shape else {
      throw Diagnostic(
        "'fold_windows' to \(result) needs an operand of shape \(geometry.windowShape(result.shape)), not \(operand)")
    }
    return [result]
  }

  package var derivative: DerivativeRule {
    .linear(.all) { arguments in [arguments.cotangents[0].map { $0.applying(Windows(geometry)) }] }
  }

  package var batching: BatchingRule {
    .custom { arguments in
      let moved = arguments.operands[0].movingAxis(0, to: geometry.axes.count)
      return [moved.applying(FoldWindows(geometry.behindBatch, extents: extents))]
    }
  }

  package var lowering: LoweringRule { .foldWindows(geometry) }

  package func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let type = try resultTypes(operands.map(\.type))[0]
    let strides = type.shape.strides
    let targets = (0..<operands[0].count).map { position in
      zip(geometry.source(of: operands[0].shape.index(at: position)), strides).reduce(0) { $0 + $1.0 * $1.1 }
    }
    switch operands[0].elements {
    case .floating(let values):
      var sums = [Double](repeating: 0, count: type.elementCount)
      for (target, value) in zip(targets, values) { sums[target] += value }
      return [ReferenceTensor(floating: sums, type: type)]
    case .integer(let values):
      var sums = [Int64](repeating: 0, count: type.elementCount)
      for (target, value) in zip(targets, values) { sums[target] &+= value }
      return [ReferenceTensor(integer: sums, type: type)]
    }
  }

  package static let family = OpFamily(
    names: ["fold_windows"],
    make: { (_, attributes) throws(Diagnostic) in
      FoldWindows(try attributes.windowGeometry(), extents: try attributes.integers("extents"))
    },
    examples: {
      func example(_ dtype: DType, _ shape: Shape, _ geometry: WindowGeometry) -> OpExample {
        OpExample(
          FoldWindows(geometry, extents: geometry.axes.map { shape[$0] }),
          [TensorType(dtype, geometry.windowShape(shape))], [.range(-2...2)])
      }
      return [
        example(
          .f64, [2, 5, 6], WindowGeometry(rank: 3, axes: [1, 2], sizes: [2, 3], strides: [1, 2], dilations: [2, 1])),
        example(.f64, [6], WindowGeometry(rank: 1, axes: [0], sizes: [3], strides: [2])),
        example(.f32, [40, 3], WindowGeometry(rank: 2, axes: [0], sizes: [4], strides: [3], dilations: [2])),
        example(.f32, [3, 40], WindowGeometry(rank: 2, axes: [1], sizes: [3])),
        example(.f64, [2, 3], WindowGeometry(rank: 2, axes: [1], sizes: [5])),
        example(.f64, [2, 3], WindowGeometry(rank: 2, axes: [], sizes: [])),
        example(.i32, [4, 3], WindowGeometry(rank: 2, axes: [0], sizes: [2])),
        example(.i64, [4], WindowGeometry(rank: 1, axes: [0], sizes: [2])),
      ]
    })
}

extension Op {
  /// Throws unless windows can be taken of a tensor of this type.
  func checkGeometry(_ geometry: WindowGeometry, of type: TensorType) throws(Diagnostic) {
    guard type.rank == geometry.rank else {
      throw Diagnostic("'\(name)' needs a tensor of rank \(geometry.rank), not \(type)")
    }
    try checkIncreasing(geometry.axes, of: type)
    let counts = [geometry.sizes.count, geometry.strides.count, geometry.dilations.count]
    guard counts.allSatisfy({ $0 == geometry.axes.count }) else {
      throw Diagnostic("'\(name)' needs a size, a stride and a dilation for each of the axes \(geometry.axes)")
    }
    guard (geometry.sizes + geometry.strides + geometry.dilations).allSatisfy({ $0 > 0 }) else {
      throw Diagnostic(
        "'\(name)' needs positive sizes, strides and dilations, not \(geometry.sizes), \(geometry.strides) and "
          + "\(geometry.dilations)")
    }
    for (size, dilation) in zip(geometry.sizes, geometry.dilations)
    where (size - 1).multipliedReportingOverflow(by: dilation).overflow || (size - 1) * dilation > Int.max / 16 {
      throw Diagnostic("'\(name)' can't have windows of \(size) elements \(dilation) apart, which are too large")
    }
    try checkStrides(
      type.shape.extents.indices.map { axis in
        geometry.axes.firstIndex(of: axis).map { Swift.max(geometry.strides[$0], geometry.dilations[$0]) } ?? 1
      }, of: type)
  }
}

extension WindowGeometry {
  var attributes: [Attribute] {
    [
      Attribute("rank", .integer(rank)), Attribute("axes", .integers(axes)), Attribute("sizes", .integers(sizes)),
      Attribute("strides", .integers(strides)), Attribute("dilations", .integers(dilations)),
    ]
  }

  /// The same along axes one further.
  var behindBatch: WindowGeometry {
    WindowGeometry(rank: rank + 1, axes: axes.map { $0 + 1 }, sizes: sizes, strides: strides, dilations: dilations)
  }

  /// The shape of the windows of a shape; along an axis that is shorter than a window there are none.
  package func windowShape(_ shape: Shape) -> Shape {
    var extents = shape.extents
    for (place, axis) in axes.enumerated() {
      let span = (sizes[place] - 1) * dilations[place] + 1
      extents[axis] = shape[axis] < span ? 0 : (shape[axis] - span) / strides[place] + 1
    }
    return Shape(sizes + extents)
  }

  /// The index of the element that is at an index of the windows.
  func source(of index: [Int]) -> [Int] {
    var source = Array(index[axes.count...])
    for (place, axis) in axes.enumerated() {
      source[axis] = source[axis] * strides[place] + index[place] * dilations[place]
    }
    return source
  }
}

extension AttributeReader {
  fileprivate func windowGeometry() throws(Diagnostic) -> WindowGeometry {
    WindowGeometry(
      rank: try integer("rank"), axes: try integers("axes"), sizes: try integers("sizes"),
      strides: try integers("strides"),
      dilations: try integers("dilations"))
  }
}
