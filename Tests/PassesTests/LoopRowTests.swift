import Basics
import KernelIR
import Passes
import TensorIR
import TensorOps
import TestSupport
import Testing

/// Loops whose rows threads share, each with all iterations.
@Suite struct LoopRowTests {
  private static let dot = "left_contracting = [1], right_contracting = [0], left_batch = [], right_batch = []"

  /// States of four examples that are carried over five steps, and all of them: `next` gives `%n` of the state `%h`, the
  /// row `%u` and the weights `%w`.
  private func recurrence(_ next: String, batch: Int = 4, width: Int = 6, weights: String? = nil) -> String {
    let state = "f64[\(batch),\(width)]"
    let weights = weights ?? "f64[\(width),\(width)]"
    return """
      func @recurrence(%x: f64[5,\(batch),\(width)], %v: \(weights)) -> (last: \(state), all: f64[5,\(batch),\(width)]) {
        %z = constant {value = f64[] splat<0.5>} : f64[]
        %start = broadcast %z {shape = [\(batch),\(width)], axes = []} : \(state)
        %a, %b = scan %start, %x, %v {length = 5, carries = 1, stacks = 1, reversed = 0, \
      body = func @step(%h: \(state), %u: \(state), %w: \(weights)) -> (h: \(state), y: \(state)) {
          \(next)
          return %n, %n
        }} : (\(state), f64[5,\(batch),\(width)])
        return %a, %b
      }
      """
  }

  private func product(_ left: String, _ right: String, batch: Int = 4, width: Int = 6) -> String {
    """
    %p = dot_general \(left), \(right) {\(Self.dot)} : f64[\(batch),\(width)]
    %q = add %p, %u : f64[\(batch),\(width)]
    %n = tanh %q : f64[\(batch),\(width)]
    """
  }

  private func lowered(_ text: String, _ parallelism: Parallelism?) throws -> Program {
    let function = try Pipelines.standard.run(Module(parsing: text, ops: OpRegistry.make).functions[0], verify: true)
    let program = try function.lowered(parallelism: parallelism)
    try program.verify()
    return program
  }

  /// By what loops around loops are cut, as they tell.
  private func parts(_ program: Program) -> [String] {
    program.steps.compactMap { step in
      guard case .loop(let loop) = step, loop.isParallel, loop.body.contains(where: { !$0.lists.isEmpty }) else {
        return nil
      }
      return loop.origins.first
    }
  }

  /// Checks against the program in one piece but for the order of sums, and tells how the loops of the other one are cut.
  private func parts(_ text: String) throws -> [String] {
    let (whole, cut) = (try lowered(text, nil), try lowered(text, .everywhere))
    #expect(parts(whole).isEmpty)
    let inputs = whole.randomInputs(seed: 5, in: -1...1)
    for (a, b) in zip(try whole.interpret(inputs), try cut.interpret(inputs)) {
      for (x, y) in zip(a.elements, b.elements) {
        let difference = abs(x.doubleValue - y.doubleValue)
        #expect(difference <= 1e-12 * max(1, abs(x.doubleValue)), "\(cut)")
      }
    }
    return parts(cut)
  }

  /// Also from the last step to the first.
  @Test(arguments: [0, 1])
  func statesOfExamples(_ reversed: Int) throws {
    let text = recurrence(product("%h", "%w")).replacing("reversed = 0", with: "reversed = \(reversed)")
    #expect(try parts(text) == ["4 parts of 1 rows"])
  }

  /// As many rows as a state has numbers: what is a row, the first step alone does not say.
  @Test func squareStates() throws {
    #expect(try parts(recurrence(product("%h", "%w", width: 4), width: 4)) == ["4 parts of 1 rows"])
  }

  /// Parts are even.
  @Test(arguments: [(6, ["2 parts of 3 rows"]), (7, []), (24, ["4 parts of 6 rows"])])
  func evenParts(_ batch: Int, _ expected: [String]) throws {
    #expect(try parts(recurrence(product("%h", "%w", batch: batch, width: 5), batch: batch, width: 5)) == expected)
  }

  /// A matrix from the left mixes the rows of a state; its columns stay apart, but no product is cut along these.
  @Test func rowsThatDepend() throws {
    #expect(try parts(recurrence(product("%w", "%h"), weights: "f64[4,4]")).isEmpty)
  }

  /// Every example's next state depends on a sum over all.
  @Test func sumThatIsHandedOn() throws {
    let next = """
      %s = reduce_sum %h {axes = [0]} : f64[6]
      %m = broadcast %s {shape = [4,6], axes = [1]} : f64[4,6]
      %k = sub %u, %m : f64[4,6]
      %p = dot_general %k, %w {\(Self.dot)} : f64[4,6]
      %n = tanh %p : f64[4,6]
      """
    #expect(try parts(recurrence(next)).isEmpty)
  }

  /// The carried value is a product summed over examples, which nothing but its sum reads: parts have sums of their own.
  private func accumulation(reading: Bool) -> String {
    """
    func @sums(%x: f64[5,4,6], %y: f64[5,4,3]) -> (sum: f64[6,3]) {
      %z = constant {value = f64[] splat<0.5>} : f64[]
      %start = broadcast %z {shape = [6,3], axes = []} : f64[6,3]
      %a = scan %start, %x, %y {length = 5, carries = 1, stacks = 2, reversed = 0, \
    body = func @step(%c: f64[6,3], %u: f64[4,6], %v: f64[4,3]) -> (c: f64[6,3]) {
        \(reading ? "%k = dot_general %u, %c {\(Self.dot)} : f64[4,3]" : "%k = tanh %v : f64[4,3]")
        %d = dot_general %u, %k {left_contracting = [0], right_contracting = [0], left_batch = [], right_batch = []} : f64[6,3]
        %e = add %c, %d : f64[6,3]
        return %e
      }} : f64[6,3]
      return %a
    }
    """
  }

