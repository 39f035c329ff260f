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
