import Basics
import CEmitter
import GradCRuntime
import JIT
import KernelIR
import Testing

/// Machine code of a program, and memory for its calls.
final class ProgramCode {
  private let program: Program
  private let source: TileSource
  private let module: CompiledModule
  private let entry: CompiledModule.Entry
  private var owned: [UnsafeMutableRawBufferPointer] = []
  /// The caller's buffers.
  private var buffers: [UnsafeMutableRawBufferPointer] = []
  /// What calls get: buffers, arena, tapes.
  private(set) var table: [UnsafeMutableRawPointer?] = []

  init(_ program: Program) throws {
    self.program = program
    source = TileEmitter.emit(program)
    var externals: [String: UnsafeRawPointer] = [:]
    var constants: [UnsafeMutableRawBufferPointer] = []
    for constant in source.constants {
      guard case .constant(let elements) = program.buffers[constant.buffer].role else { continue }
      let memory = Self.memory(HostBuffer(program.buffers[constant.buffer].type, elements).bytes)
      externals[constant.symbol] = UnsafeRawPointer(memory.baseAddress)
      constants.append(memory)
    }
    module = try LibTCC.compile(
      source: source.source, entries: [source.entryName], externals: externals, runtimeSymbols: source.runtimeSymbols)
    entry = try #require(module.entry(named: source.entryName))
    buffers = program.callerBuffers.map {
      Self.memory(Array(repeating: 0xff, count: program.buffers[$0].type.byteCount))
    }
    let arena = Self.memory(Array(repeating: 0xff, count: source.arenaByteCount))
    owned = constants + buffers + [arena]
    table = (buffers + [arena]).map(\.baseAddress) + Array(repeating: nil, count: 2 * source.tapeCount)
  }

  deinit {
    for tape in 0..<source.tapeCount { gradc_aligned_free(table[buffers.count + 1 + 2 * tape]) }
    for memory in owned { memory.deallocate() }
  }

  private static func memory(_ bytes: [UInt8]) -> UnsafeMutableRawBufferPointer {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 64), alignment: 64)
    memory.copyBytes(from: bytes)
    return memory
  }

  /// The address and the bytes of a tape's memory.
  func tape(_ number: Int) -> (rows: UnsafeMutableRawPointer?, capacity: Int) {
    let place = buffers.count + 1 + 2 * number
    return (table[place], Int(bitPattern: table[place + 1]))
  }

  /// What the entry returns.
  func call(_ inputs: [HostBuffer]) -> Int32 {
    for (memory, input) in zip(buffers, inputs) { memory.copyBytes(from: input.bytes) }
    return table.withUnsafeMutableBufferPointer { table in
      table.baseAddress.map { module.call(entry, buffers: $0) } ?? -1
    }
  }

  var results: [HostBuffer] {
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