  @Test func sumsOfParts() throws {
    #expect(try parts(accumulation(reading: false)) == ["4 parts of 1 rows"])
    #expect(try parts(accumulation(reading: true)).isEmpty)
  }

  /// Sizes decide.
  @Test func smallWorkStaysWhole() throws {
    let small = recurrence(product("%h", "%w", batch: 32, width: 8), batch: 32, width: 8)
    #expect(try parts(lowered(small, .standard)).isEmpty)
    let large = recurrence(product("%h", "%w", batch: 32, width: 128), batch: 32, width: 128)
    #expect(try parts(lowered(large, .standard)) == ["2 parts of 16 rows"])
    // Threads share its products as they are.
    let wide = recurrence(product("%h", "%w", batch: 32, width: 512), batch: 32, width: 512)
    #expect(try parts(lowered(wide, .standard)).isEmpty)
    let few = recurrence(product("%h", "%w", batch: 16, width: 128), batch: 16, width: 128)
    #expect(try parts(lowered(few, .standard)).isEmpty)
  }

  // MARK: Slices of stacks

  /// A loop of four steps that writes y through `b` and reads it through `a`, both of them slices of it.
  private func shifting(_ a: String, _ b: String, reads: String = "a[i0]") throws -> [String] {
    let program = try Program(
      parsing: """
        program shifts arena 0 {
          buffer x: f64[4,4] = parameter 0
          buffer y: f64[5,8] = result 0
          buffer u: f64[4] = slice of x in l0 from 0 step 4
          buffer a: f64[4] = slice of y in l0 \(a)
          buffer b: f64[4] = slice of y in l0 \(b)
          kernel k_fill {
            axis i0 = 40
            %0: f64 = constant 0.5
            tile i0 {
              store y[i0], %0
            }
          }
          loop l0 = 4 {
            kernel k_next {
              axis i0 = 4
              tile i0 {
                %0: tile f64 = load \(reads)
                %1: tile f64 = load u[i0]
                %2: tile f64 = mul %0, %1
                store b[i0], %2
              }
            }
          }
        }
        """)
    try program.verify()
    let cut = try MemoryPlan.apply(to: program.blockingRows(parallelism: .everywhere))
    try cut.verify()
    let inputs = program.randomInputs(seed: 4, in: -1...1)
    #expect(bufferMismatch(try program.interpret(inputs), try cut.interpret(inputs)) == nil, "\(cut)")
    return parts(cut)
  }

  /// A row that reads what it wrote in another step is a row; one that reads what others wrote is none.
  @Test func slicesOfOneStack() throws {
    #expect(try shifting("from 0 step 8", "from 8 step 8") == ["4 parts of 1 rows"])
    #expect(try shifting("from 32 step -8", "from 24 step -8") == ["4 parts of 1 rows"])
    #expect(try shifting("from 1 step 8", "from 8 step 8").isEmpty)
    #expect(try shifting("from 4 step 8", "from 8 step 8").isEmpty)
    #expect(try shifting("from 0 step 3", "from 8 step 3").isEmpty)
    #expect(try shifting("from 0 step 8", "from 8 step 8", reads: "y[i0 + 8]").isEmpty)
    #expect(try shifting("from 0 step 8", "from 8 step 8", reads: "a[-1*i0 + 3]").isEmpty)
  }

  /// Scopes side by side have the same rows, also of different lengths.
  @Test func scopesSideBySide() throws {
    let next = """
      %p = dot_general %h, %w {\(Self.dot)} : f64[4,6]
      %q = add %p, %u : f64[4,6]
      %l = slice %q {starts = [0,0], limits = [4,2], strides = [1,1]} : f64[4,2]
      %r = slice %q {starts = [0,2], limits = [4,6], strides = [1,1]} : f64[4,4]
      %s = tanh %l : f64[4,2]
      %t = sin %r : f64[4,4]
      %n = concat %t, %s {axis = 1, extents = [4,2], rank = 2} : f64[4,6]
      """
    #expect(try parts(recurrence(next)) == ["4 parts of 1 rows"])
  }

  /// One with layers of many widths is shared, too.
  @Test func manyWidths() throws {
    var next = ["%p0 = dot_general %h, %w {\(Self.dot)} : f64[4,6]", "%q0 = tanh %p0 : f64[4,6]"]
    var last = "%q0"
    for (number, width) in [8, 12, 16, 20, 24, 28, 32, 36, 40, 44].enumerated() {
      next += [
        "%z\(number) = constant {value = f64[] splat<\(number).5>} : f64[]",
        "%b\(number) = broadcast %z\(number) {shape = [4,\(width)], axes = []} : f64[4,\(width)]",
        "%e\(number) = reduce_sum \(last) {axes = [1]} : f64[4]",
        "%f\(number) = broadcast %e\(number) {shape = [4,\(width)], axes = [0]} : f64[4,\(width)]",
        "%q\(number + 1) = mul %b\(number), %f\(number) : f64[4,\(width)]",
      ]
      last = "%q\(number + 1)"
    }
    next += [
      "%g = reduce_sum \(last) {axes = [1]} : f64[4]", "%i = broadcast %g {shape = [4,6], axes = [0]} : f64[4,6]",
      "%j = add %i, %u : f64[4,6]", "%n = sin %j : f64[4,6]",
    ]
    #expect(try parts(recurrence(next.joined(separator: "\n"))) == ["4 parts of 1 rows"])
  }
}
