import Basics
import KernelIR
import Testing

/// A program with every kind of buffer, statement and step.
let everything = #"""
  program "every \"kind\"" arena 128 {
    buffer x: f32[4,8] = parameter 0
    buffer k: i32[8] = parameter 1
    buffer x: f32[2] = constant [-0.0, nan]
    buffer "a b\u{0}": f64[3] = constant [0.1, -inf, 1e-300]
    buffer flag: bool[2] = constant [true, false]
    buffer big: i64[] = constant [-9223372036854775808]
    buffer t: f32[8] = temporary 64
    buffer y: f32[8] = result 0
    buffer z: f32[4,4] = result 1
    kernel "" from "exp", "a\nb" {
      axis i0 = 4
      axis i1 = 8
      tile i1 {
        %0: accumulator f32 = max
        loop i0 {
          %1: tile f32 = load #0[8*i0 + i1]
          accumulate %0, %1
        }
        %2: tile f32 = finish %0
        store t[i1], %2
        %3: tile i32 = load k[-1*i1 + 7]
        %4: tile f32 = gather #0[i1], %3, stride 8, limit 4
        %5: tile i32 = index -3*i1 + 2
        %6: tile f32 = cast %5
        %7: tile f32 = fma %4, %6, %2
        store y[i1], %7
        scatter add y[0], %3, stride 1, limit 8, %7
        scatter set y[0], %3, stride 1, limit 8 drops, %7
      }
      %8: f32 = constant nan(0x7fc00001)
      %9: f32 = constant -1.5e-40
      %10: bool = lt %8, %9
      %11: f32 = select %10, %8, %9
      %12, %13: f32 = sincos %9
      store y[3], %11
    }
    gemm f32 m 4 n 4 k 8 batch 1 accumulates by rows from "dot" {
      c = z[0] rows 4 slices 0
      a = #0[0] rows 8 slices 0
      b = #0[0] rows 8 slices 0 transposed
    }
    call triangular_solve f32 n 2 columns 1 lower 1 transposed 0 unit 0 left 1 batch 2 from "solve" {
      input #0[3] slices 4
      input #2[0] slices 0
      output z[0] slices 2
    }
  }

  """#

/// A program with every kind of loop, branch and buffer that moves.
let everyControlFlow = #"""
  program control arena 256 {
    tape saved: f32[2]
    tape "a b": i64[]
    tape "a b": f64[0]
    buffer x: f32[3,2] = parameter 0
    buffer n: i64[] = parameter 1
    buffer y: f32[3,2] = result 0
    buffer trips: i64[1] = result 1
    buffer t: i64[] = temporary 0
    buffer go: bool[] = temporary 64
    buffer h: f32[2] = temporary 128
    buffer x_t: f32[2] = slice of x in l0 from 4 step -2
    buffer y_t: f32[2] = slice of y in l0 from 0 step 2
    buffer element: f32[] = slice of y_t in l7 from 0 step 1
    buffer row: f32[2] = row of saved in l1
    buffer last: f32[2] = row of saved in l2 reversed
    buffer number: i64[] = row of #1 in l2
    loop l0 = 3 index t from "scan" {
      loop l7 = 2 {
        kernel k0 {
          %0: f32 = constant 2.0
          store element[0], %0
        }
      }
      branch t from "cond", "b" {
        case {
        }
        case {
          kernel k1 {
            axis i0 = 2
            tile i0 {
              %0: tile f32 = load x_t[i0]
              store y_t[i0], %0
              store h[i0], %0
            }
          }
        }
      }
    }
    while l1 limit 5 index t trips trips records saved from "while" {
      condition go {
        kernel k2 {
          %0: i64 = load t[0]
          %1: i64 = load n[0]
          %2: bool = lt %0, %1
          store go[0], %2
        }
      }
      body {
        kernel k3 {
          axis i0 = 2
          tile i0 {
            %0: tile f32 = load h[i0]
            %1: tile f32 = add %0, %0
            store row[i0], %1
            store h[i0], %1
          }
        }
      }
    }
    loop l2 = trips limit 5 records #1, #2 {
      kernel k4 {
        axis i0 = 2
        %0: i64 = constant 7
        store number[0], %0
        tile i0 {
          %1: tile f32 = load last[i0]
          %2: tile f32 = load y[i0]
          %3: tile f32 = sub %1, %2
          store y[i0], %3
        }
      }
    }
    while l3 {
      condition go {
      }
      body {
      }
    }
  }

  """#

@Suite struct RoundTripTests {
  @Test func controlFlowComesBack() throws {
    let program = try Program(parsing: everyControlFlow)
    #expect(program.description == everyControlFlow)
    try program.verify()
  }

  @Test func textComesBack() throws {
    // The text is indented as it is printed.
    let program = try Program(parsing: everything)
    #expect(program.description == everything)
    #expect(try Program(parsing: program.description) == program)
    try program.verify()
  }

  @Test func namesSurvive() throws {
    let names = ["", "x", "x", "#1", "f32", "program", "*/", "\u{2028}\u{7f}\"\\", "naïve 😀", "{", "parameter", "1a"]
    var program = Program(name: "\n", buffers: [], steps: [], arenaByteCount: 0)
    for (position, name) in names.enumerated() {
      program.buffers.append(Buffer(name: name, type: TensorType(.f32, [1]), role: .parameter(position)))
    }
    let body = names.indices.map { Statement.load(ValueID($0), $0, AffineIndex()) }
    program.steps = [
      .kernel(
        Kernel(
          name: "k\u{0}", origins: names, axes: [], values: names.map { _ in ValueInfo(.f32, .uniform) }, body: body))
    ]
    let back = try Program(parsing: program.description)
    #expect(back == program)
    #expect(back.buffers.map { Array($0.name.utf8) } == names.map { Array($0.utf8) })
  }

  @Test func accuracyIsKept() throws {
    var program = Program(name: "p", buffers: [], steps: [], arenaByteCount: 64)
    #expect(!program.description.contains("accuracy"))
    program.accuracy = .low
    #expect(program.description.hasPrefix("program p arena 64 accuracy low {"))
    #expect(try Program(parsing: program.description) == program)
  }

  @Test func freeLayoutAndComments() throws {
    let program = try Program(
      parsing: """
        program p arena 0 { // a comment
          buffer y : f32 [ 2 ] = result 0 kernel k { axis i0=2 tile i0 {
          %0:tile f32=index i0+ i0 - 3*i0 - -4  store y[0+i0],%0 } } }
        """)
    guard case .kernel(let kernel) = program.steps[0], case .tile(0, let body) = kernel.body[0] else {
      Issue.record("not a tile")
      return
    }
    #expect(body[0] == .index(ValueID(0), AffineIndex(offset: 4, terms: [.init(axis: 0, coefficient: -1)])))
  }
}
