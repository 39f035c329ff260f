import Basics
import CEmitter
import Foundation
import GradCRuntime
import JIT
import KernelIR
import TestSupport
import Testing

/// Sources that are long enough for several compilers.
@Suite struct DividedSourceTests {
  /// A chain of single elements, and a kernel on tiles that threads share.
  private static func program(count: Int = 9000) throws -> Program {
    var lines: [String] = []
    for number in 2..<count {
      let operands = ["mul %\(number - 1), %\(number - 2)", "sin %\(number - 1)", "add %\(number - 1), %0"]
      lines.append("%\(number): f64 = \(operands[number % 3])")
    }
    return try Program(
      parsing: """
        program chain arena 0 {
          buffer x: f64[2] = parameter 0
          buffer y: f64[100] = parameter 1
          buffer last: f64[] = result 0
          buffer z: f64[100] = result 1
          kernel k0 {
            %0: f64 = load x[0]
            %1: f64 = load x[1]
            \(lines.joined(separator: "\n    "))
            store last[0], %\(count - 1)
          }
          kernel k1 {
            axis i0 = 100
            tile i0 {
              %0: tile f64 = load y[i0]
              %1: tile f64 = exp %0
              store z[i0], %1
            }
          }
        }
        """)
  }

  private var inputs: [HostBuffer] {
    let numbers = (0..<100).map { Scalar(Double($0) / 50 - 1, as: .f64) }
    return [
      HostBuffer(TensorType(.f64, [2]), [Scalar(0.7, as: .f64), Scalar(1.2, as: .f64)]),
      HostBuffer(TensorType(.f64, [100]), numbers),
    ]
  }

  @Test(arguments: ["gcc", "clang"]) func unitsAreLinked(_ compiler: String) throws {
    let program = try Self.program()
    #expect(VectorEmitter.emit(program, for: .runtime).units.count > 2)
    let whole = try VectorPrograms([program], compiler: compiler, isDivided: false).run(0, inputs)
    let mismatch = bufferMismatch(whole, try VectorPrograms([program], compiler: compiler).run(0, inputs))
    #expect(mismatch == nil, "\(mismatch ?? "")")
  }

  /// The body of a loop is several functions, for whole turns and for what they leave.
  @Test(arguments: [7, 16, 40, 77]) func longLoopsAreDivided(_ extent: Int) throws {
    var lines = ["%0: tile f64 = load x[i0]", "%1: tile f64 = mul %0, %0", "%2: f64 = load c[0]"]
    for number in 3..<5000 {
      let operands = [
        "add %\(number - 1), %2", "mul %\(number - 1), %1", "sub %\(number - 1), %\(max(number - 1500, 0))",
        "sqrt %\(number - 1)", "abs %\(number - 1)",
      ]
      // Of two numbers what is no tile is the first one loaded.
      let operation = number % 700 == 0 ? "load x[i0 + \(extent)]" : operands[number % 5]
      lines.append("%\(number): tile f64 = " + (number == 3 ? "add %1, %2" : operation))
    }
    let program = try Program(
      parsing: """
        program long arena 0 {
          buffer x: f64[\(2 * extent)] = parameter 0
          buffer c: f64[1] = parameter 1
          buffer y: f64[\(extent)] = result 0
          kernel k0 {
            axis i0 = \(extent)
            tile i0 {
              \(lines.joined(separator: "\n      "))
              store y[i0], %4999
            }
          }
        }
        """)
    let text = String(decoding: VectorEmitter.emit(program, for: .runtime).source, as: UTF8.self)
    #expect(text.contains("_part_4("))
    let inputs = [
      HostBuffer(TensorType(.f64, [2 * extent]), (0..<2 * extent).map { Scalar(Double($0) / 9 - 3, as: .f64) }),
      HostBuffer(TensorType(.f64, [1]), [Scalar(0.3, as: .f64)]),
    ]
    let mismatch = bufferMismatch(
      try program.interpret(inputs), try VectorPrograms([program], compiler: "gcc").run(0, inputs))
    #expect(mismatch == nil, "\(mismatch ?? "")")
  }

  @Test func unitsAreTheWholeText() throws {
    let source = VectorEmitter.emit(try Self.program(), for: .runtime)
    let shared = source.units[0][0]
    #expect(source.units.allSatisfy { $0[0] == shared })
    let others = source.units.flatMap { $0.dropFirst() }.filter { !$0.isEmpty }.sorted { $0.lowerBound < $1.lowerBound }
    var position = shared.upperBound
    for range in others {
      #expect(range.lowerBound == position)
      position = range.upperBound
    }
    #expect(position == source.source.count)
    #expect(VectorEmitter.emit(try Self.program(count: 50), for: .runtime).units.isEmpty)
  }

  /// Also where threads share nothing; and a unit that fails ends it.
  @Test func everyUnitIsCompiledOnce() throws {
    let folder = try TemporaryFolder()
    let log = folder.file("calls").path
    let source = VectorEmitter.emit(try Self.program(), for: .runtime)
    func compile(_ text: String) throws {
      let path = try folder.write("#!/bin/sh\necho \"$@\" >> \(log)\n\(text)\n", "cc")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
      _ = try SystemCompiler(path: path, options: ["-DTOLD=1"]).compile(source, options: ["-O0"]) { _, _ in nil }
    }
    try compile("exec gcc \"$@\"")
    let calls = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
    #expect(calls.allSatisfy { $0.hasPrefix("-DTOLD=1 ") })
    #expect(calls.filter { $0.contains(" -c ") }.count == source.units.count)
    #expect(calls.filter { $0.contains(" -shared ") }.count == 1)
    #expect(throws: CompilationError.self) {
      try compile("case \"$*\" in *GRADC_UNIT=0*) echo bad; exit 3;; *) exec sleep 300;; esac")
    }
  }
}
