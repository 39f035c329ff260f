import Basics
package import KernelIR

/// C99 to ship: plain loops, libm, no allocation.
package struct PortableSource: Hashable, Sendable {
  /// The C file; it includes the header by the name it was given.
  package var source: [UInt8]
  /// The header file.
  package var header: [UInt8]
  /// The function, with the parameters and results in order and then the workspace.
  package var entryName: String
}

/// Writes the portable dialect. The program must be verified.
package struct PortableEmitter {
  /// - Parameters:
  ///   - functionName: The name of the function, by default that of the program.
  ///   - headerName: What the C file includes.
  package static func emit(
    _ program: Program, functionName: String? = nil, headerName: String = "model.h"
  ) -> PortableSource {
    var unit = CUnit(program, dialect: .portable, functionName: functionName)
    var functions = ByteWriter()
    var main = ByteWriter()
    main.indentation = 1
    for (index, step) in program.steps.enumerated() {
      switch step {
      case .kernel(let kernel):
        var writer = KernelWriter(kernel, unit: unit)
        writer.writeBody()
        unit = writer.unit
        unit.usedBuffers.formUnion(writer.plan.memory.buffers.map(Int.init))
        guard !writer.out.bytes.isEmpty else { continue }
        writeFunction(writer, index, unit, to: &functions)
        writeCall(writer, index, unit, to: &main)
      case .gemm(let gemm): writeGemm(gemm, &unit, to: &main)
      case .loop, .whileLoop, .branch: break
      case .call(let call): unit.writeCall(call, to: &main)
      }
    }
    return PortableSource(
      source: source(unit, functions, main, headerName), header: header(unit), entryName: unit.functionName)
  }

  private static func name(_ buffer: Int, _ unit: CUnit) -> String {
    String(decoding: unit.bufferNames[buffer], as: UTF8.self)
  }

  private static func writeFunction(_ writer: KernelWriter, _ index: Int, _ unit: CUnit, to out: inout ByteWriter) {
    let kernel = writer.kernel
    out.line(CUnit.originComment(kernel.origins.isEmpty ? [kernel.name] : kernel.origins, marker: ""))
    out.write("static void ")
    out.write(string: unit.kernelName(index, kernel))
    out.write("(")
    for (position, buffer) in writer.parameters.enumerated() {
      if position > 0 { out.write(", ") }
      if !writer.plan.memory.isWrittenItself(buffer) { out.write("const ") }
      out.write(string: unit.program.buffers[Int(buffer)].type.dtype.cName)
      out.write(" *")
      if writer.plan.memory.isUnshared(buffer) { out.write("restrict ") }
      out.write(bytes: unit.bufferNames[Int(buffer)])
    }
    out.write(")\n{\n")
    out.write(bytes: writer.out.bytes)
    out.write("}\n\n")
  }

  private static func writeCall(_ writer: KernelWriter, _ index: Int, _ unit: CUnit, to out: inout ByteWriter) {
    out.indent()
    out.write(string: unit.kernelName(index, writer.kernel))
    out.write("(")
    for (position, buffer) in writer.parameters.enumerated() {
      if position > 0 { out.write(", ") }
      out.write(bytes: unit.bufferNames[Int(buffer)])
    }
    out.write(");\n")
  }

  private static func writeGemm(_ gemm: Gemm, _ unit: inout CUnit, to out: inout ByteWriter) {
    guard gemm.m > 0, gemm.n > 0, gemm.batchCount > 0 else { return }
    unit.usedBuffers.formUnion([gemm.a.buffer, gemm.b.buffer, gemm.c.buffer])
    let function = unit.use(helper: .gemm(gemm.dtype))
    out.line(CUnit.originComment(gemm.origins.isEmpty ? ["gemm"] : gemm.origins, marker: ""))
    if gemm.batchCount > 1 {
      out.line("for (int64_t i0 = 0; i0 < \(gemm.batchCount); ++i0)")
      out.indentation += 1
    }
    func matrix(_ matrix: Gemm.Matrix) -> String {
      var text = name(matrix.buffer, unit)
      if matrix.offset != 0 { text += " + \(matrix.offset)" }
      if gemm.batchCount > 1 && matrix.batchStride != 0 { text += " + \(matrix.batchStride) * i0" }
      let rows = matrix.leadingDimension
      return matrix.transposed ? "\(text), 1, \(rows)" : "\(text), \(rows), 1"
    }
    let c = matrix(gemm.c)
    out.line(
      "\(function)(\(gemm.m), \(gemm.n), \(gemm.k), \(matrix(gemm.a)), \(matrix(gemm.b)), \(c.dropLast(3)), "
        + "\(gemm.accumulates ? 1 : 0));")
    if gemm.batchCount > 1 { out.indentation -= 1 }
  }

  // MARK: Files

  private static func workspaceMacro(_ unit: CUnit) -> String { unit.functionName.uppercased() + "_WORKSPACE_BYTES" }

  private static func writeSignature(_ unit: CUnit, to out: inout ByteWriter) {
    out.write("void ")
    out.write(string: unit.functionName)
    out.write("(")
    for buffer in unit.program.callerBuffers {
      out.write(string: unit.program.buffers[buffer].cPointerType)
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

  private static func header(_ unit: CUnit) -> [UInt8] {
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

  private static func source(
    _ unit: CUnit, _ functions: ByteWriter, _ main: ByteWriter, _ headerName: String
  ) -> [UInt8] {
    let program = unit.program
    var out = ByteWriter(capacity: functions.bytes.count + main.bytes.count + 4096)
    writeHeading(unit, to: &out)
    // Nothing can escape these in a file name of C.
    out.line("#include \"\(String(headerName.map { "\"\\\n\r\r\n\0".contains($0) ? "_" : $0 }))\"")
    out.line("#include <math.h>")
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
    out.write(bytes: main.bytes)
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
