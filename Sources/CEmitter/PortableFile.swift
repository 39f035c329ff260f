import Basics
import KernelIR

/// The files around the steps of a program in the portable dialect.
enum PortableFile {
  private static func name(_ buffer: Int, _ unit: CUnit) -> String {
    String(decoding: unit.bufferNames[buffer], as: UTF8.self)
  }

  private static func workspaceMacro(_ unit: CUnit) -> String { unit.functionName.uppercased() + "_WORKSPACE_BYTES" }

  private static func writeSignature(_ unit: CUnit, to out: inout ByteWriter) {
    out.write(unit.program.tapes.isEmpty ? "void " : "int ")
    out.write(string: unit.functionName)
    out.write("(")
    for buffer in unit.program.callerBuffers {
      out.write(string: unit.pointerType(buffer))
      out.write(bytes: unit.bufferNames[buffer])
      out.write(", ")
    }
    out.write("void *workspace)")
  }

  private static func writeHeading(_ unit: CUnit, to out: inout ByteWriter) {
    unit.writeHeading(
      [
        "Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without",
        "fast-math; outside a compiler's strict mode add -ffp-contract=off.",
      ], to: &out)
  }

  static func header(_ unit: CUnit) -> [UInt8] {
    var out = ByteWriter()
    writeHeading(unit, to: &out)
    let guardName = "GRADC_" + unit.functionName.uppercased() + "_H"
    out.line("#ifndef \(guardName)")
    out.line("#define \(guardName)")
    out.newline()
    out.line("#include <stdint.h>")
    out.newline()
    out.line("/* The bytes of `workspace`, aligned as by malloc; NULL will do for 0. */")
    out.line("#define \(workspaceMacro(unit)) \(unit.program.arenaByteCount)")
    out.newline()
    out.line("#ifdef __cplusplus")
    out.line("extern \"C\" {")
    out.line("#endif")
    out.newline()
    if !unit.program.tapes.isEmpty {
      out.line(
        "/* Allocates memory as loops need it, and frees it. Returns 0, or 1 without enough memory: results are undefined"
      )
      out.line(" * then. */")
    }
    writeSignature(unit, to: &out)
    out.write(";\n")
    out.newline()
    out.line("#ifdef __cplusplus")
    out.line("}")
    out.line("#endif")
    out.newline()
    out.line("#endif")
    return out.bytes
  }

  static func source(
    _ unit: CUnit, _ functions: ByteWriter, _ main: ByteWriter, _ headerName: String
  ) -> [UInt8] {
    let program = unit.program
    var out = ByteWriter(capacity: functions.bytes.count + main.bytes.count + 4096)
    writeHeading(unit, to: &out)
    // Nothing can escape these in a file name of C.
    out.line("#include \"\(String(headerName.map { "\"\\\n\r\r\n\0".contains($0) ? "_" : $0 }))\"")
    out.line("#include <math.h>")
    if unit.reservesTapes { out.line("#include <stdlib.h>") }
    out.newline()
    for (number, buffer) in program.buffers.enumerated() {
      if case .constant(let elements) = buffer.role { writeConstant(number, buffer, elements, unit, to: &out) }
    }
    for helper in unit.helpers.sorted(by: { $0.name < $1.name }) {
      for line in helper.definition { out.line(line) }
      out.newline()
    }
    out.write(bytes: functions.bytes)
    writeSignature(unit, to: &out)
    out.write("\n{\n")
    writeTemporaries(unit, main, to: &out)
    out.indentation = 1
    if unit.reservesTapes {
      for tape in unit.tapeNames { out.line("struct tape \(tape) = {0, 0};") }
      out.line("int status = 1;")
    }
    out.write(bytes: main.bytes)
    if unit.reservesTapes {
      out.line("status = 0;")
      out.write("done:\n")
      for tape in unit.tapeNames { out.line("free(\(tape).rows);") }
      out.line("return status;")
    } else if !unit.program.tapes.isEmpty {
      out.line("return 0;")
    }
    out.write("}\n")
    return out.bytes
  }

  private static func writeConstant(
    _ number: Int, _ buffer: Buffer, _ elements: [Scalar], _ unit: CUnit, to out: inout ByteWriter
  ) {
    guard isUsed(number, unit), !elements.isEmpty else { return }
    var unit = unit
    out.line("static const \(buffer.type.dtype.cName) \(name(number, unit))[\(elements.count)] = {")
    out.indentation = 1
    for (position, element) in elements.enumerated() {
      if position % 8 == 0 { out.indent() }
      out.write(string: unit.literal(element))
      out.write(position % 8 == 7 || position == elements.count - 1 ? ",\n" : ", ")
    }
    out.indentation = 0
    out.line("};")
    out.newline()
  }

  /// Whether some step reads or writes a buffer.
  private static func isUsed(_ buffer: Int, _ unit: CUnit) -> Bool { unit.usedBuffers.contains(buffer) }

  /// Pointers to the temporaries, and a use of what the steps don't use.
  private static func writeTemporaries(_ unit: CUnit, _ main: ByteWriter, to out: inout ByteWriter) {
    out.indentation = 1
    var usesWorkspace = false
    for (number, buffer) in unit.program.buffers.enumerated() {
      guard case .temporary(let offset) = buffer.role, isUsed(number, unit) else { continue }
      usesWorkspace = true
      let type = buffer.type.dtype.cName
      out.line("\(type) *\(name(number, unit)) = (\(type) *)((unsigned char *)workspace + \(offset));")
    }
    for buffer in unit.program.callerBuffers where !isUsed(buffer, unit) { out.line("(void)\(name(buffer, unit));") }
    if !usesWorkspace { out.line("(void)workspace;") }
    out.indentation = 0
  }
}
