import Basics
import KernelIR

/// Elements of a tile picked by integers: calls of the runtime that gather.
extension KernelWriter {
  mutating func writeTileGather(_ instruction: FlatKernel.Instruction, _ dtype: DType) {
    let value = instruction.result
    let selection = plan.flat.selections[Int(instruction.selection)]
    let coefficient = plan.flat.tileCoefficient(instruction)
    if !isTile(instruction.a) {
      beginCall(coefficient == 1 ? .copy(dtype) : .load(dtype))
      writeOperand(value)
      out.write(", ")
      writeSelectedAddress(instruction)
      if coefficient != 1 {
        out.write(", ")
        out.write(coefficient)
      }
      return endCall()
    }
    if coefficient == 0 {
      beginCall(.gather(dtype, index: plan.info(instruction.a).dtype))
      writeOperand(value)
      out.write(", ")
      writeAddress(instruction)
      writeOperands([instruction.a])
      out.write(", ")
      out.write(selection.stride)
      out.write(", ")
      out.write(selection.limit)
      return endCall()
    }
    let places = writePlaces(instruction)
    beginCall(.gather(dtype, index: .i64))
    writeOperand(value)
    writeWholeBuffer(instruction, places)
    endCall()
    tiles.release(places, .i64)
  }

  /// `, x, tl0, 1, count`.
  mutating func writeWholeBuffer(_ instruction: FlatKernel.Instruction, _ places: Int32, first: Bool = false) {
    if !first { out.write(", ") }
    out.write(bytes: unit.bufferNames[Int(instruction.buffer)])
    out.write(", ")
    writeTemporary(places, .i64)
    out.write(", 1, ")
    out.write(unit.program.buffers[Int(instruction.buffer)].type.elementCount)
  }

  mutating func writeSelectedAddress(_ instruction: FlatKernel.Instruction) {
    writeAddress(instruction)
    out.write(" + ")
    writeSelected(instruction)
  }

  /// A tile with the place of every selected element in its buffer; -1 for those that are dropped.
  mutating func writePlaces(_ instruction: FlatKernel.Instruction) -> Int32 {
    let selection = plan.flat.selections[Int(instruction.selection)]
    let index = plan.flat.affines[Int(instruction.index)]
    let places = takeTile(.i64)
    if plan.info(instruction.a).dtype == .i64 {
      beginCall(.copy(.i64))
    } else {
      beginCall(.cast(from: .i32, to: .i64))
    }
    writeTemporary(places, .i64)
    writeOperands([instruction.a])
    endCall()
    writeInPlace(.max, places, 0)
    writeInPlace(.min, places, selection.limit - 1)
    if selection.stride != 1 { writeInPlace(.mul, places, selection.stride) }
    let bases = takeTile(.i64)
    writeIota(bases, index, plan.flat.tileCoefficient(instruction))
    beginCall(.tile(.add, .i64, kinds: [true, true]))
    writeTemporary(places, .i64)
    out.write(", ")
    writeTemporary(places, .i64)
    out.write(", ")
    writeTemporary(bases, .i64)
    endCall()
    tiles.release(bases, .i64)
    if selection.drops { writeMarks(instruction, places) }
    return places
  }

  /// `tile = op(tile, number)`.
  mutating func writeInPlace(_ op: ScalarOp, _ slot: Int32, _ number: Int) {
    beginCall(.tile(op, .i64, kinds: [true, false]))
    writeTemporary(slot, .i64)
    out.write(", ")
    writeTemporary(slot, .i64)
    out.write(", ")
    out.write(number)
    endCall()
  }
}
