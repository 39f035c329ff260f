import Basics
import KernelIR

/// Elements of a tile picked by integers: calls of the runtime that gather and scatter.
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
  private mutating func writeWholeBuffer(_ instruction: FlatKernel.Instruction, _ places: Int32, first: Bool = false) {
    if !first { out.write(", ") }
    out.write(bytes: unit.bufferNames[Int(instruction.buffer)])
    out.write(", ")
    writeTemporary(places, .i64)
    out.write(", 1, ")
    out.write(unit.program.buffers[Int(instruction.buffer)].type.elementCount)
  }

  private mutating func writeSelectedAddress(_ instruction: FlatKernel.Instruction) {
    writeAddress(instruction)
    out.write(" + ")
    writeSelected(instruction)
  }

  /// A tile with the place of every selected element in its buffer.
  private mutating func writePlaces(_ instruction: FlatKernel.Instruction) -> Int32 {
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
    return places
  }

  /// `tile = op(tile, number)`.
  private mutating func writeInPlace(_ op: ScalarOp, _ slot: Int32, _ number: Int) {
    beginCall(.tile(op, .i64, kinds: [true, false]))
    writeTemporary(slot, .i64)
    out.write(", ")
    writeTemporary(slot, .i64)
    out.write(", ")
    out.write(number)
    endCall()
  }

  /// Without a step from position to position the runtime scatters by the selector itself.
  private mutating func writeClampedScatter(
    _ instruction: FlatKernel.Instruction, _ dtype: DType, _ writeTile: (inout KernelWriter) -> Void
  ) {
    let selection = plan.flat.selections[Int(instruction.selection)]
    let index = plan.info(instruction.a).dtype
    let clamped = takeTile(index)
    beginCall(.tile(.max, index, kinds: [true, false]))
    writeTemporary(clamped, index)
    writeOperands([instruction.a])
    out.write(", 0")
    endCall()
    // A limit beyond the selector's range is no bound.
    if index == .i64 || selection.limit <= Int(Int32.max) {
      beginCall(.tile(.min, index, kinds: [true, false]))
      writeTemporary(clamped, index)
      out.write(", ")
      writeTemporary(clamped, index)
      out.write(", ")
      out.write(selection.limit - 1)
      endCall()
    }
    beginCall(.scatterAdd(dtype, index: index))
    writeAddress(instruction)
    out.write(", ")
    writeTemporary(clamped, index)
    out.write(", ")
    out.write(selection.stride)
    out.write(", ")
    out.write(selection.limit)
    out.write(", ")
    writeTile(&self)
    endCall()
    tiles.release(clamped, index)
  }

  mutating func writeTileScatter(_ instruction: FlatKernel.Instruction, _ position: Int) {
    let value = instruction.b
    let dtype = plan.info(value).dtype
    let coefficient = plan.flat.tileCoefficient(instruction)
    if !isTile(instruction.a) && coefficient == 1 {
      // No element is met twice.
      beginCall(.tile(.add, dtype, kinds: [true, isTile(value)]))
      writeSelectedAddress(instruction)
      out.write(", ")
      writeSelectedAddress(instruction)
      writeOperands([value])
      endCall()
      return releaseOperands(instruction, position)
    }
    withTile(value) { writer, writeTile in
      if writer.isTile(instruction.a) && coefficient == 0 {
        return writer.writeClampedScatter(instruction, dtype, writeTile)
      }
      if writer.isTile(instruction.a) {
        let places = writer.writePlaces(instruction)
        writer.beginCall(.scatterAdd(dtype, index: .i64))
        writer.writeWholeBuffer(instruction, places, first: true)
        writer.out.write(", ")
        writeTile(&writer)
        writer.endCall()
        writer.tiles.release(places, .i64)
        return
      }
      // Steps from the first element, forwards or backwards; 0 if all are one.
      let places = writer.takeTile(.i64)
      writer.beginCall(.iota(.i64))
      writer.writeTemporary(places, .i64)
      writer.out.write(", ")
      writer.writeAffine(writer.plan.flat.affines[Int(instruction.index)])
      writer.out.write(" + ")
      writer.writeSelected(instruction)
      writer.out.write(", ")
      writer.out.write(coefficient)
      writer.endCall()
      writer.beginCall(.scatterAdd(dtype, index: .i64))
      writer.writeWholeBuffer(instruction, places, first: true)
      writer.out.write(", ")
      writeTile(&writer)
      writer.endCall()
      writer.tiles.release(places, .i64)
    }
    releaseOperands(instruction, position)
  }
}
