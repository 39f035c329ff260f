import Basics
import KernelIR

/// Functions whose chunks threads share: `void name(void *chunk_buffers, int64_t chunk_start, int64_t chunk_end)`, given the
/// addresses of the buffers that they use.
enum Chunks {
  static func writeHead(
    _ name: String, _ buffers: [BufferID], _ unit: CUnit, isWritten: (BufferID) -> Bool,
    isRestricted: (BufferID) -> Bool = { _ in false }, to out: inout ByteWriter
  ) {
    out.line("static void \(name)(void *chunk_buffers, int64_t chunk_start, int64_t chunk_end)")
    out.write("{\n")
    out.indentation = 1
    out.line("void *const *buffers = (void *const *)chunk_buffers;")
    for (position, buffer) in buffers.enumerated() {
      let pointer = "\(isWritten(buffer) ? "" : "const ")\(unit.program.buffers[buffer].type.dtype.cName) *"
      let restriction = isRestricted(buffer) ? "restrict " : ""
      out.line("\(pointer)\(restriction)\(Self.name(buffer, unit)) = (\(pointer))buffers[\(position)];")
    }
  }

  static func writeCall(
    _ name: String, _ buffers: [BufferID], _ count: Int, _ chunk: Int, _ unit: CUnit, to out: inout ByteWriter
  ) {
    let addresses = buffers.map { "(void *)\(Self.name($0, unit))" }
    out.line("{")
    out.indentation += 1
    if addresses.count <= 4 {
      out.line("void *const \(name)_buffers[] = {\(addresses.joined(separator: ", "))};")
    } else {
      out.line("void *const \(name)_buffers[] = {")
      for address in addresses { out.line("  \(address),") }
      out.line("};")
    }
    out.line("\(RuntimeFunction.parallelFor.name)(\(name), (void *)\(name)_buffers, \(count), \(chunk));")
    out.indentation -= 1
    out.line("}")
  }

  /// Scratch memory on the stack.
  static func writeScratch(_ byteCount: Int, to out: inout ByteWriter) {
    // libtcc does not align arrays on the stack.
    out.line("unsigned char chunk_scratch[\(byteCount + 64)];")
    out.line("unsigned char *scratch = chunk_scratch + (-(uint64_t)chunk_scratch & 63);")
  }

  static func name(_ buffer: BufferID, _ unit: CUnit) -> String {
    String(decoding: unit.bufferNames[buffer], as: UTF8.self)
  }
}

// MARK: Kernels

extension KernelWriter {
  /// Whether threads share the iterations of an axis: its scopes run from `chunk_start` to `chunk_end`.
  func isChunked(_ axis: AxisID) -> Bool { unit.dialect.hasTiles && kernel.partition?.axis == axis }

  mutating func beginChunkedTile(_ axis: AxisID) {
    narrowTile = nil
    widestExtent = max(widestExtent, min(plan.flat.axes[axis].extent, kernel.partition?.chunk ?? .max))
    out.line("for (int64_t i\(axis) = chunk_start; i\(axis) < chunk_end; i\(axis) += width) {")
    out.indentation += 1
    out.line("const int64_t n\(axis) = chunk_end - i\(axis) < width ? chunk_end - i\(axis) : width;")
  }
}

extension TileDialect {
  /// More scratch memory than this is not put on a thread's stack: the kernel is then run by one thread.
  static let greatestStackByteCount = 65536

  /// Whether threads share a kernel. Each has scratch memory of its own on its stack, so that the arena is the same for any
  /// number of threads.
  static func isShared(_ writer: KernelWriter, _ scratch: Scratch) -> Bool {
    writer.kernel.partition != nil && scratch.byteCount <= greatestStackByteCount
  }

  /// Of a kernel that could be shared, but is not, all iterations are one chunk.
  static func writeSingleChunk(_ writer: KernelWriter, to out: inout ByteWriter) {
    guard let partition = writer.kernel.partition else { return }
    out.line("const int64_t chunk_start = 0, chunk_end = \(writer.kernel.axes[partition.axis].extent);")
  }

