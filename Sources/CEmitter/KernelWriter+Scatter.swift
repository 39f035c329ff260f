import Basics
import KernelIR

/// Elements of buffers combined with values, at places that integers pick.
extension KernelWriter {
  private func selection(_ instruction: FlatKernel.Instruction) -> FlatKernel.Selection {
    plan.flat.selections[Int(instruction.selection)]
  }

  // MARK: One element

  mutating func writeScatter(_ instruction: FlatKernel.Instruction) {
    writeGuard(instruction)
    let combiner = selection(instruction).combiner
    let dtype = plan.info(instruction.b).dtype
    let hasPlainArithmetic = dtype.isFloating || unit.dialect.hasTiles
    out.indent()
    writeElement(instruction)
    switch combiner {
    case .add where hasPlainArithmetic: out.write(" += ")
    case .mul where hasPlainArithmetic: out.write(" *= ")
    case .add, .mul, .max, .min:
      out.write(" = ")
      out.write(bytes: unit.use(scalar: combiner.scalarOp ?? .add, dtype))
      out.write("(")
      writeElement(instruction)
      out.write(", ")
      writeValue(instruction.b)
      out.write(");\n")
      return endGuard(instruction)
    case .set: out.write(" = ")
    }
    writeValue(instruction.b)
    out.write(";\n")
    endGuard(instruction)
  }

  /// `if (0 <= selector && selector < limit)` before a scatter that drops.
  private mutating func writeGuard(_ instruction: FlatKernel.Instruction) {
    guard selection(instruction).drops else { return }
    out.indent()
    switch unit.dialect {
    case .tile, .vector:
      out.write("if (")
      writeValue(instruction.a, nested: true)
      out.write(" >= 0 && ")
      writeValue(instruction.a, nested: true)
      out.write(" < ")
      out.write(selection(instruction).limit)
      out.write(") {\n")
    case .portable:
      out.write("if (")
      out.write(string: unit.use(helper: .isIndex))
      out.write("(")
      writeValue(instruction.a)
      out.write(", ")
      out.write(selection(instruction).limit)
      out.write(")) {\n")
    }
    out.indentation += 1
  }

  private mutating func endGuard(_ instruction: FlatKernel.Instruction) {
    if selection(instruction).drops { endBlock() }
  }

  // MARK: Tiles

  mutating func writeTileScatter(_ instruction: FlatKernel.Instruction, _ position: Int) {
    if isTile(instruction.a) {
      withTile(instruction.b) { writer, writeTile in
        if writer.plan.flat.tileCoefficient(instruction) == 0 {
          writer.writeScatterBySelector(instruction, writeTile)
        } else {
          writer.writeScatterByPlaces(instruction, writeTile)
        }
      }
    } else {
      writeGuard(instruction)
      writeScatterInOneStep(instruction)
      endGuard(instruction)
    }
    releaseOperands(instruction, position)
  }

  /// One selector for all positions.
  private mutating func writeScatterInOneStep(_ instruction: FlatKernel.Instruction) {
    let value = instruction.b
    let dtype = plan.info(value).dtype
    let coefficient = plan.flat.tileCoefficient(instruction)
    if coefficient == 1 {
      // No element is met twice.
      if let op = selection(instruction).combiner.scalarOp {
        beginCall(.tile(op, dtype, kinds: [true, isTile(value)]))
        writeSelectedAddress(instruction)
        out.write(", ")
      } else {
        beginCall(isTile(value) ? .copy(dtype) : .fill(dtype))
      }
      writeSelectedAddress(instruction)
      writeOperands([value])
      return endCall()
    }
    withTile(value) { writer, writeTile in
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
      writer.writeScatter(instruction, at: places, writeTile)
      writer.tiles.release(places, .i64)
    }
  }

  /// Without a step from position to position the runtime scatters by the selector itself, and drops what is outside.
  private mutating func writeScatterBySelector(
    _ instruction: FlatKernel.Instruction, _ writeTile: (inout KernelWriter) -> Void
  ) {
    let selection = selection(instruction)
    let index = plan.info(instruction.a).dtype
    func writeCall(_ writer: inout KernelWriter, _ writeIndex: (inout KernelWriter) -> Void) {
      let dtype = writer.plan.info(instruction.b).dtype
      writer.beginCall(.scatter(selection.combiner, dtype, index: index))
      writer.writeAddress(instruction)
      writer.out.write(", ")
      writeIndex(&writer)
      writer.out.write(", ")
      writer.out.write(selection.stride)
      writer.out.write(", ")
      writer.out.write(selection.limit)
      writer.out.write(", ")
      writeTile(&writer)
      writer.endCall()
    }
    if selection.drops { return writeCall(&self) { $0.writeOperand(instruction.a) } }
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
    writeCall(&self) { $0.writeTemporary(clamped, index) }
    tiles.release(clamped, index)
  }

  private mutating func writeScatterByPlaces(
    _ instruction: FlatKernel.Instruction, _ writeTile: (inout KernelWriter) -> Void
  ) {
    let places = writePlaces(instruction)
    writeScatter(instruction, at: places, writeTile)
    tiles.release(places, .i64)
  }

  private mutating func writeScatter(
    _ instruction: FlatKernel.Instruction, at places: Int32, _ writeTile: (inout KernelWriter) -> Void
  ) {
    beginCall(.scatter(selection(instruction).combiner, plan.info(instruction.b).dtype, index: .i64))
    writeWholeBuffer(instruction, places, first: true)
    out.write(", ")
    writeTile(&self)
    endCall()
  }

  /// Puts -1, which the runtime drops, where the selector is outside its range.
  mutating func writeMarks(_ instruction: FlatKernel.Instruction, _ places: Int32) {
    let index = plan.info(instruction.a).dtype
    let limit = selection(instruction).limit
    let flags = takeTile(.bool)
    func mark(_ comparison: ScalarOp, _ bound: Int, _ writer: inout KernelWriter) {
      writer.beginCall(.tile(comparison, index, kinds: [true, false]))
      writer.writeTemporary(flags, .bool)
      writer.writeOperands([instruction.a])
      writer.out.write(", ")
      writer.out.write(bound)
      writer.endCall()
      writer.beginCall(.tile(.select, .i64, kinds: [false, true]))
      writer.writeTemporary(places, .i64)
      writer.out.write(", ")
      writer.writeTemporary(flags, .bool)
      writer.out.write(", -1, ")
      writer.writeTemporary(places, .i64)
      writer.endCall()
    }
    mark(.lt, 0, &self)
    // A limit beyond the selector's range is no bound.
    if index == .i64 || limit <= Int(Int32.max) { mark(.ge, limit, &self) }
    tiles.release(flags, .bool)
  }
}
