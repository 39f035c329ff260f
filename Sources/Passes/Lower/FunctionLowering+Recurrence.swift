import Basics
import KernelIR
import TensorIR

/// Recurrences along an axis: the first element, and a loop that makes each from the one before it, which it loads.
extension FunctionLowering {
  mutating func lowerRecurrence(_ instruction: Function.Instruction, job: Int) {
    guard case .cumulate(let recurrence) = view.rule(instruction),
      let target = bufferOf[Int(instruction.firstResult)]
    else { return }
    let shape = function.type(of: Value(Int(instruction.firstResult))).shape
    var code = ExpressionLowering(view, plan, bufferOf, job: job)
    let (axis, extent) = (recurrence.axis, shape[recurrence.axis])
    let others = shape.extents.indices.filter { $0 != axis && shape[$0] != 1 }
    // Behind the axis, elements of a tile are neighbours, and the loop stands around it; before the axis they are rows,
    // and the loop stands inside, so that it goes on in the same lines of the cache.
    let last = others.last ?? -1
    let tile = last > axis || (last >= 0 && shape[last] >= CostModel.leastRecurrenceTile) ? last : nil
    var point = IndexMap(shape.extents.map { _ in AffineIndex() })
    func open(_ axis: Int, _ code: inout ExpressionLowering) {
      let number = code.kernel.addAxis(extent: shape[axis])
      if axis == tile { code.openTile(number) } else { code.openLoop(number) }
      point.axes[axis] = AffineIndex(terms: [.init(axis: number, coefficient: 1)])
    }
    let outer = others.filter { tile == nil || $0 < axis }
    let inner = others.filter { tile != nil && $0 > axis }
    for axis in outer { open(axis, &code) }

    for axis in inner { open(axis, &code) }
    let first = place(nil, 0, recurrence, extent, point)
    code.kernel.store(firstElement(recurrence, instruction, first, &code), target, first.linear(in: shape))
    for _ in inner { code.close() }

    var counter: AxisID?
    if extent > 1 {
      let steps = code.kernel.addAxis(extent: extent - 1)
      counter = steps
      code.openLoop(steps)
      for axis in inner { open(axis, &code) }
      let (before, next) = (
        place(steps, 0, recurrence, extent, point), place(steps, 1, recurrence, extent, point)
      )
      let dtype = function.type(of: Value(Int(instruction.firstResult))).dtype
      let previous = code.kernel.load(target, before.linear(in: shape), dtype)
      let element = nextElement(recurrence, instruction, previous, before, next, &code)
      code.kernel.store(element, target, next.linear(in: shape))
      for _ in inner { code.close() }
      code.close()
    }
    for _ in outer { code.close() }
    finish(code, instruction, keeping: counter)
  }

  /// The point `offset` steps behind the one that an axis counts; without that axis the first one.
  private func place(
    _ steps: AxisID?, _ offset: Int, _ recurrence: Recurrence, _ extent: Int, _ point: IndexMap
  ) -> IndexMap {
    var place = point
    place.axes[recurrence.axis] = AffineIndex(
      offset: recurrence.isReversed ? extent - 1 - offset : offset,
      terms: steps.map { [.init(axis: $0, coefficient: recurrence.isReversed ? -1 : 1)] } ?? [])
    return place
  }

  private func firstElement(
    _ recurrence: Recurrence, _ instruction: Function.Instruction, _ point: IndexMap, _ code: inout ExpressionLowering
  ) -> ValueID {
    let dtype = function.type(of: Value(Int(instruction.firstResult))).dtype
    switch recurrence.kind {
    case .combine: return code.compute(view.operand(0, of: instruction), at: point)
    case .combineBefore(let combiner): return code.kernel.constant(combiner.identity(dtype))
    case .linear, .laggedLinear: return code.compute(view.operand(1, of: instruction), at: point)
    }
  }

  private func nextElement(
    _ recurrence: Recurrence, _ instruction: Function.Instruction, _ previous: ValueID, _ before: IndexMap,
    _ next: IndexMap, _ code: inout ExpressionLowering
  ) -> ValueID {
    switch recurrence.kind {
    case .combine(let combiner):
      return code.kernel.compute(
        combiner.scalarOp, previous, code.compute(view.operand(0, of: instruction), at: next))
    case .combineBefore(let combiner):
      return code.kernel.compute(
        combiner.scalarOp, previous, code.compute(view.operand(0, of: instruction), at: before))
    case .linear, .laggedLinear:
      let factor = code.compute(
        view.operand(0, of: instruction), at: recurrence.kind == .linear ? next : before)
      return code.kernel.compute(
        .add, code.kernel.compute(.mul, factor, previous), code.compute(view.operand(1, of: instruction), at: next))
    }
  }
}
