import Basics
import KernelIR
import TensorIR

/// Tensors of which elements, or a box, are combined or replaced.
extension FunctionLowering {
  mutating func lowerScatter(_ instruction: Function.Instruction, job: Int) {
    guard let target = bufferOf[Int(instruction.firstResult)] else { return }
    let shape = function.type(of: Value(Int(instruction.firstResult))).shape
    let base = view.operand(0, of: instruction)
    var filling = ExpressionLowering(view, plan, bufferOf, job: job)
    write(over: shape, to: target, &filling) { code, map in
      code.compute(base, at: map)
    } position: { map in
      map.linear(in: shape)
    }
    finish(filling, instruction)
    var code = ExpressionLowering(view, plan, bufferOf, job: job)
    switch view.rule(instruction) {
    case .scatter(let combiner, let axis, let drops):
      lowerUpdates(instruction, combiner, axis: axis, drops: drops, in: shape, to: target, &code)
    case .dynamicUpdate: lowerBox(instruction, in: shape, to: target, &code)
    default: return
    }
    finish(code, instruction)
  }

  private func lowerUpdates(
    _ instruction: Function.Instruction, _ combiner: ScatterCombiner, axis: Int, drops: Bool, in shape: Shape,
    to target: BufferID, _ code: inout ExpressionLowering
  ) {
    let (selector, updates) = (view.operand(1, of: instruction), view.operand(2, of: instruction))
    let rank = function.type(of: selector).rank
    let point = openLoops(over: function.type(of: updates).shape, &code)
    let value = code.compute(updates, at: point)
    let picks = code.compute(selector, at: IndexMap(Array(point.axes[axis..<axis + rank])))
    var place = point
    place.axes.replaceSubrange(axis..<axis + rank, with: [AffineIndex()])
    code.kernel.scatter(
      ScatterStatement(
        combiner, target, base: place.linear(in: shape), selector: picks, stride: shape.strides[axis],
        limit: max(shape[axis], 1), drops: drops, value: value))
    closeLoops(over: function.type(of: updates).shape, &code)
  }

  private func lowerBox(
    _ instruction: Function.Instruction, in shape: Shape, to target: BufferID, _ code: inout ExpressionLowering
  ) {
    let update = view.operand(1, of: instruction)
    let start = code.updateStart(instruction)
    let point = openLoops(over: function.type(of: update).shape, &code)
    let value = code.compute(update, at: point)
    if let start {
      code.kernel.scatter(
        ScatterStatement(
          .set, target, base: point.linear(in: shape), selector: start.position, stride: 1, limit: start.limit,
          value: value))
    } else {
      code.kernel.store(value, target, point.linear(in: shape))
    }
    closeLoops(over: function.type(of: update).shape, &code)
  }
}
