import Basics
import CEmitter
import GradCRuntime
import JIT
import KernelIR
import TestSupport
import Testing

/// Random kernels in the tile dialect give the bits of the kernel interpreter.
@Suite struct RandomProgramTests {
  @Test func tileCodeMatchesInterpreter() throws {
    for seed in fuzzSeeds(80) {
      let (program, inputs) = RandomProgram.make(seed: Int(seed), sumsInLanes: true)
      try program.verify()
      let expected = try program.interpret(inputs)
      let mismatch = bufferMismatch(expected, try Self.run(program, inputs))
      #expect(mismatch == nil, "seed \(seed)\n\(program)")
    }
  }

  @Test func controlFlowMatchesInterpreter() throws {
    for seed in fuzzSeeds(60) {
      let (program, inputs) = RandomControlFlow.make(seed: seed)
      try program.verify()
      #expect(try Program(parsing: program.description) == program)
      let expected = try program.interpret(inputs)
      let mismatch = bufferMismatch(expected, try Self.run(program, inputs))
      #expect(mismatch == nil, "seed \(seed): \(mismatch ?? "")\n\(program)")
    }
  }

  static func run(_ program: Program, _ inputs: [HostBuffer]) throws -> [HostBuffer] {
    let source = TileEmitter.emit(program)
    var owned: [UnsafeMutableRawBufferPointer] = []
    defer { for memory in owned { memory.deallocate() } }
    func memory(_ bytes: [UInt8]) -> UnsafeMutableRawBufferPointer {
      let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 64), alignment: 64)
      memory.copyBytes(from: bytes)
      owned.append(memory)
      return memory
    }
    var externals: [String: UnsafeRawPointer] = [:]
    for constant in source.constants {
      guard case .constant(let elements) = program.buffers[constant.buffer].role else { continue }
      let bytes = HostBuffer(program.buffers[constant.buffer].type, elements).bytes
      externals[constant.symbol] = UnsafeRawPointer(memory(bytes).baseAddress)
    }
    var buffers: [UnsafeMutableRawBufferPointer] = []
    for (position, number) in program.callerBuffers.enumerated() {
      let count = program.buffers[number].type.byteCount
      buffers.append(memory(position < inputs.count ? inputs[position].bytes : Array(repeating: 0xff, count: count)))
    }
    buffers.append(memory(Array(repeating: 0xff, count: source.arenaByteCount)))
    let module = try LibTCC.compile(
      source: source.source, entries: [source.entryName], externals: externals, runtimeSymbols: source.runtimeSymbols)
    let entry = try #require(module.entry(named: source.entryName))
    var addresses = buffers.map(\.baseAddress) + Array(repeating: nil, count: 2 * source.tapeCount)
    defer { for tape in 0..<source.tapeCount { gradc_aligned_free(addresses[buffers.count + 2 * tape]) } }
    let status = addresses.withUnsafeMutableBufferPointer { table in
      table.baseAddress.map { module.call(entry, buffers: $0) }
    }
    if status != 0 { throw Diagnostic("no memory for tapes") }
    let results = program.callerBuffers.enumerated().compactMap { position, number in
      program.buffers[number].role.resultPosition.map { result in
        var buffer = HostBuffer(program.buffers[number].type, [Scalar]())
        buffer.bytes = Array(buffers[position].prefix(buffer.type.byteCount))
        return (result, buffer)
      }
    }
    return results.sorted { $0.0 < $1.0 }.map(\.1)
  }
}
