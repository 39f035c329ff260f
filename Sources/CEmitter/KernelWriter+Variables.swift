import Basics
import KernelIR

/// The variables, slots and lanes that values are in.
extension KernelWriter {
  /// Variables beyond this number of a dtype are elements of the scratch memory: stacks are small.
  static let greatestLocalCount: Int32 = 1024
  /// In code that may run out of variables, what lives for more instructions than this leaves them to others.
  private static let greatestLocalLife: Int32 = 256

  /// Frees what is read here for the last time.
  mutating func releaseOperands(_ instruction: FlatKernel.Instruction, _ position: Int) {
    if instruction.a >= 0 { releaseOperand(instruction.a, position) }
    if instruction.b >= 0 { releaseOperand(instruction.b, position) }
    if instruction.c >= 0 { releaseOperand(instruction.c, position) }
  }

  private mutating func releaseOperand(_ value: Int32, _ position: Int) {
    switch plan.place[Int(value)] {
    case .inline, .fused: releaseOperands(plan.flat.code[Int(plan.definition[Int(value)])], position)
    case .alias: releaseOperand(plan.partner[Int(value)], position)
    case .local, .slot, .lanes: if lastUse[Int(value)] == Int32(position) { release(value) }
    default: break
    }
  }

  mutating func release(_ value: Int32) {
    guard number[Int(value)] >= 0 else { return }
    lastUse[Int(value)] = -2
    switch plan.place[Int(value)] {
    case .local:
      if unit.dialect == .tile {
        releaseVariable(number[Int(value)], plan.info(value).dtype)
      } else if isSpilled(value), !parts.isInLoop {
        // The body of a loop is written again for the elements that are left.
        spills.release(number[Int(value)], plan.info(value).dtype)
      }
    case .slot: tiles.release(number[Int(value)], plan.info(value).dtype)
    case .lanes: lanes.release(number[Int(value)], plan.info(value).dtype)
    default: break
    }
  }

  private mutating func takeVariable(_ value: Int32, _ dtype: DType) -> Int32 {
    let life = plan.lastUse[Int(value)] - plan.definition[Int(value)]
    let isNumber = plan.flat.code[Int(plan.definition[Int(value)])].kind == .constant
    if isNumber || life <= Self.greatestLocalLife || plan.flat.code.count < Int(Self.greatestLocalCount),
      let local = locals.take(dtype, below: Self.greatestLocalCount)
    {
      return local
    }
    return Self.greatestLocalCount + spills.take(dtype)
  }

  private mutating func releaseVariable(_ variable: Int32, _ dtype: DType) {
    if variable < Self.greatestLocalCount {
      locals.release(variable, dtype)
    } else {
      spills.release(variable - Self.greatestLocalCount, dtype)
    }
  }

  /// `f3 = ` or `const float v3 = `.
  mutating func beginDefinition(_ value: Int32, isConstant: Bool) {
    let isDeclared = takeNumber(value)
    out.indent()
    if isDeclared {
      if isConstant { out.write("const ") }
      out.write(string: plan.info(value).dtype.cName)
      out.write(" ")
    }
    writeName(value)
    out.write(" = ")
  }

  /// Gives a single element its variable; whether that is to be declared.
  mutating func takeNumber(_ value: Int32) -> Bool {
    let dtype = plan.info(value).dtype
    switch unit.dialect {
    case .tile: number[Int(value)] = takeVariable(value, dtype)
    case .vector where isSpilled(value): number[Int(value)] = spills.take(dtype)
    case .vector, .portable:
      number[Int(value)] = nextVariable
      nextVariable += 1
      return true
    }
    return false
  }

  /// The variable, tile or lanes of a value.
  mutating func writeName(_ value: Int32) {
    let dtype = plan.info(value).dtype
    let index = number[Int(value)]
    switch plan.place[Int(value)] {
    case .alias: return writeName(plan.partner[Int(value)])
    case .slot: out.write("t")
    case .lanes: out.write("a")
    default:
      if isSpilled(value) { return plan.isTile[Int(value)] ? writeTileSpill(value) : writeSpill(dtype, index) }
      if unit.dialect != .tile {
        out.write("v")
        out.write(Int(index))
        if vectors.copyCount > 1, plan.isTile[Int(value)] {
          out.write("_")
          out.write(vectors.copy)
        }
        return
      }
      if index >= Self.greatestLocalCount { return writeSpill(dtype, index - Self.greatestLocalCount) }
    }
    out.write(byte: dtype.letter)
    out.write(Int(index))
  }

  private mutating func writeSpill(_ dtype: DType, _ index: Int32) {
    out.write("spill_")
    out.write(byte: dtype.letter)
    out.write("[")
    out.write(Int(index))
    out.write("]")
  }
}
