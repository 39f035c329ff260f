import Basics
import KernelIR
import Passes
import TensorIR
import TensorOps
import TestSupport
import Testing

/// Kernels in blocks of elements, and rows side by side.
@Suite struct CacheBlockTests {
  /// A machine with a small cache, and one with a large one.
  private static let (eager, lazy): (CostModel, CostModel) = {
    var (eager, lazy) = (CostModel(), CostModel())
    (eager.nearBytes, eager.nearByte, eager.nearestBytes, eager.launch, eager.iteration) = (0, 0, 4096, 0, 0)
    (lazy.nearBytes, lazy.nearestBytes) = (1 << 40, 1 << 40)
    return (eager, lazy)
  }()

  /// Both programs, which give the same bits.
  private func compare(_ text: String) throws -> (whole: Program, blocked: Program) {
    let function = try Pipelines.standard.run(Module(parsing: text, ops: OpRegistry.make).functions[0], verify: true)
    let (whole, blocked) = (try function.lowered(Self.lazy), try function.lowered(Self.eager))
    try blocked.verify()
    let inputs = whole.randomInputs(seed: 5, in: -1...1)
    #expect(try whole.interpret(inputs) == blocked.interpret(inputs), "\(blocked)")
    return (whole, blocked)
  }

  /// Stages of a step, each of which reads what the one before wrote an element earlier, or later.
  private func stages(_ n: Int, later: Bool = false) -> String {
    let start = later ? 1 : 0
    let slice = "{starts = [\(start)], limits = [\(n - 1 + start)], strides = [1]} : f64[\(n - 1)]"
    let extents = later ? "\(n - 1), 1" : "1, \(n - 1)"
    func concat(_ rest: String) -> String {
      "concat \(later ? "\(rest), %3" : "%3, \(rest)") {axis = 0, extents = [\(extents)], rank = 1} : f64[\(n)]"
    }
    return """
      func @stages(%x: f64[\(n)]) -> (result: f64[\(n)]) {
        %1 = scan %x, %x {length = 3, carries = 1, stacks = 0, reversed = 0, body = func @step(%x0: f64[\(n)], %x1: f64[\(n)]) -> (y0: f64[\(n)]) {
          %2 = constant {value = f64[] splat<1.0>} : f64[]
          %3 = broadcast %2 {shape = [1], axes = []} : f64[1]
          %4 = slice %x0 \(slice)
          %5 = \(concat("%4"))
          %6 = mul %x1, %5 : f64[\(n)]
          %7 = add %x0, %6 : f64[\(n)]
          %8 = slice %7 \(slice)
          %9 = \(concat("%8"))
          %10 = mul %x1, %9 : f64[\(n)]
          %11 = add %10, %6 : f64[\(n)]
          %12 = add %x0, %11 : f64[\(n)]
          return %12
        }} : f64[\(n)]
        return %1
      }
      """
  }

  private func loops(_ steps: [Step]) -> [StepLoop] {
    steps.flatMap { step -> [StepLoop] in
      let inside = step.lists.flatMap { loops($0) }
      if case .loop(let loop) = step { return [loop] + inside }
      return inside
    }
  }

  @Test(arguments: [1024, 1300, 2049, 5000]) func stagesOfAStepRunInBlocks(n: Int) throws {
    let (whole, blocked) = try compare(stages(n))
    #expect(loops(whole.steps).count == 1)
    let blocks = try #require(loops(blocked.steps).last)
    #expect(loops(blocked.steps).count == 2 && blocks.body.count > 2)
    // What lives between the stages alone has a block and the element before it.
    let temporaries = blocked.buffers.filter { if case .temporary = $0.role { true } else { false } }
    #expect(!temporaries.isEmpty && temporaries.allSatisfy { $0.type.elementCount < n / 2 }, "\(blocked)")
  }

