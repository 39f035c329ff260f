import Basics
import KernelIR
import Testing

/// Chunks that threads may share: their text, what is refused, and that their order means nothing.
@Suite struct PartitionTests {
  private func program(_ kernel: String) throws -> Program {
    try Program(
      parsing: """
        program p arena 1024 {
          buffer x: f64[100,8] = parameter 0
          buffer i: i64[100] = parameter 1
          buffer y: f64[100,8] = result 0
          buffer s: f64[8] = result 1
          buffer a: f64[64] = temporary 0
          buffer b: f64[64] = temporary 64
          \(kernel)
        }
        """)
  }

  @Test func textIsReadBack() throws {
    let program = try program(
      """
      kernel k parallel i0 by 25 { axis i0 = 100 axis i1 = 8
        loop i0 { tile i1 { %0: tile f64 = load x[8*i0 + i1] store y[8*i0 + i1], %0 } } }
      gemm f64 m 8 n 8 k 8 batch 3 accumulates parallel slices 2 from "dot" {
        c = y[0] rows 8 slices 64
        a = x[0] rows 8 slices 0
        b = x[0] rows 8 slices 0 transposed
      }
      gemm f64 m 8 n 8 k 8 batch 1 parallel rows 3 { c = y[0] rows 8 slices 0 a = x[0] rows 8 slices 0
        b = x[0] rows 8 slices 0 }
      call cumsum f64 n 8 reversed 0 exclusive 0 batch 100 parallel 10 { input x[0] slices 8 output y[0] slices 8 }
      """)
    try program.verify()
    #expect(try Program(parsing: program.description) == program)
    let partitions = program.steps.map { step -> String in
      switch step {
      case .kernel(let kernel): "\(kernel.partition?.axis ?? -1) \(kernel.partition?.chunk ?? -1)"
      case .gemm(let gemm): "\(gemm.partition?.direction.rawValue ?? "") \(gemm.partition?.chunk ?? -1)"
      case .call(let call): "\(call.chunk ?? -1)"
      default: ""
      }
    }
    #expect(partitions == ["0 25", "slices 2", "rows 3", "10"])
  }

  /// Kernels whose chunks do not depend on each other.
  @Test(arguments: [
    // An inner axis, whose scope is reached for every value of the outer one.
    "parallel i1 by 32 { axis i0 = 100 axis i1 = 8 loop i0 { tile i1 { %0: tile f64 = load x[8*i0 + i1] store y[8*i0 + i1], %0 } } }",
    // Columns, backwards.
    "parallel i1 by 2 { axis i0 = 100 axis i1 = 8 loop i1 { loop i0 { %0: f64 = load x[8*i0 - i1 + 7] store y[8*i0 - i1 + 7], %0 } } }",
    // What is written is read by the same iteration only.
    "parallel i0 by 1 { axis i0 = 100 loop i0 { %0: f64 = load y[8*i0] store y[8*i0 + 1], %0 store y[8*i0 + 7], %0 } }",
    // A sum in each row, and numbers outside of the axis.
    "parallel i0 by 7 { axis i0 = 8 axis i1 = 100 %4: f64 = constant 2.0 loop i0 { %0: accumulator f64 = add loop i1 { %1: f64 = load x[8*i1 + i0] accumulate %0, %1 } %2: f64 = finish %0 %3: f64 = mul %2, %4 store s[i0], %3 } }",
    // Rows that integers pick elements of.
    "parallel i0 by 8 { axis i0 = 50 loop i0 { %0: i64 = load i[i0] %1: f64 = load x[i0] scatter add y[8*i0], %0, stride 1, limit 8, %1 } }",
  ])
  func independentChunks(_ kernel: String) throws { try program("kernel k " + kernel).verify() }

