import Basics
import Foundation
import KernelIR
import TestSupport
import Testing

@testable import CEmitter

/// Portable C, compiled strictly and run under the sanitizers, against the interpreter.
@Suite struct PortableExecutionTests {
  @Test(arguments: GoldenTests.names) func goldens(_ name: String) throws {
    let program = try GoldenTests.program(name)
    var random = SplitMix(seed: 3)
    let inputs = program.callerBuffers.compactMap { number -> HostBuffer? in
      let buffer = program.buffers[number]
      guard case .parameter = buffer.role else { return nil }
      let numbers = (0..<buffer.type.elementCount).map { _ in Double.random(in: -20...60, using: &random) }
      return HostBuffer(buffer.type, numbers)
    }
    let expected = try program.interpret(inputs)
    for compiler in compilers {
      let outputs = try runPortable(program, inputs, compiler: compiler)
      #expect(bufferMismatch(expected, outputs, tolerance: 1e-5) == nil)
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
    #expect(bufferMismatch(expected, outputs) == nil, "\(program)")
  }

  @Test(arguments: fuzzSeeds(8)) func randomControlFlow(_ seed: UInt64) throws {
    let (program, inputs) = RandomControlFlow.make(seed: seed)
    let expected = try program.interpret(inputs)
    let outputs = try runPortable(program, inputs, compiler: compilers[Int(seed) % compilers.count])
    #expect(bufferMismatch(expected, outputs) == nil, "\(program)")
  }

  /// A call that can't have the rows it records returns 1, and leaks nothing.
  @Test func tapesWithoutMemory() throws {
    let program = try Program(
      parsing: """
        program p arena 0 {
          tape a: f64[1000]
          tape b: f64[1000]
          buffer n: i64[] = parameter 0
          buffer m: i64[] = parameter 1
          loop l0 = m limit 100 records b { }
          loop l1 = n limit 9223372036854775807 records a { }
        }
        """)
    for compiler in compilers {
      for (count, hasMemory) in [(3, true), (Int.max, false)] {
        let inputs = [count, 5].map { HostBuffer(TensorType(.i64, []), [Scalar(Int64($0), as: .i64)]) }
        let outputs = try? runPortable(program, inputs, compiler: compiler)
        #expect((outputs != nil) == hasMemory)
      }
    }
  }

  /// Truth values as numbers, where compilers see through to the comparison and warn.
  @Test func truthValuesAsNumbers() throws {
    let program = try Program(
      parsing: """
        program p arena 0 {
          buffer x: f32[5] = parameter 0
          buffer r: f32[5] = result 0
          kernel k { axis i0 = 5
            %0: f32 = constant 2.0
            tile i0 {
              %1: tile f32 = load x[i0]
              %2: tile bool = lt %1, %0
              %3: tile f32 = cast %2
              %4: tile f32 = abs %3
              %5: tile f32 = sub %4, %3
              %6: tile f32 = add %5, %3
              store r[i0], %6
            }
          }
        }
        """)
    let inputs = [HostBuffer(TensorType(.f32, [5]), [1.0, 2, 3, -1, 0])]
    let expected = try program.interpret(inputs)
    for compiler in compilers {
      #expect(bufferMismatch(expected, try runPortable(program, inputs, compiler: compiler)) == nil)
    }
  }

  /// Masks that decide, where compilers work out what a comparison gives and warn.
  @Test func comparedMasks() throws {
    let program = try Program(
      parsing: """
        program p arena 0 {
          buffer x: i64[5] = parameter 0
          buffer r: i64[5] = result 0
          kernel k { axis i0 = 5
            %0: i64 = constant 5
            %1: i64 = constant 4
            tile i0 {
              %2: tile i64 = load x[i0]
              %3: tile i64 = or %2, %0
              %4: tile bool = cast %3
              %5: tile i64 = and %1, %2
              %6: tile bool = eq %5, %0
              %7: tile bool = or %4, %6
              %8: tile i64 = select %7, %2, %0
              store r[i0], %8
            }
          }
        }
        """)
    let inputs = [HostBuffer(TensorType(.i64, [5]), [1.0, 2, 3, -1, 0])]
    let expected = try program.interpret(inputs)
    for compiler in compilers {
      #expect(bufferMismatch(expected, try runPortable(program, inputs, compiler: compiler)) == nil)
    }
  }
}
