import Basics
import KernelIR

/// Writes the C function of one kernel, statement by statement.
struct KernelWriter {
  var unit: CUnit
  let plan: KernelPlan
  let kernel: Kernel
  var out = ByteWriter()
  /// By value: number of its variable, slot or lanes.
  var number: [Int32]
  /// `plan.lastUse`, -2 once freed.
  var lastUse: [Int32]
  /// Fewer than `greatestLocalCount` variables of each dtype.
  var locals = SlotPool()
  /// Elements of the scratch memory that serve as variables; their numbers follow those of `locals`.
  var spills = SlotPool()
  var lanes = SlotPool()
  /// Slots of the current tile scope.
  var tiles = SlotPool()
  /// The largest counts of slots over the tile scopes, by dtype.
  var tileCounts = [Int](repeating: 0, count: DType.allCases.count)
  /// The extent of the current tile axis if all of it is one tile.
  var narrowTile: Int?
  /// The extent of the longest tile axis that needs a loop, or 0.
  var widestExtent = 0
  var nextVariable: Int32 = 0
  /// Whether something is stored past the caches.
  var hasStreamed = false
  /// Of the vector dialect.
  var vectors = VectorScope()
  /// Of the vector dialect: the functions that a long kernel is written as.
  var parts = KernelParts()
  /// How long the text is when code is to be prefetched again; machine code is about as long.
  var nextPrefetch = 0

  /// - Parameter name: That of its function.
  init(_ kernel: Kernel, unit: CUnit, name: String = "", indentation: Int = 1) {
    self.unit = unit
    parts.name = name
    self.kernel = kernel
    plan = KernelPlan(
      kernel, dialect: unit.dialect, pairsFunctions: unit.pairsFunctions, program: unit.program, loops: unit.loops)
    number = [Int32](repeating: -1, count: kernel.values.count)
    lastUse = plan.lastUse
    out.bytes.reserveCapacity(plan.flat.code.count * 32)
    out.indentation = indentation
    if unit.dialect == .vector { prepareVectors() }
  }

  mutating func writeBody() {
    if !parts.isInLoop { beginParts(-1) }
    defer { if !parts.isInLoop { endParts(plan.flat.code.count) } }
    var next = 0
    while next < plan.flat.code.count {
      let position = next
      next += 1
      if parts.isStart(position) { parts.starts.append(out.bytes.count) }
      let instruction = plan.flat.code[position]
      switch instruction.kind {
      case .loop where plan.isScopeLive[Int(instruction.scope)]: beginLoop(instruction)
      case .tile where plan.isScopeLive[Int(instruction.scope)]:
        switch unit.dialect {
        case .tile: beginTile(instruction)
        case .vector:
          next = beginVectors(instruction, position)
          beginParts(position)
        case .portable: beginLoop(instruction)
        }
      case .end where plan.isScopeLive[Int(instruction.scope)]: next = end(instruction, position)
      case .loop, .tile, .end: break
      default:
        if plan.isLive[position], plan.emission[position] == Int32(position) { write(instruction, position) }
      }
      if position & 4095 == 4095 { writeProgress(position) }
      if out.bytes.count >= nextPrefetch { writePrefetch() }
    }
  }

  private mutating func beginLoop(_ instruction: FlatKernel.Instruction) {
    out.indent()
    let isChunked = isChunked(Int(instruction.index))
    out.write("for (int64_t i")
    out.write(Int(instruction.index))
    out.write(isChunked ? " = chunk_start; i" : " = 0; i")
    out.write(Int(instruction.index))
    out.write(" < ")
    if isChunked { out.write("chunk_end") } else { out.write(plan.flat.axes[Int(instruction.index)].extent) }
    out.write("; ++i")
    out.write(Int(instruction.index))
    out.write(") {\n")
    out.indentation += 1
  }

  /// Ends a scope, and gives the position to go on from.
  private mutating func end(_ instruction: FlatKernel.Instruction, _ position: Int) -> Int {
    for value in plan.freedAtEnd[Int32(position)] ?? [] where lastUse[Int(value)] == Int32(position) { release(value) }
    switch unit.dialect {
    case .tile where plan.flat.scopes[Int(instruction.scope)].isTile: endTile()
    case .vector where plan.flat.scopes[Int(instruction.scope)].isTile:
      endParts(position)
      let next = endVectors(instruction, position)
      beginParts(next - 1)
      return next
    default: endBlock()
    }
    return position + 1
  }

  mutating func endBlock() {
    out.indentation -= 1
    out.indent()
    out.write("}\n")
  }

  private mutating func write(_ instruction: FlatKernel.Instruction, _ position: Int) {
    if plan.isPair(position) { return writeSineCosine(instruction, cosine: plan.flat.code[position + 1].result) }
    if plan.isSecondOfPair(position) { return releaseOperands(instruction, position) }
    if unit.dialect == .vector, writeVector(instruction) { return }
    switch instruction.kind {
    case .store:
      if plan.isTile[Int(instruction.a)] || (unit.dialect == .tile && plan.flat.tileCoefficient(instruction) != 0) {
        writeTileStore(instruction, position)
      } else {
        releaseOperands(instruction, position)
        out.indent()
        writeElement(instruction)
        out.write(" = ")
        writeValue(instruction.a)
        out.write(";\n")
      }
    case .scatter:
      if unit.dialect == .tile && plan.flat.tileAxis(instruction) >= 0 {
        writeTileScatter(instruction, position)
      } else {
        releaseOperands(instruction, position)
        writeScatter(instruction)
      }
    case .accumulator: writeAccumulator(instruction)
    case .accumulate:
      if plan.place[Int(instruction.b)] == .local {
        releaseOperands(instruction, position)
        writeAccumulate(instruction)
      } else {
        writeTileAccumulate(instruction, position)
      }
    default:
      let value = instruction.result
      switch plan.place[Int(value)] {
      case .local:
        releaseOperands(instruction, position)
        beginDefinition(value, isConstant: true)
        writeExpression(instruction, nested: false)
        out.write(";\n")
      case .slot, .destination: writeTile(instruction, position)
      default: break
      }
    }
  }

