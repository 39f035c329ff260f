import Basics
package import KernelIR

/// C99 to ship: plain loops, libm, no allocation but for tapes.
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
    var writer = StepWriter<PortableDialect>(CUnit(program, dialect: .portable, functionName: functionName))
    var main = ByteWriter()
    main.indentation = 1
    writer.write(program.steps, to: &main)
    let unit = writer.unit
    return PortableSource(
      source: PortableFile.source(unit, writer.functions, main, headerName), header: PortableFile.header(unit),
      entryName: unit.functionName)
  }
}

/// Kernels as functions with plain loops, products as calls of a helper.
enum PortableDialect: StepDialect {
  static let originMarker = ""

  static func rows(of tape: String) -> String { tape + ".rows" }

  static func reservation(_ tape: String, _ rows: String, _ rowBytes: Int, _ unit: inout CUnit) -> String {
    "if (\(unit.use(helper: .reserveRows))(&\(tape), \(rows), \(rowBytes)) != 0) goto done;"
  }

  /// They are declared where they get their values.
  static func writeVariables(_ writer: KernelWriter, to out: inout ByteWriter) -> Bool { writer.nextVariable > 0 }

  static func writeFunction(_ writer: KernelWriter, _ index: Int, _ unit: inout CUnit, to out: inout ByteWriter) {
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

  static func writeCall(_ writer: KernelWriter, _ index: Int, _ unit: CUnit, to out: inout ByteWriter) {
    out.indent()
    out.write(string: unit.kernelName(index, writer.kernel))
    out.write("(")
    for (position, buffer) in writer.parameters.enumerated() {
      if position > 0 { out.write(", ") }
      out.write(bytes: unit.bufferNames[Int(buffer)])
    }
    out.write(");\n")
  }

  static func writeGemm(_ gemm: Gemm, _ unit: inout CUnit, to out: inout ByteWriter) {
    guard gemm.m > 0, gemm.n > 0, gemm.batchCount > 0 else { return }
    let function = unit.use(helper: .gemm(gemm.dtype, isSymmetric: gemm.order == .symmetry))
    out.line(CUnit.originComment(gemm.origins.isEmpty ? ["gemm"] : gemm.origins, marker: ""))
    if gemm.batchCount > 1 {
      out.line("for (int64_t i0 = 0; i0 < \(gemm.batchCount); ++i0)")
      out.indentation += 1
    }
    func matrix(_ matrix: Gemm.Matrix) -> String {
      var text = String(decoding: unit.bufferNames[matrix.buffer], as: UTF8.self)
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
}
