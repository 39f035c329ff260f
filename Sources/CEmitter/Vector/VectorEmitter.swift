import Basics
package import KernelIR

/// C for a compiler that optimises: vectors in registers.
package struct VectorSource: Hashable, Sendable {
  /// The C file.
  package var source: [UInt8]
  /// Where the file is long, what of it is a file of its own for a compiler that works beside others: unit k with
  /// `GRADC_UNIT` defined as k. Linked together they are what the file is by itself. Else empty.
  package var units: [[Range<Int>]] = []
  /// `int <name>(void *const *buffers)`, by program; what they take and return is that of `TileSource`.
  package var entryNames: [String]
  /// `void gradc_link(void *const *addresses)`, to be called once before any entry with the addresses of `links`.
  package var linkName: String
  package var links: [Link]

  /// The text of a unit.
  package func text(ofUnit number: Int) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(units[number].reduce(0) { $0 + $1.count })
    for range in units[number] { text += source[range] }
    return text
  }

  /// What the code calls or reads, and does not define.
  package enum Link: Hashable, Sendable {
    /// A function of the runtime.
    case runtime(String)
    /// One that takes and returns vectors in registers, by op and dtype.
    case registers(VectorTarget.Function)
    /// The elements of a constant of a program.
    case constant(program: Int, buffer: BufferID)
  }
}

/// Writes the vector dialect. The programs must be verified.
package struct VectorEmitter {
  package static let entryName = "gradc_entry"
  package static let linkName = "gradc_link"

  package static func emit(_ program: Program, for target: VectorTarget) -> VectorSource {
    emit([program], for: target)
  }

  /// Several programs in one file.
  package static func emit(_ programs: [Program], for target: VectorTarget) -> VectorSource {
    var file = VectorFile(target)
    for (number, program) in programs.enumerated() {
      let prefix = programs.count > 1 ? "p\(number)_" : ""
      var writer = StepWriter<VectorDialect>(CUnit(program, dialect: .vector, target: target, prefix: prefix))
      var main = ByteWriter()
      main.indentation = 1
      writer.write(program.steps, to: &main)
      file.add(writer.unit, writer.functions, main)
    }
    return file.assemble()
  }
}

/// Kernels as functions on vectors, products and routines as calls of the runtime.
enum VectorDialect: StepDialect {
  static let originMarker = " @"

  static func rows(of tape: String) -> String { TileDialect.rows(of: tape) }

  static func reservation(_ tape: String, _ rows: String, _ rowBytes: Int, _ unit: inout CUnit) -> String {
    TileDialect.reservation(tape, rows, rowBytes, &unit)
  }

  /// They are declared where they get their values.
  static func writeVariables(_ writer: KernelWriter, to out: inout ByteWriter) -> Bool { writer.nextVariable > 0 }

  static func writeFunction(_ writer: KernelWriter, _ index: Int, _ unit: inout CUnit, to out: inout ByteWriter) {
    let kernel = writer.kernel
    out.newline()
    out.line(CUnit.originComment(kernel.origins.isEmpty ? [kernel.name] : kernel.origins, marker: originMarker))
    let name = unit.kernelName(index, kernel)
    out.write(bytes: writer.parts.functions.bytes)
    if kernel.partition != nil {
      _ = unit.use(.parallelFor)
      let memory = writer.plan.memory
      Chunks.writeHead(
        name, writer.parameters.map(Int.init), unit, isWritten: { memory.isWrittenItself(Int32($0)) },
        isRestricted: { memory.isUnshared(Int32($0)) }, to: &out)
      out.indentation = 0
      writer.writePartArrays(to: &out)
      out.write(bytes: writer.out.bytes)
      out.write(string: writer.fence)
      return out.write("}\n")
    }
    out.line("static void \(name)(\(writer.parameterTexts.map(\.declaration).joined(separator: ", ")))")
    out.write("{\n")
    writer.writePartArrays(to: &out)
    out.write(bytes: writer.out.bytes)
    out.write(string: writer.fence)
    out.write("}\n")
  }

  static func writeCall(_ writer: KernelWriter, _ index: Int, _ unit: CUnit, to out: inout ByteWriter) {
    guard let partition = writer.kernel.partition else {
      return PortableDialect.writeCall(writer, index, unit, to: &out)
    }
    Chunks.writeCall(
      unit.kernelName(index, writer.kernel), writer.parameters.map(Int.init),
      writer.kernel.axes[partition.axis].extent, partition.chunk, unit, to: &out)
  }

  static func writeGemm(_ gemm: Gemm, _ unit: inout CUnit, to out: inout ByteWriter) {
    TileDialect.writeGemm(gemm, &unit, to: &out)
  }
}