  static func writeSharedFunction(
    _ writer: KernelWriter, _ index: Int, _ scratch: Scratch, _ unit: inout CUnit, to out: inout ByteWriter
  ) {
    _ = unit.use(.parallelFor)
    let kernel = writer.kernel
    out.line(CUnit.originComment(kernel.origins.isEmpty ? [kernel.name] : kernel.origins, marker: originMarker))
    let memory = writer.plan.memory
    Chunks.writeHead(
      unit.kernelName(index, kernel), writer.parameters.map(Int.init), unit,
      isWritten: { memory.isWrittenItself(Int32($0)) }, to: &out)
    if scratch.byteCount > 0 { Chunks.writeScratch(scratch.byteCount, to: &out) }
    writeBody(writer, scratch, to: &out)
  }
}

// MARK: Matrix products

/// The call of BLAS for a product, or for a chunk of one.
struct GemmCall {
  let gemm: Gemm
  private var (m, n): (String, String)
  /// The first row, and the one after the last.
  private var rows: (first: String, last: String)
  /// The first and the last slice.
  private var slices: (first: String, last: String)
  /// What is added to the offsets of a, b and c.
  private var shifts = ["", "", ""]

  init(_ gemm: Gemm) {
    self.gemm = gemm
    (m, n) = ("\(gemm.m)", "\(gemm.n)")
    slices = ("0", "\(gemm.batchCount)")
    rows = ("0", m)
  }

  init(chunkOf gemm: Gemm, _ direction: GemmPartition.Direction) {
    self.init(gemm)
    let count = "chunk_end - chunk_start"
    func shift(_ step: Int) -> String { step == 1 ? " + chunk_start" : " + \(step) * chunk_start" }
    switch direction {
    case .rows where gemm.order == .symmetry: rows = ("chunk_start", "chunk_end")
    case .rows:
      m = count
      (shifts[0], shifts[2]) = (shift(gemm.a.rowStep), shift(gemm.c.rowStep))
    case .columns:
      n = count
      (shifts[1], shifts[2]) = (shift(gemm.b.columnStep), shift(gemm.c.columnStep))
    case .slices: slices = ("chunk_start", "chunk_end")
    }
  }

  func write(_ unit: inout CUnit, to out: inout ByteWriter) {
    if gemm.batchCount > 1 {
      out.line("for (int64_t i0 = \(slices.first); i0 < \(slices.last); ++i0)")
      out.indentation += 1
    }
    let addresses = zip([gemm.a, gemm.b, gemm.c], shifts).map { matrix, shift in
      var text = Chunks.name(matrix.buffer, unit)
      if matrix.offset != 0 { text += " + \(matrix.offset)" }
      if gemm.batchCount > 1 && matrix.batchStride != 0 { text += " + \(matrix.batchStride) * i0" }
      return text + shift
    }
    out.line("\(String(decoding: unit.use(.product(gemm.order, gemm.dtype)), as: UTF8.self))(\(arguments(addresses)));")
    if gemm.batchCount > 1 { out.indentation -= 1 }
  }

