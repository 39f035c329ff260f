import Basics
import CEmitter
import JIT
import KernelIR
import TensorIR
import TestSupport
import Testing

/// The vector dialect of many programs, compiled by a C compiler of the system in one go.
final class VectorLibrary {
  private let subjects: [Subject]
  private let programs: [Program]
  private let constants: [ConstantKey: CallBuffers]
  private let module: NativeModule

  private struct ConstantKey: Hashable {
    var program: Int
    var buffer: Int
  }

  /// - Parameter contracted: Whether it is the contracted programs.
  init(_ subjects: [Subject], contracted: Bool = true, compiler: String, options: [String] = []) throws {
    self.subjects = subjects
    programs = subjects.map { contracted ? $0.contracted : $0.program }
    let source = VectorEmitter.emit(programs, for: .runtime)
    var owners: [ConstantKey: CallBuffers] = [:]
    for case .constant(let program, let number) in source.links {
      let buffer = programs[program].buffers[number]
      guard case .constant(let elements) = buffer.role else { continue }
      owners[ConstantKey(program: program, buffer: number)] =
        CallBuffers([ReferenceTensor(scalars: elements, type: buffer.type)], [], arenaByteCount: 0)
    }
    constants = owners
    let found = try #require(SystemCompiler.find(compiler))
    module = try found.compile(source, options: options) { program, buffer in
      UnsafeRawPointer(owners[ConstantKey(program: program, buffer: buffer)]?.addresses[0])
    }
  }

  func results(of index: Int) throws -> [ReferenceTensor] {
    let (subject, program) = (subjects[index], programs[index])
    let buffers = CallBuffers(
      subject.inputs, subject.function.resultTypes, arenaByteCount: program.arenaByteCount,
      tapeCount: program.tapes.count)
    let status = buffers.call { module.call(module.entries[index], buffers: $0) }
    guard status == 0 else { throw Diagnostic("no memory for tapes") }
    return buffers.results
  }
}