  @Test(arguments: [
    ("parallel i0 by 0 { axis i0 = 8 loop i0 { %0: f64 = load x[i0] store s[i0], %0 } }", "chunks of 0"),
    ("parallel i0 by 4 { axis i0 = 8 tile i0 { %0: tile f64 = load x[i0] store s[i0], %0 } }", "chunks of 4"),
    ("parallel i3 by 4 { axis i0 = 8 loop i0 { %0: f64 = load x[i0] store s[i0], %0 } }", "no axis"),
    ("parallel i0 by 1 { axis i0 = 8 loop i0 { %0: f64 = load x[i0] store s[0], %0 } }", "same elements of #3"),
    ("parallel i0 by 1 { axis i0 = 7 loop i0 { %0: f64 = load s[i0] store s[i0 + 1], %0 } }", "same elements of #3"),
    ("parallel i0 by 1 { axis i0 = 8 %0: f64 = load x[0] store s[1], %0 loop i0 { store s[i0], %0 } }", "outside"),
    (
      "parallel i0 by 1 { axis i0 = 8 %0: accumulator f64 = add loop i0 { %1: f64 = load x[i0] accumulate %0, %1 } %2: f64 = finish %0 }",
      "%0 runs through"
    ),
    (
      "parallel i0 by 1 { axis i0 = 8 loop i0 { %0: i64 = load i[i0] %1: f64 = load x[i0] scatter add s[0], %0, stride 1, limit 8, %1 } }",
      "same elements"
    ),
    // Rows overlap by one element.
    (
      "parallel i0 by 1 { axis i0 = 9 axis i1 = 9 loop i0 { loop i1 { %0: f64 = load x[i1] store y[8*i0 + i1], %0 } } }",
      "same elements"
    ),
    // Neither a multiple of the other.
    (
      "parallel i0 by 1 { axis i0 = 9 axis i1 = 9 loop i0 { loop i1 { %0: f64 = load x[i1] store y[2*i0 + 3*i1], %0 } } }",
      "same elements"
    ),
    // Temporaries that overlap.
    (
      "parallel i0 by 1 { axis i0 = 8 loop i0 { %0: f64 = load a[i0] store b[i0], %0 } }", "shares memory"
    ),
  ])
  func dependentChunks(_ kernel: String, _ message: String) throws {
    let program = try program("kernel k " + kernel)
    let error = #expect(throws: Diagnostics.self) { try program.verify() }
    #expect(error?.description.contains("invariant 29") == true && error?.description.contains(message) == true)
  }

  @Test func slicesThatShareElements() throws {
    let program = try program(
      """
      gemm f64 m 8 n 8 k 8 batch 3 accumulates parallel slices 1 { c = y[0] rows 8 slices 0 a = x[0] rows 8 slices 64
        b = x[0] rows 8 slices 0 }
      """)
    let error = #expect(throws: Diagnostics.self) { try program.verify() }
    #expect(error?.description.contains("invariant 30") == true)
    // Columns side by side share none.
    let columns = try self.program(
      """
      gemm f64 m 8 n 2 k 8 batch 4 parallel slices 1 { c = y[0] rows 8 slices 2 a = x[0] rows 8 slices 0
        b = x[0] rows 8 slices 2 }
      """)
    try columns.verify()
  }

  /// A call in chunks needs as many workspaces.
  @Test func workspaces() throws {
    func program(_ bytes: Int) throws -> Program {
      try Program(
        parsing: """
          program p arena 8192 {
            buffer a: f64[6,2,2] = parameter 0
            buffer c: f64[6,2,2] = result 0
            buffer w: bool[\(bytes)] = temporary 0
            call adjugate f64 n 2 batch 6 parallel 2 { input a[0] slices 4 output c[0] slices 4 workspace w }
          }
          """)
    }
    let one = LibraryRoutine(.adjugate, [2]).workspaceByteCount(.f64)
    let error = #expect(throws: Diagnostics.self) { try program(one).verify() }
    #expect(error?.description.contains("invariant 27") == true)
    try program(3 * ((one + 63) / 64 * 64)).verify()
  }

  /// Rows of all steps: parts lie one after the other in the row that every step has of a stack.
  private func scan(_ part: String, _ row: String, _ more: String = "") throws -> Program {
    try Program(
      parsing: """
        program p arena 0 {
          buffer x: f64[5,12] = parameter 0
          buffer y: f64[5,12] = result 0
          buffer x_part: f64[52] = slice of x in l0 from 0 step 4
          buffer y_part: f64[52] = slice of y in l0 from 0 step \(part)
          buffer x_row: f64[4] = slice of x_part in l1 from 0 step 12
          buffer y_row: f64[4] = slice of y_part in l1 from \(row)
          buffer skew: f64[2] = slice of y_part in l1 from 2 step 11
          loop l0 = 3 parallel {
            loop l1 = 5 {
              kernel k0 { axis i0 = 4 tile i0 { %0: tile f64 = load x_row[i0] store y_row[i0], %0 } }
              \(more)
            }
          }
        }
        """)
  }

  @Test func rowsOfScans() throws {
    try scan("4", "0 step 12").verify()
    try scan("4", "48 step -12").verify()
    let skew = "kernel k1 { %0: f64 = load skew[0] store y_row[0], %0 }"
    for (part, row, more) in [
      ("3", "0 step 12", ""), ("4", "0 step 11", ""), ("4", "0 step 12", skew), ("0", "0 step 12", ""),
    ] {
      let program = try scan(part, row, more)
      let error = #expect(throws: Diagnostics.self) { try program.verify() }
      #expect(error?.description.contains("invariant 32") == true, "\(program)")
    }
  }

