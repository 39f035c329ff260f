import Basics
import KernelIR
import Passes
import TensorIR
import TensorOps
import TestSupport
import Testing

/// Which steps are cut into chunks, and how: by sizes alone.
@Suite struct PartitionTests {
  private func lowered(_ text: String, _ parallelism: Parallelism? = .standard) throws -> Program {
    let function = try #require(try Module(parsing: text, ops: OpRegistry.make).functions.first)
    let program = try Pipelines.standard.run(function).lowered(parallelism: parallelism)
    try program.verify()
    return program
  }

  /// The partitions of steps, in order.
  private func partitions(_ program: Program) -> [String] {
    var found: [String] = []
    program.steps.forEachLeaf { step in
      switch step {
      case .kernel(let kernel):
        found.append(kernel.partition.map { "\(kernel.axes[$0.axis].extent) by \($0.chunk)" } ?? "-")
      case .gemm(let gemm): found.append(gemm.partition.map { "\($0.direction) \($0.chunk)" } ?? "-")
      case .call(let call): found.append(call.chunk.map { "slices \($0)" } ?? "-")
      case .loop, .whileLoop, .branch: break
      }
    }
    return found
  }

  private func product(_ m: Int, _ k: Int, _ n: Int) throws -> [String] {
    try partitions(
      lowered(
        """
        func @f(%a: f32[\(m),\(k)], %b: f32[\(k),\(n)]) -> (c: f32[\(m),\(n)]) {
          %2 = dot_general %a, %b {left_contracting = [1], right_contracting = [0], left_batch = [], right_batch = []} : f32[\(m),\(n)]
          return %2
        }
        """))
  }

  private func exponential(_ shape: String) throws -> [String] {
    try partitions(
      lowered(
        """
        func @f(%x: f32[\(shape)]) -> (y: f32[\(shape)]) {
          %1 = exp %x : f32[\(shape)]
          return %1
        }
        """))
  }

  @Test func onlyLargeKernelsAreShared() throws {
    #expect(try exponential("10000") == ["-"])
    let found = try exponential("1000000")
    #expect(found.count == 1 && found[0].hasPrefix("1000000 by ") && found[0] != "1000000 by 1000000")
    // Whatever the shape, as axes are merged.
    #expect(try exponential("10,100,1000") == found)
  }

  @Test func productsAlongTheLongerSide() throws {
    #expect(try product(64, 64, 64) == ["-"])
    #expect(try product(128, 128, 128) == ["-"])
    #expect(try product(256, 256, 256) == ["rows 128"])
    #expect(try product(512, 512, 512) == ["rows 256"])
    #expect(try product(64, 1024, 1024) == ["columns 256"])
    #expect(try product(4096, 64, 64) == ["rows 2048"])
  }

  @Test func batches() throws {
    let text = """
      func @f(%a: f32[100,64,64], %b: f32[100,64,64]) -> (c: f32[100,64,64]) {
        %2 = dot_general %a, %b {left_contracting = [2], right_contracting = [1], left_batch = [0], right_batch = [0]} : f32[100,64,64]
        return %2
      }
      """
    let found = try partitions(lowered(text))
    #expect(found.count == 1 && found[0].hasPrefix("slices "))
  }

  /// Threads that multiply tiny matrices wait for the locks of OpenBLAS.
  @Test func tinyProductsAreNotShared() throws {
    let found = try partitions(
      lowered(
        """
        func @f(%a: f64[4096,8,8], %b: f64[4096,8,8]) -> (c: f64[4096,8,8]) {
          %2 = dot_general %a, %b {left_contracting = [2], right_contracting = [1], left_batch = [0], right_batch = [0]} : f64[4096,8,8]
          return %2
        }
        """))
    #expect(found == ["-"])
  }

  @Test func factorisationsShareTheirBatchAndWorkspace() throws {
    let program = try lowered(
      """
      func @f(%a: f64[500,8,8]) -> (w: f64[500,8], v: f64[500,8,8]) {
        %1, %2 = eigh %a {vectors = 1} : (f64[500,8], f64[500,8,8])
        return %1, %2
      }
      """)
    guard case .call(let call)? = program.steps.first else {
      Issue.record("\(program)")
      return
    }
    #expect(call.chunkCount > 8)
    #expect(call.workspace.map { program.buffers[$0].type.byteCount } == call.workspaceByteCount)
  }

  /// A sum over all of an array is one of sums of blocks, between which nothing is left over but a few elements.
  @Test func wholeArraysAreReducedInBlocks() throws {
    let text = """
      func @f(%x: f32[1000000]) -> (s: f32[]) {
        %1 = mul %x, %x : f32[1000000]
        %2 = reduce_sum %1 {axes = [0]} : f32[]
        return %2
      }
      """
    let found = try partitions(lowered(text))
    #expect(found.count == 2 && found[0].hasSuffix(" by 1") && found[1] == "-")
    #expect(try partitions(lowered(text, nil)) == ["-"])
  }

  /// Rows are reduced without blocks, as there are enough of them.
  @Test func rowsAreReducedWhole() throws {
    let found = try partitions(
      lowered(
        """
        func @f(%x: f32[1000,1000]) -> (s: f32[1000]) {
          %1 = reduce_sum %x {axes = [1]} : f32[1000]
          return %1
        }
        """))
    #expect(found.count == 1 && found[0].hasPrefix("1000 by "))
  }

  /// Every partition that the cost model finds is valid, and the same for the same function.
  @Test(arguments: RandomFunction.Kind.allCases)
  func randomProgramsVerify(_ kind: RandomFunction.Kind) throws {
    for seed in fuzzSeeds(100) {
      let random = try RandomFunction(seed: seed, .init(kind))
      let simple = try Pipelines.standard.run(random.function)
      let program = try simple.lowered(parallelism: .everywhere)
      try program.verify()
      #expect(try program == simple.lowered(parallelism: .everywhere), "\(random)")
      #expect(try Program(parsing: program.description) == program, "\(random)")
    }
  }
}
