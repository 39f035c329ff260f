import Basics
package import KernelIR

/// C for libtcc: calls of the runtime on tiles.
package struct TileSource: Hashable, Sendable {
  /// The C file.
  package var source: [UInt8]
  /// `int <entryName>(void *const *buffers)`; the buffers are the parameters, the results that are not parameters, the
  /// arena, and then for every tape the address of its memory and the number of its bytes, both 0 before the first call.
  /// It returns nonzero if there is no memory for a tape, and keeps what it has for the next call.
  package var entryName: String
  /// What the arena passed to the entry must hold: the program's temporaries and the scratch memory of its kernels.
  package var arenaByteCount: Int
  package var tapeCount: Int
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
    var writer = StepWriter<TileDialect>(CUnit(program, dialect: .tile))
    var main = ByteWriter()
    main.indentation = 1
    writer.write(program.steps, to: &main)
    return TileFile.assemble(writer.unit, writer.functions, main)
  }
}

/// Kernels as functions that call the runtime, products as calls of BLAS.
enum TileDialect: StepDialect {
  static let originMarker = " @"

  static func rows(of tape: String) -> String { tape + "->rows" }

  static func reservation(_ tape: String, _ rows: String, _ rowBytes: Int, _ unit: inout CUnit) -> String {
    let function = String(decoding: unit.use(.reserveTape), as: UTF8.self)
    return "if (\(function)(\(tape), \(rows), \(rowBytes))) return 1;"
  }

  static func writeVariables(_ writer: KernelWriter, to out: inout ByteWriter) -> Bool {
    let start = out.bytes.count
    for dtype in DType.allCases {
      writeDeclaration("\(dtype.cName) ", dtype, writer.locals.count(dtype), to: &out)
    }
    return out.bytes.count > start
  }

  static func writeFunction(
    _ writer: KernelWriter, _ index: Int, _ unit: inout CUnit, to out: inout ByteWriter
  ) {
    let kernel = writer.kernel
    out.bytes.reserveCapacity(out.bytes.count + writer.out.bytes.count + 65536)
    out.newline()
    let scratch = scratch(writer)
    if isShared(writer, scratch) { return writeSharedFunction(writer, index, scratch, &unit, to: &out) }
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
    if takesArray { writeParameters(writer, unit, to: &out) }
    unit.scratchByteCount = max(unit.scratchByteCount, scratch.byteCount)
    writeSingleChunk(writer, to: &out)
    writeBody(writer, scratch, to: &out)
  }

  /// The statements of a kernel, and the end of its function.
  static func writeBody(_ writer: KernelWriter, _ scratch: Scratch, to out: inout ByteWriter) {
    for line in scratch.declarations { out.line(line) }
    _ = writeVariables(writer, to: &out)
    out.write(bytes: writer.out.bytes)
    out.write(string: writer.fence)
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

  /// Memory of a kernel while it runs.
  struct Scratch {
    var declarations: [String] = []
    var byteCount = 0
  }

  /// Cuts the scratch memory into tiles, lanes and spilled variables.
  static func scratch(_ writer: KernelWriter) -> Scratch {
    var scratch = Scratch()
    var offset = 0
    func pointer(_ prefix: String, _ dtype: DType, _ number: Int, bytes: Int) {
      scratch.declarations.append("\(dtype.cName) *\(prefix)\(number) = (\(dtype.cName) *)(scratch + \(offset));")
      offset += (bytes + 63) / 64 * 64
    }
    let bytesPerPosition = DType.allCases.reduce(0) { $0 + writer.tileCounts[Int($1.rawValue)] * $1.byteCount }
    var width = CostModel.greatestTileWidth
    while width > CostModel.leastTileWidth
      && (width * bytesPerPosition > CostModel.tileBytes || width / 2 >= writer.widestExtent)
    {
      width /= 2
    }
    if writer.widestExtent > 0 { scratch.declarations.append("enum { width = \(width) };") }
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
        scratch.declarations.append("\(dtype.cName) *spill_\(letter) = (\(dtype.cName) *)(scratch + \(offset));")
        offset += (spilled * dtype.byteCount + 63) / 64 * 64
      }
    }
    scratch.byteCount = offset
    return scratch
  }

  /// More arguments than this are passed as an array: tcc has room for 255 operands.
  static let greatestParameterCount = 100

  /// Declares the buffers of a kernel that is passed an array.
  private static func writeParameters(_ writer: KernelWriter, _ unit: CUnit, to out: inout ByteWriter) {
    if !hasOwnArray(writer, unit) { return TileFile.writePointers(writer.parameters.map(Int.init), unit, to: &out) }
    for (position, buffer) in writer.parameters.enumerated() {
      let pointer = unit.pointerType(Int(buffer))
      let name = String(decoding: unit.bufferNames[Int(buffer)], as: UTF8.self)
      out.line("\(pointer)\(name) = (\(pointer))buffers[\(position)];")
    }
  }

  /// Where a moving buffer is, only the loop knows; the others are where the program's own array says.
  private static func hasOwnArray(_ writer: KernelWriter, _ unit: CUnit) -> Bool {
    unit.isInSharedLoop || writer.parameters.contains { unit.program.buffers[Int($0)].role.isMoving }
  }

  static func writeCall(_ writer: KernelWriter, _ index: Int, _ unit: CUnit, to out: inout ByteWriter) {
    let name = unit.kernelName(index, writer.kernel)
    if let partition = writer.kernel.partition, isShared(writer, scratch(writer)) {
      let extent = writer.kernel.axes[partition.axis].extent
      return Chunks.writeCall(name, writer.parameters.map(Int.init), extent, partition.chunk, unit, to: &out)
    }
    let takesArray = writer.parameters.count > greatestParameterCount
    let hasOwnArray = takesArray && Self.hasOwnArray(writer, unit)
    if hasOwnArray {
      out.line("{")
      out.indentation += 1
      out.line("void *const \(name)_buffers[] = {")
      for buffer in writer.parameters {
        out.line("  (void *)\(String(decoding: unit.bufferNames[Int(buffer)], as: UTF8.self)),")
      }
      out.line("};")
    }
    out.indent()
    out.write(string: name)
    out.write("(")
    if takesArray { out.write(string: hasOwnArray ? "\(name)_buffers" : "buffers") }
    for (position, buffer) in writer.parameters.enumerated() where !takesArray {
      if position > 0 { out.write(", ") }
      out.write(bytes: unit.bufferNames[Int(buffer)])
    }
    if writer.needsScratch {
      if unit.isInSharedLoop {
        out.write(", scratch")
      } else {
        out.write(", arena + ")
        out.write(TileFile.scratchOffset(unit.program))
      }
    }
    out.write(");\n")
    if hasOwnArray {
      out.indentation -= 1
      out.line("}")
    }
  }

  static func writeGemm(_ gemm: Gemm, _ unit: inout CUnit, to out: inout ByteWriter) {
    guard gemm.m > 0, gemm.n > 0, gemm.batchCount > 0 else { return }
    out.line(CUnit.originComment(gemm.origins.isEmpty ? ["gemm"] : gemm.origins, marker: " @"))
    GemmCall(gemm).write(&unit, to: &out)
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
