import Basics
import CEmitter
import GradCRuntime
import JIT
import KernelIR
import Testing

/// Programs in the vector dialect, compiled by a C compiler of the system in one go.
final class VectorPrograms {
  private struct Place: Hashable {
    var program: Int
    var buffer: Int
  }

  private let programs: [Program]
  private let module: NativeModule
  private let constants: [Place: UnsafeMutableRawBufferPointer]

  /// - Parameter isDivided: Whether a long source is given to several compilers.
  init(
    _ programs: [Program], compiler: String, options: [String] = ["-O1"], target: VectorTarget = .runtime,
    isDivided: Bool = true
  ) throws {
    self.programs = programs
    var source = VectorEmitter.emit(programs, for: target)
    if !isDivided { source.units = [] }
    var constants: [Place: UnsafeMutableRawBufferPointer] = [:]
    for case .constant(let program, let number) in source.links {
      let buffer = programs[program].buffers[number]
      guard case .constant(let elements) = buffer.role else { continue }
      constants[Place(program: program, buffer: number)] = Self.memory(HostBuffer(buffer.type, elements).bytes)
    }
    self.constants = constants
    module = try #require(SystemCompiler.find(compiler)).compile(source, options: options) { program, buffer in
      UnsafeRawPointer(constants[Place(program: program, buffer: buffer)]?.baseAddress)
    }
  }

  deinit { for memory in constants.values { memory.deallocate() } }

  private static func memory(_ bytes: [UInt8]) -> UnsafeMutableRawBufferPointer {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 64), alignment: 64)
    memory.copyBytes(from: bytes)
    return memory
  }

  /// The results of a program.
  func run(_ index: Int, _ inputs: [HostBuffer]) throws -> [HostBuffer] {
    let program = programs[index]
    var owned = program.callerBuffers.map {
      Self.memory(Array(repeating: 0xff, count: program.buffers[$0].type.byteCount))
    }
    for (memory, input) in zip(owned, inputs) { memory.copyBytes(from: input.bytes) }
    owned.append(Self.memory(Array(repeating: 0xff, count: program.arenaByteCount)))
    var table = owned.map(\.baseAddress) + Array(repeating: nil, count: 2 * program.tapes.count)
    defer {
      for tape in program.tapes.indices { gradc_aligned_free(table[owned.count + 2 * tape]) }
      for memory in owned { memory.deallocate() }
    }
    let status = table.withUnsafeMutableBufferPointer { table in
      table.baseAddress.map { module.call(module.entries[index], buffers: $0) } ?? -1
    }
    if status != 0 { throw Diagnostic("no memory for tapes") }
    let results = program.callerBuffers.enumerated().compactMap { position, number in
      program.buffers[number].role.resultPosition.map { result in
        var buffer = HostBuffer(program.buffers[number].type, [Scalar]())
        buffer.bytes = Array(owned[position].prefix(buffer.type.byteCount))
        return (result, buffer)
      }
    }
    return results.sorted { $0.0 < $1.0 }.map(\.1)
  }
}
