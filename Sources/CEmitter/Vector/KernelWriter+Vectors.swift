import Basics
import KernelIR

/// Statements on tiles, as operations on one vector of them.
extension KernelWriter {
  private var n: Int { vectors.laneCount }

  private func type(_ value: Int32) -> String { vectorType(plan.info(value).dtype) }

  /// Writes a statement of a tile scope; `false` if it is one on single elements.
  mutating func writeVector(_ instruction: FlatKernel.Instruction) -> Bool {
    let isInside = plan.flat.tileAxis(instruction) >= 0
    switch instruction.kind {
    case .store where isInside: forEachVector { $0.writeVectorStore(instruction) }
    case .scatter where isInside: forEachVector { $0.writeVectorScatter(instruction) }
    case .accumulator:
      let dtype = plan.info(instruction.result).dtype
      let identity = unit.literal(instruction.combiner.identity(dtype))
      if plan.place[Int(instruction.result)] == .lanes {
        writeLanes(instruction.result, identity)
      } else if plan.isTile[Int(instruction.result)] {
        number[Int(instruction.result)] = nextVariable
        nextVariable += 1
        forEachVector { writer in
          writer.beginVector(instruction.result, isConstant: false)
          writer.out.write(string: "vector_splat_\(writer.vectorType(dtype))(\(identity));\n")
        }
      } else {
        return false
      }
    case .accumulate:
      guard plan.place[Int(instruction.b)] == .lanes || plan.isTile[Int(instruction.b)] else { return false }
      forEachVector { $0.writeVectorAccumulate(instruction) }
    default:
      guard instruction.result >= 0, plan.isTile[Int(instruction.result)] else { return false }
      guard plan.place[Int(instruction.result)] == .local else { return true }
      takeVectorNumber(instruction.result)
      forEachVector { $0.writeVectorDefinition(instruction) }
    }
    return true
  }

  /// `const f32x16 v3 = `.
  private mutating func beginVector(_ value: Int32, isConstant: Bool) {
    out.indent()
    if !isSpilled(value) {
      if isConstant { out.write("const ") }
      out.write(string: type(value))
      out.write(" ")
    }
    writeName(value)
    out.write(" = ")
  }

  private mutating func takeVectorNumber(_ value: Int32) {
    if isSpilled(value) {
      number[Int(value)] = parts.tileSpills.take(plan.info(value).dtype)
    } else {
      number[Int(value)] = nextVariable
      nextVariable += 1
    }
  }

  /// A variable, or an element at all positions.
  private mutating func writeVectorOperand(_ value: Int32) {
    if plan.isTile[Int(value)] { return writeName(value) }
    out.write(string: "vector_splat_\(type(value))(")
    writeValue(value)
    out.write(")")
  }

  private mutating func writeVectorOperands(_ values: [Int32]) {
    for (position, value) in values.enumerated() {
      if position > 0 { out.write(", ") }
      writeVectorOperand(value)
    }
  }

  // MARK: Values

  private mutating func writeVectorDefinition(_ instruction: FlatKernel.Instruction) {
    let value = instruction.result
    let dtype = plan.info(value).dtype
    if instruction.kind == .compute {
      let operation = plan.info(instruction.op == .select ? instruction.b : instruction.a).dtype
      if !VectorHelper.isDefined(instruction.op, operation) {
        unit.use(.call(unit.function(instruction.op, operation)), n)
      }
    }
    beginVector(value, isConstant: true)
    switch instruction.kind {
    case .load: writeVectorLoad(instruction, dtype)
    case .gather: writeVectorGather(instruction, dtype)
    case .index: writeVectorIndex(plan.flat.affines[Int(instruction.index)], dtype)
    case .cast, .finish:
      let source = plan.info(instruction.a).dtype
      if source == dtype {
        writeVectorOperand(instruction.a)
      } else {
        out.write(string: "vector_cast_\(source)_\(vectorType(dtype))(")
        writeVectorOperand(instruction.a)
        out.write(")")
      }
    default: writeVectorCompute(instruction)
    }
    out.write(";\n")
  }

  mutating func writeVectorPair(_ sine: Int32, _ cosine: Int32, _ angle: Int32) {
    let helper = VectorHelper.sineCosine(plan.info(sine).dtype)
    takeVectorNumber(sine)
    takeVectorNumber(cosine)
    forEachVector { writer in
      writer.unit.use(helper, writer.n)
      if !writer.isSpilled(cosine) {
        writer.out.indent()
        writer.out.write(string: "\(writer.type(cosine)) ")
        writer.writeName(cosine)
        writer.out.write(";\n")
      }
      writer.beginVector(sine, isConstant: true)
      writer.out.write(string: "\(helper.name(writer.n))(")
      writer.writeVectorOperand(angle)
      writer.out.write(", &")
      writer.writeName(cosine)
      writer.out.write(");\n")
    }
  }

  private mutating func writeVectorCompute(_ instruction: FlatKernel.Instruction) {
    let op = instruction.op
    let dtype = plan.info(op == .select ? instruction.b : instruction.a).dtype
    let symbol: StaticString? =
      switch op {
      case .add: " + "
      case .sub: " - "
      case .mul: " * "
      case .div where dtype.isFloating: " / "
      default: nil
      }
    if let symbol {
      writeVectorOperand(instruction.a)
      out.write(symbol)
      return writeVectorOperand(instruction.b)
    }
    out.write(string: "vector_\(unit.function(op, dtype).opName)_\(vectorType(dtype))(")
    writeVectorOperands(Array([instruction.a, instruction.b, instruction.c].prefix(op.arity)))
    out.write(")")
  }

