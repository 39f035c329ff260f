import Basics
package import KernelIR

/// C for libtcc: calls of the runtime on tiles.
package struct TileSource: Hashable, Sendable {
  /// The C file.
  package var source: [UInt8]
  /// `void <entryName>(void *const *buffers)`; the buffers are the parameters, the results that are not parameters, then
  /// the arena.
  package var entryName: String
  /// What the arena passed to the entry must hold: the program's temporaries and the scratch memory of its kernels.
  package var arenaByteCount: Int
  /// Symbols of the runtime that the source calls, sorted.
  package var runtimeSymbols: [String]
  /// Arrays that the source declares `extern`, to be bound to the elements of the program's constants.
  package var constants: [Constant]

  package struct Constant: Hashable, Sendable {
    package var symbol: String
    package var buffer: BufferID
  }
}

/// Writes the tile dialect. The program must be verified.
package struct TileEmitter {
  package static let entryName = "gradc_entry"

  package static func emit(_ program: Program) -> TileSource {
    var unit = CUnit(program, dialect: .tile)
    var functions = ByteWriter()
    var main = ByteWriter()
    main.indentation = 1
    for (index, step) in program.steps.enumerated() {
      switch step {
      case .kernel(let kernel):
        var writer = KernelWriter(kernel, unit: unit)
        writer.writeBody()
        unit = writer.unit
        guard !writer.out.bytes.isEmpty else { continue }
        writeFunction(writer, index, &unit, to: &functions)
        writeCall(writer, index, program, unit, to: &main)
      case .gemm(let gemm):
        writeGemm(gemm, &unit, to: &main)
      case .loop, .whileLoop, .branch: break
      case .call(let call): unit.writeCall(call, to: &main)
      }
    }
    return assemble(unit, functions, main)
  }

  /// Memory of the tiles of one kernel at most: half of a first-level cache.
  private static let tileByteTarget = 16384
  private static let greatestWidth = 2048

  private static func writeFunction(
    _ writer: KernelWriter, _ index: Int, _ unit: inout CUnit, to out: inout ByteWriter
  ) {
    let kernel = writer.kernel
    out.bytes.reserveCapacity(out.bytes.count + writer.out.bytes.count + 65536)
    out.newline()
    out.line(CUnit.originComment(kernel.origins.isEmpty ? [kernel.name] : kernel.origins, marker: " @"))
    out.write("static void ")
    out.write(string: unit.kernelName(index, kernel))
    out.write("(")
    let takesArray = writer.parameters.count > greatestParameterCount
    if takesArray { out.write("void *const *buffers") }
    for (position, buffer) in writer.parameters.enumerated() where !takesArray {
      if position > 0 { out.write(", ") }
      if !writer.plan.memory.isWrittenItself(buffer) { out.write("const ") }
      out.write(string: unit.program.buffers[Int(buffer)].type.dtype.cName)
      out.write(" *")
      out.write(bytes: unit.bufferNames[Int(buffer)])
    }
    if writer.needsScratch { out.write(", unsigned char *scratch") }
    out.write(")\n{\n")
    out.indentation = 1
    if takesArray { writePointers(writer.parameters.map(Int.init), unit, to: &out) }
    writeScratch(writer, &unit, to: &out)
    for dtype in DType.allCases {
      writeDeclaration("\(dtype.cName) ", dtype, writer.locals.count(dtype), to: &out)
    }
    out.write(bytes: writer.out.bytes)
    out.indentation = 0
    out.write("}\n")
  }

  /// `float f0, f1;`
  private static func writeDeclaration(_ type: String, _ dtype: DType, _ count: Int, to out: inout ByteWriter) {
    for number in 0..<count {
      if number % 16 == 0 {
        out.indent()
        out.write(string: type)
      } else {
        out.write(", ")
      }
      out.write(byte: dtype.letter)
      out.write(number)
      if number % 16 == 15 || number == count - 1 { out.write(";\n") }
    }
  }

  /// Cuts the scratch memory into tiles, lanes and spilled variables.
  private static func writeScratch(_ writer: KernelWriter, _ unit: inout CUnit, to out: inout ByteWriter) {
    var offset = 0
    func pointer(_ prefix: String, _ dtype: DType, _ number: Int, bytes: Int) {
      out.line("\(dtype.cName) *\(prefix)\(number) = (\(dtype.cName) *)(scratch + \(offset));")
      offset += (bytes + 63) / 64 * 64
    }
    let bytesPerPosition = DType.allCases.reduce(0) { $0 + writer.tileCounts[Int($1.rawValue)] * $1.byteCount }
    var width = greatestWidth
    while width > KernelWriter.leastWidth
      && (width * bytesPerPosition > tileByteTarget || width / 2 >= writer.widestExtent)
    {
      width /= 2
    }
    if writer.widestExtent > 0 { out.line("enum { width = \(width) };") }
    for dtype in DType.allCases {
      let letter = String(UnicodeScalar(dtype.letter))
      for number in 0..<writer.tileCounts[Int(dtype.rawValue)] {
        pointer("t" + letter, dtype, number, bytes: width * dtype.byteCount)
      }
      for number in 0..<writer.lanes.count(dtype) {
        pointer("a" + letter, dtype, number, bytes: laneCount * dtype.byteCount)
      }
      let spilled = writer.spills.count(dtype)
      if spilled > 0 {
        out.line("\(dtype.cName) *spill_\(letter) = (\(dtype.cName) *)(scratch + \(offset));")
        offset += (spilled * dtype.byteCount + 63) / 64 * 64
      }
    }
    unit.scratchByteCount = max(unit.scratchByteCount, offset)
  }

  private static func writeCall(
    _ writer: KernelWriter, _ index: Int, _ program: Program, _ unit: CUnit, to out: inout ByteWriter
  ) {
    out.indent()
    out.write(string: unit.kernelName(index, writer.kernel))
    out.write("(")
    let takesArray = writer.parameters.count > greatestParameterCount
    if takesArray { out.write("buffers") }
    for (position, buffer) in writer.parameters.enumerated() where !takesArray {
      if position > 0 { out.write(", ") }
      out.write(bytes: unit.bufferNames[Int(buffer)])
    }
    if writer.needsScratch {
      out.write(", arena + ")
      out.write(scratchOffset(program))
    }
    out.write(");\n")
  }

  private static func scratchOffset(_ program: Program) -> Int { (program.arenaByteCount + 63) / 64 * 64 }

  private static func writeGemm(_ gemm: Gemm, _ unit: inout CUnit, to out: inout ByteWriter) {
    guard gemm.m > 0, gemm.n > 0, gemm.batchCount > 0 else { return }
    let name = String(decoding: unit.use(.gemm(gemm.dtype)), as: UTF8.self)
    out.line(CUnit.originComment(gemm.origins.isEmpty ? ["gemm"] : gemm.origins, marker: " @"))
    if gemm.batchCount > 1 {
      out.line("for (int64_t i0 = 0; i0 < \(gemm.batchCount); ++i0)")
      out.indentation += 1
    }
    func address(_ matrix: Gemm.Matrix) -> String {
      var text = String(decoding: unit.bufferNames[matrix.buffer], as: UTF8.self)
      if matrix.offset != 0 { text += " + \(matrix.offset)" }
      if gemm.batchCount > 1 && matrix.batchStride != 0 { text += " + \(matrix.batchStride) * i0" }
      return text
    }
    let one = Scalar(Int64(1), as: gemm.dtype).cLiteral
    let beta = Scalar(Int64(gemm.accumulates ? 1 : 0), as: gemm.dtype).cLiteral
    out.line(
      "\(name)(\(gemm.a.transposed ? 1 : 0), \(gemm.b.transposed ? 1 : 0), \(gemm.m), \(gemm.n), \(gemm.k), \(one), "
        + "\(address(gemm.a)), \(gemm.a.leadingDimension), \(address(gemm.b)), \(gemm.b.leadingDimension), \(beta), "
        + "\(address(gemm.c)), \(gemm.c.leadingDimension));")
    if gemm.batchCount > 1 { out.indentation -= 1 }
  }

  // MARK: The file

  private static func assemble(_ unit: CUnit, _ functions: ByteWriter, _ main: ByteWriter) -> TileSource {
    let program = unit.program
    var out = ByteWriter(capacity: functions.bytes.count + main.bytes.count + 4096)
    unit.writeHeading(["Written by GradC for libtcc and GradC's runtime."], to: &out)
    out.line("typedef signed int int32_t;")
    out.line("typedef signed long long int64_t;")
    out.line("typedef unsigned char uint8_t;")
    out.line("typedef unsigned int uint32_t;")
    out.line("typedef unsigned long long uint64_t;")
    out.newline()
    let used = unit.runtimeNames.keys.sorted { $0.name < $1.name }
    for function in used { out.line(function.prototype + ";") }
    for declaration in unit.bitConstantDeclarations { out.line(declaration) }
    var constants: [TileSource.Constant] = []
    for (number, buffer) in program.buffers.enumerated() {
      guard case .constant = buffer.role else { continue }
      let symbol = constantSymbol(number)
      out.line("extern const \(buffer.type.dtype.cName) \(symbol)[\(max(buffer.type.elementCount, 1))];")
      constants.append(TileSource.Constant(symbol: symbol, buffer: number))
    }
    out.write(bytes: functions.bytes)
    out.newline()
    writeMain(unit, main, to: &out)
    return TileSource(
      source: out.bytes, entryName: entryName, arenaByteCount: scratchOffset(program) + unit.scratchByteCount,
      runtimeSymbols: used.map(\.name), constants: constants)
  }

  /// More arguments than this are passed as an array: tcc has room for 255 operands.
  private static let greatestParameterCount = 100

  /// Declares pointers to buffers where `buffers` is known.
  private static func writePointers(_ numbers: [BufferID], _ unit: CUnit, to out: inout ByteWriter) {
    let count = unit.callerPositions.count
    out.line("unsigned char *arena = (unsigned char *)buffers[\(count)];")
    for number in numbers {
      let buffer = unit.program.buffers[number]
      guard let position = unit.callerPositions[number] else {
        writeInnerPointer(number, unit, to: &out)
        continue
      }
      let name = String(decoding: unit.bufferNames[number], as: UTF8.self)
      out.line("\(buffer.cPointerType)\(name) = (\(buffer.cPointerType))buffers[\(position)];")
    }
  }

  /// Declares the pointer to a temporary or a constant.
  private static func writeInnerPointer(_ number: BufferID, _ unit: CUnit, to out: inout ByteWriter) {
    let buffer = unit.program.buffers[number]
    let (type, name) = (buffer.type.dtype.cName, String(decoding: unit.bufferNames[number], as: UTF8.self))
    switch buffer.role {
    case .temporary(let offset): out.line("\(type) *\(name) = (\(type) *)(arena + \(offset));")
    // tcc misreads elements of external arrays in expressions, but not their addresses.
    case .constant: out.line("const \(type) *\(name) = \(constantSymbol(number));")
    case .parameter, .result, .updated, .slice, .row: break
    }
  }

  private static func constantSymbol(_ buffer: BufferID) -> String { "constant_\(buffer)" }

  private static func writeMain(_ unit: CUnit, _ main: ByteWriter, to out: inout ByteWriter) {
    let program = unit.program
    let callers = program.callerBuffers
    out.write("static void ")
    out.write(string: unit.functionName)
    out.write("(")
    let takesArray = program.buffers.count > greatestParameterCount
    if takesArray {
      out.write("void *const *buffers)\n{\n")
      out.indentation = 1
      writePointers(Array(program.buffers.indices), unit, to: &out)
    } else {
      for buffer in callers {
        out.write(string: program.buffers[buffer].cPointerType)
        out.write(bytes: unit.bufferNames[buffer])
        out.write(", ")
      }
      out.write("unsigned char *arena)\n{\n")
      out.indentation = 1
      for number in program.buffers.indices { writeInnerPointer(number, unit, to: &out) }
    }
    out.write(bytes: main.bytes)
    out.indentation = 0
    out.write("}\n\nvoid ")
    out.write(string: entryName)
    out.write("(void *const *buffers)\n{\n  ")
    out.write(string: unit.functionName)
    if takesArray {
      out.write("(buffers);\n}\n")
      return
    }
    out.write("(")
    for (position, buffer) in callers.enumerated() {
      out.write("(")
      out.write(string: program.buffers[buffer].cPointerType)
      out.write(")buffers[")
      out.write(position)
      out.write("], ")
    }
    out.write("(unsigned char *)buffers[")
    out.write(callers.count)
    out.write("]);\n}\n")
  }
}

extension Buffer {
  /// `const float *`.
  var cPointerType: String {
    if case .parameter = role { return "const \(type.dtype.cName) *" }
    return "\(type.dtype.cName) *"
  }
}

extension Program {
  /// The parameters in order, then in order the results that are no parameters.
  package var callerBuffers: [BufferID] {
    var parameters: [(Int, BufferID)] = []
    var results: [(Int, BufferID)] = []
    for (number, buffer) in buffers.enumerated() {
      switch buffer.role {
      case .parameter(let position), .updated(let position, _): parameters.append((position, number))
      case .result(let position): results.append((position, number))
      default: break
      }
    }
    return parameters.sorted { $0.0 < $1.0 }.map(\.1) + results.sorted { $0.0 < $1.0 }.map(\.1)
  }
}