  /// A kernel of single elements before those that run in blocks is done with what is before the first block.
  @Test func aStageBeginsWithSingleElements() throws {
    let n = 200_000
    let shifted = "{starts = [0], limits = [\(n - 1)], strides = [1]} : f64[\(n - 1)]"
    let joined = "{axis = 0, extents = [1, \(n - 1)], rank = 1} : f64[\(n)]"
    let stages = stride(from: 16, to: 28, by: 4).map { value in
      """
      %\(value + 1) = slice %\(value) \(shifted)
      %\(value + 2) = concat %4, %\(value + 1) \(joined)
      %\(value + 3) = mul %x1, %\(value + 2) : f64[\(n)]
      %\(value + 4) = add %\(value), %\(value + 3) : f64[\(n)]
      """
    }
    let function = try Function(
      parsing: """
        func @stages(%x: f64[\(n)], %w: f64[8]) -> (result: f64[\(n)], t: f64[1]) {
          %2 = slice %w {starts = [0], limits = [1], strides = [1]} : f64[1]
          %3, %4 = scan %x, %2, %x, %w {length = 3, carries = 2, stacks = 0, reversed = 0, body = func @step(%x0: f64[\(n)], %t: f64[1], %x1: f64[\(n)], %w: f64[8]) -> (y0: f64[\(n)], t: f64[1]) {
            %4 = slice %w {starts = [1], limits = [2], strides = [1]} : f64[1]
            %5 = slice %x0 \(shifted)
            %6 = concat %4, %5 \(joined)
            %7 = mul %x1, %6 : f64[\(n)]
            %8 = sin %7 : f64[\(n)]
            %9 = slice %8 {starts = [5], limits = [6], strides = [1]} : f64[1]
            %10 = mul %9, %9 : f64[1]
            %11 = reshape %4 {shape = []} : f64[]
            %12 = broadcast %11 {shape = [\(n - 1)], axes = []} : f64[\(n - 1)]
            %13 = slice %w {starts = [1], limits = [2], strides = [1]} : f64[1]
            %14 = concat %13, %12 \(joined)
            %15 = mul %x1, %14 : f64[\(n)]
            %16 = add %8, %15 : f64[\(n)]
          \(stages.joined(separator: "\n"))
            return %28, %10
          }} : (f64[\(n)], f64[1])
          return %3, %4
        }
        """, ops: OpRegistry.make)
    let program = try Pipelines.standard.run(function, verify: true).lowered()
    try program.verify()
    #expect(try Program(parsing: program.description) == program)
    #expect(loops(program.steps).count > 1, "\(program)")
  }

  /// What a block needs of the next one is not there yet.
  @Test func elementsBehindStay() throws {
    let (_, blocked) = try compare(stages(2048, later: true))
    for loop in loops(blocked.steps).dropFirst() { #expect(loop.body.count < 4, "\(blocked)") }
  }

  @Test(arguments: [(8, 1), (11, 2)]) func rowsAreComputedSideBySide(rows: Int, kernelCount: Int) throws {
    let (k, d) = (70, 9)
    let (whole, blocked) = try compare(
      """
      func @distances(%a: f64[\(rows),\(d)], %b: f64[\(k),\(d)]) -> (y: f64[\(rows),\(k)]) {
        %2 = broadcast %a {shape = [\(rows),\(k),\(d)], axes = [0, 2]}
        %3 = broadcast %b {shape = [\(rows),\(k),\(d)], axes = [1, 2]}
        %4 = sub %2, %3
        %5 = mul %4, %4
        %6 = reduce_sum %5 {axes = [2]}
        return %6
      }
      """)
    // Besides the transposition.
    #expect(whole.steps.count == 2)
    #expect(blocked.steps.count == 1 + kernelCount, "\(blocked)")
    guard case .kernel(let kernel) = blocked.steps[1] else { throw Diagnostic("no kernel") }
    #expect(kernel.axes[0].extent == 2)
  }

  /// A state of two numbers is computed number by number.
  @Test func shortScopesAreWrittenOut() throws {
    let text = """
      program step arena 128 {
        buffer x: f64[2] = parameter 0
        buffer y: f64[2] = result 0
        buffer state: f64[2] = temporary 0
        buffer next: f64[2] = temporary 64
        kernel k0_copy {
          axis i0 = 2
          tile i0 {
            %0: tile f64 = load x[i0]
            store state[i0], %0
          }
        }
        loop l0 = 3 {
          kernel k1_add {
            axis i0 = 2
            %0: f64 = load state[0]
            tile i0 {
              %1: tile f64 = load state[i0]
              %2: tile f64 = index i0
              %3: tile f64 = add %1, %2
              %4: tile f64 = mul %3, %0
              store next[i0], %4
            }
          }
          kernel k2_copy {
            axis i0 = 2
            tile i0 {
              %0: tile f64 = load next[i0]
              store state[i0], %0
            }
          }
        }
        kernel k3_copy {
          axis i0 = 2
          tile i0 {
            %0: tile f64 = load state[i0]
            store y[i0], %0
          }
        }
      }
      """
    let program = try Program(parsing: text)
    let written = program.writingOutShortScopes()
    try written.verify()
    #expect(!written.description.contains("tile"))
    let inputs = program.randomInputs(seed: 1, in: -1...1)
    #expect(try program.interpret(inputs) == written.interpret(inputs))
  }
}
