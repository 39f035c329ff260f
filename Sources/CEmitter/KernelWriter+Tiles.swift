import Basics
import KernelIR

/// Statements on tiles: calls of the runtime.
extension KernelWriter {
  // MARK: Scopes

  mutating func beginTile(_ instruction: FlatKernel.Instruction) {
    let axis = Int(instruction.index)
    let extent = plan.flat.axes[axis].extent
    tiles = SlotPool()
    narrowAxis = axis
    if isChunked(axis) { return beginChunkedTile(axis) }
    if extent <= CostModel.leastTileWidth || plan.isSingleCall[Int(instruction.scope)] {
      narrowTile = extent
      return
    }
    narrowTile = nil
    widestExtent = max(widestExtent, extent)
    out.line("for (int64_t i\(axis) = 0; i\(axis) < \(extent); i\(axis) += width) {")
    out.indentation += 1
    out.line("const int64_t n\(axis) = \(extent) - i\(axis) < width ? \(extent) - i\(axis) : width;")
  }

  mutating func endTile() {
    for dtype in DType.allCases {
      tileCounts[Int(dtype.rawValue)] = max(tileCounts[Int(dtype.rawValue)], tiles.count(dtype))
    }
    if narrowTile == nil { endBlock() }
    narrowTile = nil
    narrowAxis = -1
  }

  mutating func takeTile(_ dtype: DType) -> Int32 { tiles.take(dtype) }

  // MARK: Calls

  mutating func beginCall(_ function: RuntimeFunction) {
    out.indent()
    out.write(bytes: unit.use(function))
    out.write("(")
  }

  mutating func endCall() {
    out.write(", ")
    writeLength()
    out.write(");\n")
  }

  private mutating func writeLength() {
    if let narrowTile {
      out.write(narrowTile)
    } else {
      out.write("n")
      out.write(narrowAxis)
    }
  }

  mutating func writeTemporary(_ slot: Int32, _ dtype: DType) {
    out.write("t")
    out.write(byte: dtype.letter)
    out.write(Int(slot))
  }

  /// `x + i0 + 3`, the address of an access at the start of the tile.
  mutating func writeAddress(_ instruction: FlatKernel.Instruction) {
    out.write(bytes: unit.bufferNames[Int(instruction.buffer)])
    let index = plan.flat.affines[Int(instruction.index)]
    let isNarrowOnly = index.offset == 0 && index.terms.allSatisfy { narrowTile != nil && $0.axis == narrowAxis }
    if !isNarrowOnly && !(index.offset == 0 && index.terms.isEmpty) { writeAffine(index, after: true) }
  }

  /// An operand of a tile operation: an address or one element.
  mutating func writeOperand(_ value: Int32) {
    guard plan.isTile[Int(value)] else { return writeValue(value) }
    switch plan.place[Int(value)] {
    case .pointer:
      let access = plan.flat.code[Int(plan.definition[Int(value)])]
      if access.kind == .gather { writeSelectedAddress(access) } else { writeAddress(access) }
    case .destination: writeAddress(plan.flat.code[Int(plan.partner[Int(value)])])
    default: writeName(value)
    }
  }

  /// Takes a slot for the result unless it goes straight to a buffer.
  mutating func place(_ value: Int32) {
    if plan.place[Int(value)] == .slot { number[Int(value)] = takeTile(plan.info(value).dtype) }
  }

  func isTile(_ value: Int32) -> Bool { plan.isTile[Int(value)] }

  mutating func writeOperands(_ values: [Int32]) {
    for value in values {
      out.write(", ")
      writeOperand(value)
    }
  }

  // MARK: Values

  mutating func writeTile(_ instruction: FlatKernel.Instruction, _ position: Int) {
    let value = instruction.result
    let dtype = plan.info(value).dtype
    switch instruction.kind {
    case .gather:
      // The result must not take the place of the selector, which is read after parts of it are written.
      place(value)
      writeTileGather(instruction, dtype)
      releaseOperands(instruction, position)
    case .load:
      place(value)
      let stride = plan.flat.tileCoefficient(instruction)
      beginCall(stride == 1 ? .copy(dtype) : .load(dtype))
      writeOperand(value)
      out.write(", ")
      writeAddress(instruction)
      if stride != 1 {
        out.write(", ")
        out.write(stride)
      }
      endCall()
    case .index:
      place(value)
      writeTileIndex(instruction, dtype)
    case .cast, .finish:
      releaseOperands(instruction, position)
      place(value)
      let source = plan.info(instruction.a).dtype
      beginCall(source == dtype ? .copy(dtype) : .cast(from: source, to: dtype))
      writeOperand(value)
      writeOperands([instruction.a])
      endCall()
    default:
      releaseOperands(instruction, position)
      place(value)
      writeTileCompute(instruction, position, into: value)
    }
  }

