import Basics
import KernelIR
import TensorIR

/// Windows put back into zeros: for every place in a window all windows at once, which do not overlap there.
extension FunctionLowering {
  mutating func lowerFold(_ instruction: Function.Instruction, job: Int) {
    guard case .foldWindows(let geometry) = view.rule(instruction), let target = bufferOf[Int(instruction.firstResult)]
    else { return }
    let result = function.type(of: Value(Int(instruction.firstResult)))
    let operand = view.operand(0, of: instruction)
    let shape = function.type(of: operand).shape
    if geometry.isDisjoint, !shape.isEmpty { return lowerDisjointFold(instruction, geometry, job: job) }
    var code = ExpressionLowering(view, plan, bufferOf, job: job)
    write(over: result.shape, to: target, &code) { code, _ in
      code.kernel.constant(Scalar(Int64(0), as: result.dtype))
    } position: { map in
      map.linear(in: result.shape)
    }
    if !shape.isEmpty {
      let count = geometry.axes.count
      let places = Array(0..<count)
      let own = Array(count..<shape.rank)
      let moving = own.filter { geometry.axes.contains($0 - count) }
      let tile = own.last { shape[$0] != 1 }
      // Axes without windows go outside, so that a row that windows are added to stays in the cache.
      let order = own.filter { !moving.contains($0) && $0 != tile } + places + moving.filter { $0 != tile }
      var point = IndexMap(shape.extents.map { _ in AffineIndex() })
      let wide = (order + [tile].compactMap { $0 }).filter { shape[$0] != 1 }
      for axis in wide {
        let number = code.kernel.addAxis(extent: shape[axis])
        if axis == tile { code.openTile(number) } else { code.openLoop(number) }
        point.axes[axis] = AffineIndex(terms: [.init(axis: number, coefficient: 1)])
      }
      let index = point.through(geometry.view).linear(in: result.shape)
      let element = code.compute(operand, at: point)
      let sum = code.kernel.load(target, index, result.dtype)
      code.kernel.store(code.kernel.compute(.add, sum, element), target, index)
      for _ in wide { code.close() }
    }
    finish(code, instruction)
  }

  /// Windows side by side, as of pooling: nothing is added up. The places in a window are written one after the other, with
  /// what they share computed once.
  private mutating func lowerDisjointFold(
    _ instruction: Function.Instruction, _ geometry: WindowGeometry, job: Int
  ) {
    guard let target = bufferOf[Int(instruction.firstResult)] else { return }
    let result = function.type(of: Value(Int(instruction.firstResult)))
    let operand = view.operand(0, of: instruction)
    let shape = function.type(of: operand).shape
    var code = ExpressionLowering(view, plan, bufferOf, job: job)
    if shape.elementCount < result.elementCount {
      write(over: result.shape, to: target, &code) { code, _ in
        code.kernel.constant(Scalar(Int64(0), as: result.dtype))
      } position: { map in
        map.linear(in: result.shape)
      }
    }
    let count = geometry.axes.count
    let own = Shape(Array(shape.extents[count...]))
    let point = openLoops(over: own, &code)
    for place in Shape(geometry.sizes).indices {
      let map = IndexMap(place.map { AffineIndex(offset: $0) } + point.axes)
      code.kernel.store(
        code.compute(operand, at: map), target, map.through(geometry.view).linear(in: result.shape))
    }
    closeLoops(over: own, &code)
    finish(code, instruction)
  }
}

extension WindowGeometry {
  /// Whether no element is in two windows, and windows are small.
  fileprivate var isDisjoint: Bool {
    sizes.indices.allSatisfy { strides[$0] > (sizes[$0] - 1) * dilations[$0] }
      && sizes.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue } <= CostModel.greatestUnrolledWindow
  }
}

extension Shape {
  /// All indices, in row-major order.
  fileprivate var indices: [[Int]] {
    extents.reduce([[]]) { indices, extent in indices.flatMap { index in (0..<extent).map { index + [$0] } } }
  }
}
