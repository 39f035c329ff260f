import Basics
import Foundation
import KernelIR
import Testing

@testable import CEmitter

/// Portable C, compiled strictly and run under the sanitizers, against the interpreter.
@Suite struct PortableExecutionTests {
  @Test(arguments: GoldenTests.names) func goldens(_ name: String) throws {
    let text = try String(contentsOf: GoldenTests.directory.appending(path: "\(name).kir"), encoding: .utf8)
    let program = try Program(parsing: text)
    var random = SeededGenerator(state: 3)
    let inputs = program.callerBuffers.compactMap { number -> HostBuffer? in
      let buffer = program.buffers[number]
      guard case .parameter = buffer.role else { return nil }
      let numbers = (0..<buffer.type.elementCount).map { _ in Double.random(in: -20...60, using: &random) }
      return HostBuffer(buffer.type, numbers)
    }
    let expected = try program.interpret(inputs)
    for compiler in compilers {
      let outputs = try runPortable(program, inputs, compiler: compiler)
      #expect(difference(expected, outputs, tolerance: 1e-5) == nil)
    }
  }

  @Test(arguments: 0..<8) func randomPrograms(_ seed: Int) throws {
    let (program, inputs) = RandomProgram.make(seed: seed, sumsInLanes: false)
    try program.verify()
    #expect(try Program(parsing: program.description) == program)
    let expected = try program.interpret(inputs)
    #expect(try program.interpret(inputs, tileWidth: 32) == expected)
    let compiler = compilers[seed % compilers.count]
    let outputs = try runPortable(program, inputs, compiler: compiler)
    #expect(difference(expected, outputs) == nil, "\(program)")
  }
}
