import TestSupport
import Basics
import CEmitter
import Foundation
import JIT
import KernelIR
import Passes
import TensorIR

/// A function with inputs, carried through all stages up to C.
struct Subject {
  let function: Function
  let inputs: [ReferenceTensor]
  let program: Program
  /// The program with products contracted, as it is run in tiles.
  let contracted: Program

  init(_ function: Function, _ inputs: [ReferenceTensor], _ model: CostModel = CostModel()) throws {
    self.function = function
    self.inputs = inputs
    program = try Pipelines.standard.run(function, verify: true).lowered(model)
    try program.verify()
    contracted = program.contracted()
    try contracted.verify()
  }

  /// What the kernel IR means.
  func interpreted() throws -> [ReferenceTensor] { try interpreted(program) }

  func interpreted(_ program: Program) throws -> [ReferenceTensor] {
    let outputs = try program.interpret(inputs.map { HostBuffer($0.type, $0.scalars) })
    return outputs.map { ReferenceTensor(scalars: $0.elements, type: $0.type) }
  }

  /// The tile dialect, compiled by libtcc in this process.
  func tiled() throws -> [ReferenceTensor] { try tiled(program) }

  func tiled(_ program: Program) throws -> [ReferenceTensor] {
    let source = TileEmitter.emit(program)
    var constants: [String: UnsafeRawPointer] = [:]
    var owners: [CallBuffers] = []
    for constant in source.constants {
      let buffer = program.buffers[Int(constant.buffer)]
      guard case .constant(let elements) = buffer.role else { continue }
      let owner = CallBuffers([ReferenceTensor(scalars: elements, type: buffer.type)], [], arenaByteCount: 0)
      owners.append(owner)
      if let address = owner.addresses[0] { constants[constant.symbol] = UnsafeRawPointer(address) }
    }
    let module = try LibTCC.compile(
      source: source.source, entries: [source.entryName], externals: constants, runtimeSymbols: source.runtimeSymbols)
    guard let entry = module.entry(named: source.entryName) else { throw Diagnostic("no entry") }
    let buffers = CallBuffers(
      inputs, function.resultTypes, arenaByteCount: source.arenaByteCount, tapeCount: source.tapeCount)
    let status = withExtendedLifetime(owners) { buffers.call { module.call(entry, buffers: $0) } }
    guard status == 0 else { throw Diagnostic("no memory for tapes") }
    return buffers.results
  }
}

/// Portable C of many subjects, compiled by a C compiler of the system into one shared library.
final class PortableLibrary {
  private typealias Wrapper = @convention(c) (UnsafePointer<UnsafeMutableRawPointer?>) -> Int32
  private let subjects: [Subject]
  private let handle: UnsafeMutableRawPointer
  private let folder: TemporaryFolder

  static let flags = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-ffp-contract=off"]

  init(_ subjects: [Subject], compiler: String, optimisation: String) throws {
    self.subjects = subjects
    folder = try TemporaryFolder()
    var files: [String] = []
    for (index, subject) in subjects.enumerated() {
      let name = "subject_\(index)"
      let source = PortableEmitter.emit(subject.program, functionName: name, headerName: "\(name).h")
      try Data(source.header).write(to: folder.file("\(name).h"))
      let count = subject.function.parameters.count + subject.function.results.count
      let arguments = (0...count).map { "buffers[\($0)]" }.joined(separator: ", ")
      let call = "\(source.entryName)(\(arguments))"
      let wrapper =
        "\nint call_\(index)(void *const *buffers);\nint call_\(index)(void *const *buffers) "
        + (subject.program.tapes.isEmpty ? "{ \(call); return 0; }\n" : "{ return \(call); }\n")
      let file = folder.file("\(name).c")
      try (Data(source.source) + Data(wrapper.utf8)).write(to: file)
      files.append(file.path)
    }
    let library = folder.file("library.so").path
    let arguments = Self.flags + [optimisation, "-shared", "-fPIC", "-o", library] + files + ["-lm"]
    let outcome = try Subprocess.run(compiler, arguments)
    guard outcome.hasSucceeded, let handle = dlopen(library, RTLD_NOW | RTLD_LOCAL) else {
      throw Diagnostic("\(compiler) in \(folder.url.path): \(outcome.errors.prefix(4000))")
    }
    self.handle = handle
  }

  deinit {
    dlclose(handle)
  }

  func results(of index: Int) throws -> [ReferenceTensor] {
    guard let symbol = dlsym(handle, "call_\(index)") else { throw Diagnostic("no wrapper \(index)") }
    let subject = subjects[index]
    let buffers = CallBuffers(
      subject.inputs, subject.function.resultTypes, arenaByteCount: subject.program.arenaByteCount)
    let status = buffers.call { unsafeBitCast(symbol, to: Wrapper.self)($0) }
    guard status == 0 else { throw Diagnostic("no memory for tapes") }
    return buffers.results
  }
}

extension CostModel {
  /// Of a machine without a cache, on which a loop costs nothing: steps that can run on blocks of rows do.
  static var withoutCache: CostModel {
    var model = CostModel()
    model.nearBytes = 128
    (model.nearByte, model.lastLevelByte, model.launch, model.iteration, model.product) = (0, 1, 0, 0, 0)
    return model
  }
}