  /// `x + (100 * i0 + i1)`, where an access starts.
  private mutating func writeStart(_ instruction: FlatKernel.Instruction) {
    out.write(bytes: unit.bufferNames[Int(instruction.buffer)])
    let index = plan.flat.affines[Int(instruction.index)]
    if index.offset == 0 && index.terms.isEmpty { return }
    out.write(" + (")
    writeAffine(index)
    out.write(")")
  }

  /// `, 16`, the number of elements there are.
  private mutating func writeCount() {
    out.write(", ")
    out.write(vectors.currentPart ?? n)
  }

  private mutating func writeVectorLoad(_ instruction: FlatKernel.Instruction, _ dtype: DType) {
    let stride = plan.flat.tileCoefficient(instruction)
    let isPart = vectors.currentPart != nil
    out.write(string: "vector_load_\(stride != 1 ? "stride_" : isPart ? "part_" : "")\(vectorType(dtype))(")
    writeStart(instruction)
    if instruction.selection >= 0 {
      out.write(" + ")
      writeSelected(instruction)
    }
    if stride != 1 {
      out.write(", ")
      out.write(stride)
    }
    if stride != 1 || isPart { writeCount() }
    out.write(")")
  }

  private mutating func writeVectorGather(_ instruction: FlatKernel.Instruction, _ dtype: DType) {
    if !plan.isTile[Int(instruction.a)] { return writeVectorLoad(instruction, dtype) }
    let selection = plan.flat.selections[Int(instruction.selection)]
    let helper = VectorHelper.gather(dtype, index: plan.info(instruction.a).dtype)
    unit.use(helper, n)
    out.write(string: "\(helper.name(n))(")
    writeStart(instruction)
    out.write(string: ", \(plan.flat.tileCoefficient(instruction)), ")
    writeVectorOperand(instruction.a)
    out.write(string: ", \(selection.stride), \(selection.limit)")
    writeCount()
    out.write(")")
  }

  private mutating func writeVectorIndex(_ index: AffineIndex, _ dtype: DType) {
    let whole: DType = dtype == .i64 || !plan.fits32(index, dtype) ? .i64 : .i32
    if dtype != whole { out.write(string: "vector_cast_\(whole)_\(vectorType(dtype))(") }
    out.write(string: "vector_index_\(vectorType(whole))((\(whole.cName))(")
    writeAffine(index)
    out.write(string: "), (\(whole.cName))\(index.coefficient(of: vectors.axis))LL)")
    if dtype != whole { out.write(")") }
  }

  // MARK: Effects

  private mutating func writeVectorStore(_ instruction: FlatKernel.Instruction) {
    let value = instruction.a
    let stride = plan.flat.tileCoefficient(instruction)
    let isPart = vectors.currentPart != nil
    out.indent()
    // Of vectors that fill a register.
    let isStreamed =
      !isPart && plan.isStreamed(instruction) && plan.info(value).dtype.byteCount * n == unit.vectorTarget.byteCount
    if isStreamed { hasStreamed = true }
    let kind = isStreamed ? "stream_" : "store_"
    out.write(string: "vector_\(kind)\(stride != 1 ? "stride_" : isPart ? "part_" : "")\(type(value))(")
    writeStart(instruction)
    out.write(", ")
    if stride != 1 {
      out.write(stride)
      out.write(", ")
    }
    writeVectorOperand(value)
    if stride != 1 || isPart { writeCount() }
    out.write(");\n")
  }

  private mutating func writeVectorScatter(_ instruction: FlatKernel.Instruction) {
    let selection = plan.flat.selections[Int(instruction.selection)]
    let helper = VectorHelper.scatter(
      selection.combiner, plan.info(instruction.b).dtype, index: plan.info(instruction.a).dtype)
    unit.use(helper, n)
    out.indent()
    out.write(string: "\(helper.name(n))(")
    writeStart(instruction)
    out.write(string: ", \(plan.flat.tileCoefficient(instruction)), ")
    writeVectorOperand(instruction.a)
    out.write(string: ", \(selection.stride), \(selection.limit), \(selection.drops ? 1 : 0), ")
    writeVectorOperand(instruction.b)
    writeCount()
    out.write(");\n")
  }

  private mutating func writeVectorAccumulate(_ instruction: FlatKernel.Instruction) {
    let accumulator = instruction.b
    let hasLanes = plan.place[Int(accumulator)] == .lanes
    let type = type(accumulator)
    let combiner = plan.flat.code[Int(plan.definition[Int(accumulator)])].combiner
    let isPart = hasLanes && vectors.currentPart != nil
    func writeTarget(_ writer: inout KernelWriter) {
      if hasLanes { writer.out.write(string: writer.laneName(accumulator)) } else { writer.writeName(accumulator) }
    }
    out.indent()
    writeTarget(&self)
    out.write(" = ")
    if isPart { out.write(string: "vector_select_\(type)(vector_firstx\(n)(\(vectors.currentPart ?? n)), ") }
    out.write(string: "vector_\(combiner.name)_\(type)(")
    writeTarget(&self)
    out.write(", ")
    writeVectorOperand(instruction.a)
    out.write(")")
    if isPart {
      out.write(", ")
      writeTarget(&self)
      out.write(")")
    }
    out.write(";\n")
  }
}