  private func arguments(_ addresses: [String]) -> String {
    let (a, b, c) = (addresses[0], addresses[1], "\(addresses[2]), \(gemm.c.leadingDimension)")
    switch gemm.order {
    case .library:
      let one = Scalar(Int64(1), as: gemm.dtype).cLiteral
      let beta = Scalar(Int64(gemm.accumulates ? 1 : 0), as: gemm.dtype).cLiteral
      return "\(gemm.a.transposed ? 1 : 0), \(gemm.b.transposed ? 1 : 0), \(m), \(n), \(gemm.k), \(one), "
        + "\(a), \(gemm.a.leadingDimension), \(b), \(gemm.b.leadingDimension), \(beta), \(c)"
    case .symmetry:
      return "\(gemm.a.transposed ? 1 : 0), \(gemm.b.transposed ? 1 : 0), \(rows.first), \(rows.last), \(gemm.k), "
        + "\(a), \(gemm.a.leadingDimension), \(b), \(gemm.b.leadingDimension), \(c), \(gemm.strip), "
        + "\(gemm.accumulates ? 1 : 0)"
    case .rows:
      return "\(m), \(n), \(gemm.k), \(a), \(gemm.a.rowStep), \(gemm.a.columnStep), "
        + "\(b), \(gemm.b.rowStep), \(gemm.b.columnStep), \(c), \(gemm.accumulates ? 1 : 0)"
    case .lanes:
      return "\(m), \(n), \(gemm.k), \(a), \(gemm.a.rowStep), \(b), \(gemm.b.columnStep), \(c), "
        + "\(gemm.accumulates ? 1 : 0)"
    }
  }
}

extension StepWriter {
  /// Writes a product whose chunks are calls of their own, on any number of threads; `false` if it is one call.
  mutating func writeShared(_ gemm: Gemm, to out: inout ByteWriter) -> Bool {
    guard unit.dialect != .portable, let partition = gemm.partition, gemm.m > 0, gemm.n > 0, gemm.batchCount > 0
    else { return false }
    let extent = gemm.extent(partition.direction)
    writeShared(
      "gemm", gemm.origins, reading: [gemm.a.buffer, gemm.b.buffer], writing: [gemm.c.buffer], extent,
      partition.chunk, to: &out
    ) { unit, function in
      GemmCall(chunkOf: gemm, partition.direction).write(&unit, to: &function)
    }
    return true
  }

  /// Writes a call whose slices threads share; `false` if one thread does it all.
  mutating func writeShared(_ call: LibraryCall, to out: inout ByteWriter) -> Bool {
    guard unit.dialect != .portable, let chunk = call.chunk, call.batchCount > 0,
      call.routine.outputs(call.dtype).contains(where: { !$0.type.shape.isEmpty })
    else { return false }
    let written = call.outputs.map(\.buffer) + (call.workspace.map { [$0] } ?? [])
    unit.usedBuffers.formUnion(call.buffers.map(\.buffer))
    writeShared(
      call.routine.definition.name, call.origins, reading: call.inputs.map(\.buffer), writing: written,
      call.batchCount, chunk, to: &out
    ) { unit, function in
      let pointers = (call.inputs + call.outputs).map { argument in
        let start = argument.offset == 0 ? "" : " + \(argument.offset)"
        let step = argument.batchStride == 0 ? "" : " + \(argument.batchStride) * chunk_start"
        return Chunks.name(argument.buffer, unit) + start + step
      }
      let workspace = call.workspace.map {
        ["\(Chunks.name($0, unit)) + chunk_start / \(chunk) * \(call.workspaceStep)"]
      }
      function.line(
        unit.runtimeCall(call, count: "chunk_end - chunk_start", pointers: pointers, workspace: workspace ?? []))
    }
    return true
  }

  private mutating func writeShared(
    _ kind: String, _ origins: [String], reading: [BufferID], writing: [BufferID], _ count: Int, _ chunk: Int,
    to out: inout ByteWriter, body: (inout CUnit, inout ByteWriter) -> Void
  ) {
    _ = unit.use(.parallelFor)
    let name = "\(unit.prefix)k\(number)_\(kind)"
    let buffers = Set(reading + writing).sorted()
    functions.newline()
    functions.line(CUnit.originComment(origins.isEmpty ? [kind] : origins, marker: Dialect.originMarker))
    Chunks.writeHead(name, buffers, unit, isWritten: { writing.contains($0) }, to: &functions)
    body(&unit, &functions)
    functions.indentation = 0
    functions.write("}\n")
    Chunks.writeCall(name, buffers, count, chunk, unit, to: &out)
  }
}
