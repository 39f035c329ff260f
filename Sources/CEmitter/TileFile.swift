import Basics
import KernelIR

/// The file around the steps of a program in the tile dialect.
enum TileFile {
  static func scratchOffset(_ program: Program) -> Int { (program.arenaByteCount + 63) / 64 * 64 }

  static func assemble(_ unit: CUnit, _ functions: ByteWriter, _ main: ByteWriter) -> TileSource {
    let program = unit.program
    var out = ByteWriter(capacity: functions.bytes.count + main.bytes.count + 4096)
    unit.writeHeading(["Written by GradC for libtcc and GradC's runtime."], to: &out)
    out.line("typedef signed int int32_t;")
    out.line("typedef signed long long int64_t;")
    out.line("typedef unsigned char uint8_t;")
    out.line("typedef unsigned int uint32_t;")
    out.line("typedef unsigned long long uint64_t;")
    if !program.tapes.isEmpty { out.line("struct gradc_tape { void *rows; int64_t capacity; };") }
    out.newline()
    let used = unit.runtimeFunctions.map { ($0, name: $0.name) }.sorted { $0.name < $1.name }
    for (function, _) in used { out.line(function.prototype + ";") }
    for declaration in unit.bitConstantDeclarations { out.line(declaration) }
    var constants: [TileSource.Constant] = []
    for (number, buffer) in program.buffers.enumerated() {
      guard case .constant = buffer.role else { continue }
      let symbol = constantSymbol(number, unit)
      out.line("extern const \(buffer.type.dtype.cName) \(symbol)[\(max(buffer.type.elementCount, 1))];")
      constants.append(TileSource.Constant(symbol: symbol, buffer: number))
    }
    out.write(bytes: functions.bytes)
    out.newline()
    writeMain(unit, main, to: &out)
    return TileSource(
      source: out.bytes, entryName: TileEmitter.entryName,
      arenaByteCount: scratchOffset(program) + unit.scratchByteCount,
      tapeCount: program.tapes.count, runtimeSymbols: used.map { $0.name }, constants: constants)
  }

  /// Declares pointers to buffers where `buffers` is known.
  static func writePointers(_ numbers: [BufferID], _ unit: CUnit, to out: inout ByteWriter) {
    let count = unit.callerPositions.count
    out.line("unsigned char *arena = (unsigned char *)buffers[\(count)];")
    for number in numbers {
      guard let position = unit.callerPositions[number] else {
        writeInnerPointer(number, unit, to: &out)
        continue
      }
      let name = String(decoding: unit.bufferNames[number], as: UTF8.self)
      let pointer = unit.pointerType(number)
      out.line("\(pointer)\(name) = (\(pointer))buffers[\(position)];")
    }
  }

  /// Declares the pointer to a temporary or a constant.
  private static func writeInnerPointer(_ number: BufferID, _ unit: CUnit, to out: inout ByteWriter) {
    let buffer = unit.program.buffers[number]
    let (type, name) = (buffer.type.dtype.cName, String(decoding: unit.bufferNames[number], as: UTF8.self))
    switch buffer.role {
    case .temporary where unit.localBuffers.contains(number): out.line("\(type) \(name)[\(buffer.type.elementCount)];")
    case .temporary(let offset): out.line("\(type) *\(name) = (\(type) *)(arena + \(offset));")
    // tcc misreads elements of external arrays in expressions, but not their addresses.
    case .constant: out.line("const \(type) *\(name) = \(constantSymbol(number, unit));")
    case .parameter, .result, .updated, .slice, .row: break
    }
  }

  static func constantSymbol(_ buffer: BufferID, _ unit: CUnit) -> String { "\(unit.prefix)constant_\(buffer)" }

  private static func writeMain(_ unit: CUnit, _ main: ByteWriter, to out: inout ByteWriter) {
    let program = unit.program
    let callers = program.callerBuffers
    let hasTapes = !program.tapes.isEmpty
    out.write(hasTapes ? "static int " : "static void ")
    out.write(string: unit.functionName)
    out.write("(")
    let takesArray = program.buffers.count > TileDialect.greatestParameterCount
    if takesArray {
      out.write("void *const *buffers)\n{\n")
      out.indentation = 1
      writePointers(Array(program.buffers.indices), unit, to: &out)
      if hasTapes { out.line("struct gradc_tape *tapes = \(tapes(unit));") }
    } else {
      for buffer in callers {
        out.write(string: unit.pointerType(buffer))
        out.write(bytes: unit.bufferNames[buffer])
        out.write(", ")
      }
      out.write(hasTapes ? "unsigned char *arena, struct gradc_tape *tapes)\n{\n" : "unsigned char *arena)\n{\n")
      out.indentation = 1
      for number in program.buffers.indices { writeInnerPointer(number, unit, to: &out) }
    }
    for (number, name) in unit.tapeNames.enumerated() { out.line("struct gradc_tape *\(name) = tapes + \(number);") }
    out.write(bytes: main.bytes)
    if hasTapes { out.line("return 0;") }
    out.indentation = 0
    out.write("}\n\n")
    writeEntry(unit, takesArray: takesArray, to: &out)
  }

  /// The tapes, which follow the arena.
  static func tapes(_ unit: CUnit) -> String {
    "(struct gradc_tape *)(buffers + \(unit.callerPositions.count + 1))"
  }

  private static func writeEntry(_ unit: CUnit, takesArray: Bool, to out: inout ByteWriter) {
    let callers = unit.program.callerBuffers
    let hasTapes = !unit.program.tapes.isEmpty
    out.write("int ")
    out.write(string: TileEmitter.entryName)
    out.write("(void *const *buffers)\n{\n  ")
    if hasTapes { out.write("return ") }
    out.write(string: unit.functionName)
    out.write("(")
    if takesArray {
      out.write("buffers")
    } else {
      for (position, buffer) in callers.enumerated() {
        out.write("(")
        out.write(string: unit.pointerType(buffer))
        out.write(")buffers[")
        out.write(position)
        out.write("], ")
      }
      out.write("(unsigned char *)buffers[")
      out.write(callers.count)
      out.write("]")
      if hasTapes { out.write(string: ", " + tapes(unit)) }
    }
    out.write(hasTapes ? ");\n}\n" : ");\n  return 0;\n}\n")
  }
}
