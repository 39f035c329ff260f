import Basics
import KernelIR

extension KernelWriter {
  /// A uniform value; in parentheses if it is nested in an operator and has one itself.
  mutating func writeValue(_ value: Int32, nested: Bool = false) {
    let place = plan.place[Int(value)]
    if place == .local || place == .alias { return writeName(value) }
    let instruction = plan.flat.code[Int(plan.definition[Int(value)])]
    switch place {
    case .literal:
      let text = unit.literal(plan.flat.scalars[Int(instruction.index)])
      out.write(string: text)
    case .element: writeElement(instruction)
    default: writeExpression(instruction, nested: nested)
    }
  }

  /// What a uniform value is computed by.
  mutating func writeExpression(_ instruction: FlatKernel.Instruction, nested: Bool) {
    let value = instruction.result
    let dtype = plan.info(value).dtype
    switch instruction.kind {
    case .load, .gather: writeElement(instruction)
    case .constant: out.write(string: unit.literal(plan.flat.scalars[Int(instruction.index)]))
    case .index:
      out.write("(")
      out.write(string: dtype.cName)
      out.write(")(")
      writeAffine(plan.flat.affines[Int(instruction.index)])
      if dtype == .bool { out.write(" != 0") }
      out.write(")")
    case .cast: writeCast(instruction, dtype, nested: nested)
    case .finish:
      if plan.place[Int(instruction.a)] == .lanes {
        let combiner = plan.flat.code[Int(plan.definition[Int(instruction.a)])].combiner
        if unit.dialect == .vector { return writeCombinedLanes(instruction.a, combiner) }
        out.write(bytes: unit.use(.lanes(combiner, dtype)))
        out.write("(")
        writeName(instruction.a)
        out.write(")")
      } else {
        writeName(instruction.a)
      }
    default: writeCompute(instruction, nested: nested)
    }
  }

  private mutating func writeCast(_ instruction: FlatKernel.Instruction, _ dtype: DType, nested: Bool) {
    let source = plan.info(instruction.a).dtype
    if source == dtype {
      writeValue(instruction.a, nested: nested)
    } else if dtype == .bool {
      if nested { out.write("(") }
      writeValue(instruction.a, nested: true)
      out.write(" != 0")
      if nested { out.write(")") }
    } else if source.isFloating && dtype.isInteger {
      switch unit.dialect {
      case .tile, .vector: out.write(bytes: unit.use(.scalarCast(from: source, to: dtype)))
      case .portable: out.write(string: unit.use(helper: .cast(source, dtype)))
      }
      out.write("(")
      writeValue(instruction.a)
      out.write(")")
    } else if source == .bool && unit.dialect == .portable {
      // Not a cast: compilers see through it to a comparison, and warn when it is compared again.
      if nested { out.write("(") }
      writeValue(instruction.a, nested: true)
      // A number of the dtype: where a function of floating numbers is called with a truth value, they warn as well.
      let (one, zero) = (Scalar(Int64(1), as: dtype), Scalar(Int64(0), as: dtype))
      out.write(string: " ? \(unit.literal(one)) : \(unit.literal(zero))")
      if nested { out.write(")") }
    } else if source == .i64 && dtype == .i32 && unit.dialect == .portable {
      out.write("(int32_t)(uint32_t)")
      writeValue(instruction.a, nested: true)
    } else {
      out.write("(")
      out.write(string: dtype.cName)
      out.write(")")
      writeValue(instruction.a, nested: true)
    }
  }

  private mutating func writeCompute(_ instruction: FlatKernel.Instruction, nested: Bool) {
    let op = instruction.op
    let dtype = plan.info(op == .select ? instruction.b : instruction.a).dtype
    let hasPlainArithmetic = dtype.isFloating || unit.dialect.hasTiles
    switch op {
    case .add where hasPlainArithmetic: writeBinary(" + ", instruction, nested)
    case .sub where hasPlainArithmetic: writeBinary(" - ", instruction, nested)
    case .mul where hasPlainArithmetic: writeBinary(" * ", instruction, nested)
    case .div where dtype.isFloating: writeBinary(" / ", instruction, nested)
    case .eq: writeComparison(" == ", instruction, nested)
    case .ne: writeComparison(" != ", instruction, nested)
    case .lt: writeComparison(" < ", instruction, nested)
    case .le: writeComparison(" <= ", instruction, nested)
    case .gt: writeComparison(" > ", instruction, nested)
    case .ge: writeComparison(" >= ", instruction, nested)
    // Compilers warn of bitwise arithmetic on comparisons; libtcc does not, and compiles it into less.
    case .and where dtype == .bool && unit.dialect == .portable: writeBinary(" && ", instruction, nested)
    case .or where dtype == .bool && unit.dialect == .portable: writeBinary(" || ", instruction, nested)
    case .xor where dtype == .bool && unit.dialect == .portable: writeBinary(" != ", instruction, nested)
    case .and: writeBinary(" & ", instruction, nested)
    case .or: writeBinary(" | ", instruction, nested)
    case .xor: writeBinary(" ^ ", instruction, nested)
    case .neg where hasPlainArithmetic: writeUnary("-", instruction, nested)
    case .not where dtype == .bool: writeUnary("!", instruction, nested)
    case .not: writeUnary("~", instruction, nested)
    case .select:
      if nested { out.write("(") }
      writeValue(instruction.a, nested: true)
      out.write(" ? ")
      writeValue(instruction.b, nested: true)
      out.write(" : ")
      writeValue(instruction.c, nested: true)
      if nested { out.write(")") }
    default:
      out.write(bytes: unit.use(scalar: op, dtype))
      out.write("(")
      writeValue(instruction.a)
      if op.arity > 1 {
        out.write(", ")
        writeValue(instruction.b)
      }
      if op.arity > 2 {
        out.write(", ")
        writeValue(instruction.c)
      }
      out.write(")")
    }
  }

  @inline(__always)
  private mutating func writeBinary(_ symbol: StaticString, _ instruction: FlatKernel.Instruction, _ nested: Bool) {
    if nested { out.write("(") }
    writeValue(instruction.a, nested: true)
    out.write(symbol)
    writeValue(instruction.b, nested: true)
    if nested { out.write(")") }
  }

  /// Two values can turn out to be loads of one element. Compilers warn where the answer is then known.
  private mutating func writeComparison(_ symbol: StaticString, _ instruction: FlatKernel.Instruction, _ nested: Bool) {
    let start = out.bytes.count
    writeBinary(symbol, instruction, nested)
    guard unit.dialect == .portable, instruction.a != instruction.b else { return }
    let operands = nested ? out.bytes[(start + 1)..<(out.bytes.count - 1)] : out.bytes[start...]
    let length = (operands.count - symbol.utf8CodeUnitCount) / 2
    guard operands.prefix(length).elementsEqual(operands.suffix(length)) else { return }
    let isStrict = instruction.op == .lt || instruction.op == .gt
    if plan.info(instruction.a).dtype.isFloating && !isStrict { return }
    out.bytes.removeSubrange(start...)
    out.write(string: isStrict || instruction.op == .ne ? "0" : "1")
  }

  private mutating func writeUnary(_ symbol: StaticString, _ instruction: FlatKernel.Instruction, _ nested: Bool) {
    if nested { out.write("(") }
    out.write(symbol)
    // Two signs in a row would be a decrement.
    let place = plan.place[Int(instruction.a)]
    if place == .literal { out.write("(") }
    writeValue(instruction.a, nested: true)
    if place == .literal { out.write(")") }
    if nested { out.write(")") }
  }
}