  /// Rows of a matrix, each with a block and a sum of its own.
  private func rows(_ loop: String, _ buffers: String = "", _ body: String = "") throws -> Program {
    try Program(
      parsing: """
        program p arena 1024 {
          buffer x: f64[10,4] = parameter 0
          buffer y: f64[10,4] = result 0
          buffer n: i64[] = temporary 0
          buffer blocks: f64[40] = temporary 64
          buffer other: f64[40] = temporary 64
          buffer x_row: f64[4] = slice of x in l0 from 0 step 4
          buffer y_row: f64[4] = slice of y in l0 from 0 step 4
          buffer block: f64[4] = slice of blocks in l0 from 0 step 4
          buffer early: f64[4] = slice of y in l0 from 0 step 3
          buffer y_element: f64[] = slice of y_row in l1 from 0 step 1
          buffer x_element: f64[] = slice of x_row in l1 from 3 step -1
          \(buffers)
          loop \(loop) from "rows" {
            kernel k0 { axis i0 = 4
              tile i0 { %0: tile f64 = load x_row[i0] %1: tile f64 = mul %0, %0 store block[i0], %1 } }
            loop l1 = 4 {
              kernel k1 { %0: f64 = load x_element[0] store y_element[0], %0 }
            }
            kernel k2 { axis i0 = 4
              tile i0 { %0: tile f64 = load block[i0] %1: tile f64 = load y_row[i0] %2: tile f64 = add %0, %1
                store y_row[i0], %2 } }
            \(body)
          }
        }
        """)
  }

  @Test func loops() throws {
    let shared = try rows("l0 = 10 parallel")
    try shared.verify()
    #expect(try Program(parsing: shared.description) == shared)
    #expect(shared.description.contains("loop l0 = 10 parallel from \"rows\" {"))
    #expect(shared.steps[0].chunkCount == 10)
    // In any order.
    let inputs = [HostBuffer(TensorType(.f64, [10, 4]), (0..<40).map { Double($0 % 13) })]
    #expect(try shared.interpret(inputs) == rows("l0 = 10").interpret(inputs))
  }

  @Test(arguments: [
    ("l0 = 10 parallel index n", "", "", "have an index"),
    ("l0 = n limit 10 parallel", "", "", "is not fixed"),
    ("l0 = 10 parallel", "", "kernel k3 { %0: f64 = constant 0.0 store blocks[0], %0 }", "#3 does not move with them"),
    ("l0 = 10 parallel", "", "kernel k3 { %0: f64 = load y[0] store block[0], %0 }", "#1 is written and shares memory"),
    ("l0 = 10 parallel", "", "kernel k3 { %0: f64 = load other[0] store y_row[0], %0 }", "shares memory with #4"),
    ("l0 = 10 parallel", "", "kernel k3 { %0: f64 = load early[0] store block[0], %0 }", "the same elements of #1"),
    (
      "l0 = 9 parallel", "buffer wide: f64[4] = slice of y in l0 from 1 step 4",
      "kernel k3 { %0: f64 = load wide[0] store block[0], %0 }", "the same elements of #1"
    ),
    (
      "l0 = 9 parallel", "buffer next: f64[4] = slice of y in l0 from 4 step 4",
      "kernel k3 { %0: f64 = load next[0] store block[0], %0 }", "the same elements of #1"
    ),
  ])
  func loopsThatDepend(_ loop: String, _ buffers: String, _ body: String, _ message: String) throws {
    let program = try rows(loop, buffers, body)
    let error = #expect(throws: Diagnostics.self) { try program.verify() }
    #expect(error?.description.contains("invariant 32") == true && error?.description.contains(message) == true)
  }

  /// The interpreter runs chunks from last to first.
  @Test func orderOfChunksMeansNothing() throws {
    let text = { (partition: String) in
      """
      kernel k \(partition) { axis i0 = 100 axis i1 = 8
        loop i0 { %3: accumulator f64 = add tile i1 { %0: tile f64 = load x[8*i0 + i1] %1: tile f64 = mul %0, %0
            store y[8*i0 + i1], %1 accumulate %3, %1 }
          %2: f64 = finish %3 store y[8*i0], %2 } }
      kernel z { axis i0 = 8 tile i0 { %0: f64 = constant 0.0 store s[i0], %0 } }
      """
    }
    let inputs = [
      HostBuffer(TensorType(.f64, [100, 8]), (0..<800).map { Double($0 % 13) }),
      HostBuffer(TensorType(.i64, [100]), (0..<100).map { Double($0) }),
    ]
    let plain = try program(text("")).interpret(inputs)
    for chunk in [1, 7, 33, 99, 100, 1000] {
      #expect(try program(text("parallel i0 by \(chunk)")).interpret(inputs) == plain)
    }
  }
}