  // MARK: Indices

  /// `8 * i0 + i1 - 3`; without the tile axis where all of it is one tile.
  mutating func writeAffine(_ index: AffineIndex, after prefix: Bool = false) {
    var first = !prefix
    for term in index.terms {
      if narrowTile != nil, term.axis == narrowAxis { continue }
      if !first { out.write(" + ") }
      first = false
      if term.coefficient != 1 {
        out.write(term.coefficient)
        out.write(" * ")
      }
      out.write("i")
      out.write(term.axis)
    }
    var offset = index.offset
    if vectors.copy > 0 { offset += index.coefficient(of: vectors.axis) * vectors.copy * vectors.laneCount }
    if offset == 0 {
      if first { out.write("0") }
    } else if first {
      out.write(offset)
    } else if offset < 0 && offset > Int.min {
      out.write(" - ")
      out.write(-offset)
    } else {
      out.write(" + ")
      out.write(offset)
    }
  }
  var narrowAxis = -1

  /// `x[i0 + 3]`.
  mutating func writeElement(_ instruction: FlatKernel.Instruction) {
    out.write(bytes: unit.bufferNames[Int(instruction.buffer)])
    out.write("[")
    let index = plan.flat.affines[Int(instruction.index)]
    if instruction.selection >= 0 {
      if index.offset != 0 || !index.terms.isEmpty {
        writeAffine(index)
        out.write(" + ")
      }
      writeSelected(instruction)
    } else {
      writeAffine(index)
    }
    out.write("]")
  }

  /// `3 * clamped selector`; of a scatter that drops the selector itself, which has been found inside.
  mutating func writeSelected(_ instruction: FlatKernel.Instruction) {
    let selection = plan.flat.selections[Int(instruction.selection)]
    if selection.stride != 1 {
      out.write(selection.stride)
      out.write(" * ")
    }
    if selection.drops { return writeValue(instruction.a, nested: true) }
    switch unit.dialect {
    // libtcc has no inlining: two branches cost less than two calls.
    case .tile where plan.place[Int(instruction.a)] == .local:
      out.write("(")
      writeValue(instruction.a)
      out.write(" < 0 ? 0 : ")
      writeValue(instruction.a)
      out.write(" < ")
      out.write(selection.limit)
      out.write(" ? ")
      writeValue(instruction.a)
      out.write(" : ")
      out.write(selection.limit - 1)
      out.write(")")
    case .tile, .vector:
      out.write(bytes: unit.use(scalar: .min, .i64))
      out.write("(")
      out.write(bytes: unit.use(scalar: .max, .i64))
      out.write("(")
      writeValue(instruction.a)
      out.write(", 0), ")
      out.write(selection.limit - 1)
      out.write(")")
    case .portable:
      out.write(string: unit.use(helper: .clampIndex))
      out.write("(")
      writeValue(instruction.a)
      out.write(", ")
      out.write(selection.limit)
      out.write(")")
    }
  }

  // MARK: Uniform statements

  private mutating func writeAccumulator(_ instruction: FlatKernel.Instruction) {
    let value = instruction.result
    let dtype = plan.info(value).dtype
    let identity = unit.literal(instruction.combiner.identity(dtype))
    switch plan.place[Int(value)] {
    case .lanes:
      number[Int(value)] = lanes.take(dtype)
      out.indent()
      out.write(bytes: unit.use(.lanesFill(dtype)))
      out.write("(")
      writeName(value)
      out.write(", ")
      out.write(string: identity)
      out.write(");\n")
    case .slot:
      number[Int(value)] = takeTile(dtype)
      beginCall(.fill(dtype))
      writeName(value)
      out.write(", ")
      out.write(string: identity)
      endCall()
    default:
      beginDefinition(value, isConstant: false)
      out.write(string: identity)
      out.write(";\n")
    }
  }

  private mutating func writeAccumulate(_ instruction: FlatKernel.Instruction) {
    let accumulator = instruction.b
    let dtype = plan.info(accumulator).dtype
    let combiner = plan.flat.code[Int(plan.definition[Int(accumulator)])].combiner
    out.indent()
    writeName(accumulator)
    let isPlain = dtype.isFloating || unit.dialect.hasTiles
    switch combiner {
    case .add where isPlain: out.write(" += ")
    case .mul where isPlain: out.write(" *= ")
    case .and: out.write(" &= ")
    case .or: out.write(" |= ")
    default:
      out.write(" = ")
      out.write(bytes: unit.use(scalar: combiner.scalarOp, dtype))
      out.write("(")
      writeName(accumulator)
      out.write(", ")
      writeValue(instruction.a)
      out.write(");\n")
      return
    }
    writeValue(instruction.a)
    out.write(";\n")
  }

}

extension KernelWriter {
  /// Whether the tile dialect's function has scratch memory.
  var needsScratch: Bool {
    DType.allCases.contains {
      tileCounts[Int($0.rawValue)] > 0 || lanes.count($0) > 0 || spills.count($0) > 0
    }
  }

  /// The buffers that the function of the kernel is passed. In portable C constants are global. To libtcc they are
  /// `extern`, and operands of arithmetic that libtcc addresses relative to the code, which does not reach so far;
  /// as arguments they are addressed in full.
  var parameters: [Int32] {
    plan.memory.buffers.filter {
      if unit.dialect == .portable, case .constant = unit.program.buffers[Int($0)].role { false } else { true }
    }
  }
}
