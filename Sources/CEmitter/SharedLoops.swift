import KernelIR

extension StepWriter {
  /// Writes a loop whose iterations threads share as a function of a run of them; `false` if one thread does them all, also
  /// where kernels need more scratch memory than is put on a thread's stack.
  mutating func writeShared(_ loop: StepLoop, to out: inout ByteWriter) -> Bool {
    guard unit.dialect != .portable, loop.isParallel, case .fixed(let count) = loop.count, !unit.isInSharedLoop else {
      return false
    }
    var writer = self
    let function = writer.functionOfIterations(loop)
    guard writer.unit.scratchByteCount <= TileDialect.greatestStackByteCount else { return false }
    let (name, buffers) = ("\(unit.prefix)k\(number)_loop_chunks", writer.outerBuffers(of: loop))
    writer.unit.usedBuffers.formUnion(buffers)
    writer.functions.newline()
    writer.functions.line(
      CUnit.originComment(loop.origins.isEmpty ? ["loop"] : loop.origins, marker: Dialect.originMarker))
    Chunks.writeHead(
      name, buffers, unit, isWritten: { !unit.pointerType($0).hasPrefix("const") }, to: &writer.functions)
    if writer.unit.scratchByteCount > 0 {
      Chunks.writeScratch(writer.unit.scratchByteCount, to: &writer.functions)
    }
    writer.functions.write(bytes: function.bytes)
    writer.functions.indentation = 0
    writer.functions.write("}\n")
    writer.unit.scratchByteCount = unit.scratchByteCount
    writer.unit.isInSharedLoop = false
    _ = writer.unit.use(.parallelFor)
    self = writer
    Chunks.writeCall(name, buffers, count, 1, unit, to: &out)
    return true
  }

  /// The loop from `chunk_start` to `chunk_end`; afterwards the unit's scratch memory is what one thread needs for it.
  private mutating func functionOfIterations(_ loop: StepLoop) -> ByteWriter {
    unit.isInSharedLoop = true
    unit.scratchByteCount = 0
    var body = ByteWriter()
    // Also the kernels that stand directly in the loop are in one.
    body.indentation = 1
    writeIterations(of: loop, unit.counterNames[loop.id] ?? "t", from: "chunk_start", to: "chunk_end", to: &body)
    return body
  }

  /// The buffers that a loop's body uses, and that do not move with it or a loop inside: where they are, the loop is told.
  private func outerBuffers(of loop: StepLoop) -> [BufferID] {
    var found: Set<BufferID> = []
    loop.body.forEachBuffer { buffer, _ in
      var buffer = buffer
      while case .slice(let base, let other, _, _) = unit.program.buffers[buffer].role,
        unit.loops.isInside(other, loop.id)
      {
        buffer = base
      }
      if unit.usedBuffers.contains(buffer) { found.insert(buffer) }
    }
    return found.sorted()
  }
}