  private mutating func writeTileIndex(_ instruction: FlatKernel.Instruction, _ dtype: DType) {
    let value = instruction.result
    let index = plan.flat.affines[Int(instruction.index)]
    let step = plan.flat.tileCoefficient(instruction)
    if dtype == .i32 || dtype == .i64 || isExact(index, in: dtype) {
      beginCall(.iota(dtype))
      writeOperand(value)
      out.write(", ")
      writeAffine(index)
      out.write(", ")
      out.write(step)
      endCall()
      return
    }
    let whole = takeTile(.i64)
    writeIota(whole, index, step)
    beginCall(.cast(from: .i64, to: dtype))
    writeOperand(value)
    out.write(", ")
    writeTemporary(whole, .i64)
    endCall()
    tiles.release(whole, .i64)
  }

  mutating func writeIota(_ slot: Int32, _ index: AffineIndex, _ step: Int) {
    beginCall(.iota(.i64))
    writeTemporary(slot, .i64)
    out.write(", ")
    writeAffine(index)
    out.write(", ")
    out.write(step)
    endCall()
  }

  /// Whether every value of the index and of its parts is exact in a floating dtype.
  func isExact(_ index: AffineIndex, in dtype: DType) -> Bool {
    guard dtype.isFloating else { return false }
    return bound(of: index) < (dtype == .f32 ? 0x1p24 : 0x1p53)
  }

  /// No part of the index is greater, nor its value.
  func bound(of index: AffineIndex) -> Double {
    var bound = Double(index.offset).magnitude
    for term in index.terms {
      bound += Double(term.coefficient).magnitude * Double(plan.flat.axes[term.axis].extent)
    }
    return bound
  }

  mutating func writeTileSelect(_ instruction: FlatKernel.Instruction, into value: Int32) {
    let dtype = plan.info(value).dtype
    if isTile(instruction.a) {
      beginCall(.tile(.select, dtype, kinds: [isTile(instruction.b), isTile(instruction.c)]))
      writeOperand(value)
      writeOperands([instruction.a, instruction.b, instruction.c])
      return endCall()
    }
    out.indent()
    out.write("if (")
    writeValue(instruction.a)
    out.write(")\n")
    writeCopy(of: instruction.b, into: value, dtype)
    out.indent()
    out.write("else\n")
    writeCopy(of: instruction.c, into: value, dtype)
  }

  private mutating func writeCopy(of source: Int32, into value: Int32, _ dtype: DType) {
    out.indentation += 1
    beginCall(isTile(source) ? .copy(dtype) : .fill(dtype))
    writeOperand(value)
    writeOperands([source])
    endCall()
    out.indentation -= 1
  }

  // MARK: Effects

  /// Calls `body` with the text of a tile that holds the value at every position.
  mutating func withTile(_ value: Int32, _ body: (inout KernelWriter, (inout KernelWriter) -> Void) -> Void) {
    if isTile(value) { return body(&self) { $0.writeOperand(value) } }
    let dtype = plan.info(value).dtype
    let filled = takeTile(dtype)
    beginCall(.fill(dtype))
    writeTemporary(filled, dtype)
    writeOperands([value])
    endCall()
    body(&self) { $0.writeTemporary(filled, dtype) }
    tiles.release(filled, dtype)
  }

  mutating func writeTileStore(_ instruction: FlatKernel.Instruction, _ position: Int) {
    let value = instruction.a
    let dtype = plan.info(value).dtype
    let stride = plan.flat.tileCoefficient(instruction)
    if plan.place[Int(value)] == .destination && plan.partner[Int(value)] == Int32(position) { return }
    if stride == 1 {
      let isStreamed = plan.isStreamed(instruction)
      if isStreamed {
        hasStreamed = true
        _ = unit.use(.endStreams)
      }
      beginCall(isStreamed ? .stream(dtype) : isTile(value) ? .copy(dtype) : .fill(dtype))
      writeAddress(instruction)
      writeOperands([value])
      endCall()
    } else {
      withTile(value) { writer, writeTile in
        writer.beginCall(.store(dtype))
        writer.writeAddress(instruction)
        writer.out.write(", ")
        writer.out.write(stride)
        writer.out.write(", ")
        writeTile(&writer)
        writer.endCall()
      }
    }
    releaseOperands(instruction, position)
  }

  mutating func writeTileAccumulate(_ instruction: FlatKernel.Instruction, _ position: Int) {
    let (value, accumulator) = (instruction.a, instruction.b)
    let dtype = plan.info(accumulator).dtype
    let combiner = plan.flat.code[Int(plan.definition[Int(accumulator)])].combiner
    let isFused = plan.place[Int(value)] == .fused
    if plan.place[Int(accumulator)] == .slot {
      if isFused {
        writeChain(fusedOperation(value), ChainLink(.add), other: accumulator, dtype) { $0.writeName(accumulator) }
      } else {
        beginCall(.tile(combiner.scalarOp, dtype, kinds: [true, isTile(value)]))
        writeName(accumulator)
        writeOperands([accumulator, value])
        endCall()
      }
    } else if isFused {
      let product = plan.flat.code[Int(plan.definition[Int(value)])]
      beginCall(.reduceMulAdd(dtype))
      writeName(accumulator)
      writeOperands([product.a, product.b])
      endCall()
    } else {
      withTile(value) { writer, writeTile in
        writer.beginCall(.reduce(combiner, dtype))
        writer.writeName(accumulator)
        writer.out.write(", ")
        writeTile(&writer)
        writer.endCall()
      }
    }
    releaseOperands(instruction, position)
  }
}
