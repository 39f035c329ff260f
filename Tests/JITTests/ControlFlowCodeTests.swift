import Basics
import KernelIR
import TestSupport
import Testing

/// Loops and tapes in machine code, beyond what random programs have.
@Suite struct ControlFlowCodeTests {
  /// Records 0, 1, … n - 1 and adds them up, last first.
  private func sums(limit: String = "9223372036854775807", row: String = "f64[]") throws -> Program {
    try Program(
      parsing: """
        program sums arena 64 {
          tape numbers: \(row)
          buffer n: i64[] = parameter 0
          buffer y: f64[] = result 0
          buffer t: i64[] = temporary 0
          buffer row: \(row) = row of numbers in l0
          buffer back: \(row) = row of numbers in l1 reversed
          kernel zero { %0: f64 = constant 0.0 store y[0], %0 }
          loop l0 = n limit \(limit) index t records numbers {
            kernel k { %0: i64 = load t[0] %1: f64 = cast %0 store row[0], %1 }
          }
          loop l1 = n limit \(limit) {
            kernel k {
              %0: f64 = load back[0] %1: f64 = load y[0] %2: f64 = constant 0.5
              %3: f64 = mul %1, %2 %4: f64 = add %0, %3 store y[0], %4
            }
          }
        }
        """)
  }

  private func whole(_ number: Int) -> HostBuffer {
    HostBuffer(TensorType(.i64, []), [Scalar(Int64(number), as: .i64)])
  }

  @Test func tapesGrowAndAreKept() throws {
    let program = try sums()
    let code = try ProgramCode(program)
    #expect(code.tape(0).rows == nil && code.tape(0).capacity == 0)
    var greatest = 0
    for count in [0, 3, 500, 20, -7, 4000, 4000] {
      let before = code.tape(0)
      #expect(code.call([whole(count)]) == 0)
      #expect(try code.results == program.interpret([whole(count)]), "\(count)")
      #expect(code.tape(0).capacity >= 8 * max(count, 0))
      if count <= greatest && greatest > 0 { #expect(code.tape(0) == before) }
      greatest = max(greatest, count)
    }
  }

  @Test func callsWithoutMemoryFail() throws {
    let program = try sums(row: "f64[1000]")
    let code = try ProgramCode(program)
    for count in [1 << 50, 1 << 60, .max] { #expect(code.call([whole(count)]) != 0) }
    // The next call is none the worse.
    #expect(code.call([whole(5)]) == 0)
    #expect(try code.results == program.interpret([whole(5)]))
  }

  /// More buffers than a function can have arguments, some of which move.
  @Test(arguments: [40, 150]) func manyBuffers(_ count: Int) throws {
    var declarations: [String] = []
    var body: [String] = []
    for number in 0..<count {
      declarations.append("buffer t\(number): f32[4] = temporary \(64 * number)")
      declarations.append("buffer s\(number): f32[] = slice of t\(number) in l0 from 0 step 1")
      body.append("%\(2 * number): f32 = load s\(number)[0] ")
      let previous = number == 0 ? 0 : 2 * number - 1
      body.append("%\(2 * number + 1): f32 = add %\(2 * number), %\(previous) store s\(number)[0], %\(2 * number + 1)")
    }
    let fills = (0..<count).map { "%\($0): f32 = constant \($0).5 tile i0 { store t\($0)[i0], %\($0) }" }
    let program = try Program(
      parsing: """
        program many arena \(64 * count) {
          tape a: f32[]
          buffer x: f32[4] = parameter 0
          buffer y: f32[4] = result 0
          \(declarations.joined(separator: " "))
          buffer row: f32[] = row of a in l0
          kernel fill { axis i0 = 4 \(fills.joined(separator: " ").replacing("tile i0", with: "loop i0")) }
          loop l0 = 4 records a {
            loop l1 = 2 {
              kernel many { axis i0 = 1 loop i0 { \(body.joined(separator: " ")) } }
            }
            kernel row { %0: f32 = load s\(count - 1)[0] store row[0], %0 }
          }
          kernel end { axis i0 = 4 tile i0 {
            %0: tile f32 = load t\(count - 1)[i0] %1: tile f32 = load x[i0] %2: tile f32 = add %0, %1 store y[i0], %2 } }
        }
        """)
    let input = HostBuffer(TensorType(.f32, [4]), [1.0, 2, 3, 4])
    let code = try ProgramCode(program)
    #expect(code.call([input]) == 0)
    #expect(try code.results == program.interpret([input]))
  }

  /// Kernels of a few numbers are part of the loop, up to some size of it all; names do not matter.
  @Test func longBodies() throws {
    let kernels = (0..<60).map { number in
      let adds = (1..<200).map { "%\($0): f64 = add %\($0 - 1), %\($0 - 1)" }.joined(separator: " ")
      return "kernel k\(number) { %0: f64 = load y[0] \(adds) %200: f64 = constant \(number).0 store y[0], %200 }"
        + " kernel k { %0: f64 = load y[0] %1: f64 = load x[0] %2: f64 = add %0, %1 store x[0], %2 }"
    }
    let program = try Program(
      parsing: """
        program long arena 64 {
          buffer y: f64[] = result 0
          buffer x: f64[] = temporary 0
          kernel zero { %0: f64 = constant 0.0 store y[0], %0 store x[0], %0 }
          loop l0 = 7 { \(kernels.joined(separator: "\n")) }
          kernel end { %0: f64 = load x[0] store y[0], %0 }
        }
        """)
    let code = try ProgramCode(program)
    #expect(code.call([]) == 0)
    #expect(try code.results == program.interpret([]))
  }
}
