import Basics
import KernelIR
import Testing

/// The meaning of loops and branches of steps, tapes and buffers that move.
@Suite struct ControlFlowTests {
  private func vector(_ numbers: [Double]) -> HostBuffer { HostBuffer(TensorType(.f32, [numbers.count]), numbers) }
  private func whole(_ number: Int) -> HostBuffer { HostBuffer(TensorType(.i64, []), [Double(number)]) }
  private func one(_ number: Double) -> HostBuffer { HostBuffer(TensorType(.f32, []), [number]) }

  /// The prefix sums of x, of its first n elements; from the end if reversed.
  private func prefixSums(_ count: String, reversed: Bool) throws -> Program {
    let (from, step) = reversed ? (3, -1) : (0, 1)
    return try Program(
      parsing: """
        program p arena 64 {
          buffer x: f32[4] = parameter 0
          buffer n: i64[] = parameter 1
          buffer y: f32[4] = result 0
          buffer sum: f32[] = temporary 0
          buffer x_t: f32[] = slice of x in l0 from \(from) step \(step)
          buffer y_t: f32[] = slice of y in l0 from \(from) step \(step)
          kernel zero { axis i0 = 4 %0: f32 = constant 0.0 store sum[0], %0 tile i0 { store y[i0], %0 } }
          loop l0 = \(count) {
            kernel k {
              %0: f32 = load sum[0] %1: f32 = load x_t[0] %2: f32 = add %0, %1
              store sum[0], %2 store y_t[0], %2
            }
          }
        }
        """)
  }

  @Test func slicesMove() throws {
    let x = vector([1, 2, 3, 4])
    #expect(try prefixSums("4", reversed: false).interpret([x, whole(0)]) == [vector([1, 3, 6, 10])])
    #expect(try prefixSums("4", reversed: true).interpret([x, whole(0)]) == [vector([10, 9, 7, 4])])
    #expect(try prefixSums("0", reversed: false).interpret([x, whole(0)]) == [vector([0, 0, 0, 0])])
    for (count, expected) in [(-3, [0, 0, 0, 0]), (2, [1, 3, 0, 0]), (.max, [1, 3, 6, 10])] as [(Int, [Double])] {
      let input = HostBuffer(TensorType(.i64, []), [Scalar(Int64(count), as: .i64)])
      #expect(try prefixSums("n limit 4", reversed: false).interpret([x, input]) == [vector(expected)])
    }
  }

  /// Doubles x while it is less than 100, and adds up what it was, last first.
  private func doubling(limit: String) throws -> Program {
    try Program(
      parsing: """
        program p arena 256 {
          tape saved: f32[]
          buffer x: f32[] = parameter 0
          buffer y: f32[] = result 0
          buffer trips: i64[] = result 1
          buffer weighted: f32[] = result 2
          buffer state: f32[] = temporary 0
          buffer go: bool[] = temporary 64
          buffer t: i64[] = temporary 128
          buffer row: f32[] = row of saved in l0
          buffer back: f32[] = row of saved in l1 reversed
          kernel start { %0: f32 = load x[0] store state[0], %0 %1: f32 = constant 0.0 store weighted[0], %1 }
          while l0 \(limit) index t trips trips records saved {
            condition go {
              kernel k { %0: f32 = load state[0] %1: f32 = constant 100.0 %2: bool = lt %0, %1 store go[0], %2 }
            }
            body {
              kernel k {
                %0: f32 = load state[0] store row[0], %0
                %1: f32 = add %0, %0 store state[0], %1
              }
            }
          }
          loop l1 = trips limit 1000 index t {
            kernel k {
              %0: f32 = load back[0] %1: i64 = load t[0] %2: f32 = cast %1 %3: f32 = mul %0, %2
              %4: f32 = load weighted[0] %5: f32 = add %3, %4 store weighted[0], %5
            }
          }
          kernel end { %0: f32 = load state[0] store y[0], %0 }
        }
        """)
  }

  @Test func tapesAreReadBackwards() throws {
    #expect(try doubling(limit: "").interpret([one(20)]) == [one(160), whole(3), one(40 * 1 + 20 * 2)])
    #expect(try doubling(limit: "").interpret([one(100)]) == [one(100), whole(0), one(0)])
    #expect(try doubling(limit: "limit 2").interpret([one(20)]) == [one(80), whole(2), one(20)])
    #expect(try doubling(limit: "limit 0").interpret([one(20)]) == [one(20), whole(0), one(0)])
  }

  @Test(arguments: [(-5, 10.0), (0, 10), (1, 20), (2, 30), (99, 30)])
  func selectorsAreClamped(_ selector: Int, _ expected: Double) throws {
    let cases = [10, 20, 30].map { "case { kernel k { %0: f32 = constant \($0).0 store y[0], %0 } }" }
    let program = try Program(
      parsing: """
        program p arena 0 {
          buffer s: i64[] = parameter 0 buffer y: f32[] = result 0
          branch s { \(cases.joined(separator: " ")) }
        }
        """)
    #expect(try program.interpret([whole(selector)]) == [one(expected)])
  }

  /// A tape that an outer loop has recorded anew in every iteration.
  @Test func tapesAreRecordedAgain() throws {
    let program = try Program(
      parsing: """
        program p arena 128 {
          tape a: i64[]
          buffer y: i64[3] = result 0
          buffer t: i64[] = temporary 0
          buffer u: i64[] = temporary 64
          buffer y_t: i64[] = slice of y in l0 from 0 step 1
          buffer w: i64[] = row of a in l1
          buffer r: i64[] = row of a in l2 reversed
          loop l0 = 3 index t {
            loop l1 = t limit 9 index u records a {
              kernel k { %0: i64 = load t[0] %1: i64 = load u[0] %2: i64 = add %0, %1 store w[0], %2 }
            }
            kernel k { %0: i64 = constant -1 store y_t[0], %0 }
            loop l2 = t limit 9 {
              kernel k { %0: i64 = load r[0] store y_t[0], %0 }
            }
          }
        }
        """)
    let expected = HostBuffer(TensorType(.i64, [3]), [-1.0, 1, 2])
    #expect(try program.interpret([]) == [expected])
  }

  @Test func tapesWithoutMemory() throws {
    let program = try Program(
      parsing: """
        program p arena 0 {
          tape a: f64[1000]
          buffer n: i64[] = parameter 0
          loop l0 = n limit 9223372036854775807 records a { }
        }
        """)
    #expect(try program.interpret([whole(3)]).isEmpty)
    for count in [1 << 40, .max] {
      #expect(throws: Diagnostics.self) {
        try program.interpret([HostBuffer(TensorType(.i64, []), [Scalar(Int64(count), as: .i64)])])
      }
    }
  }

  // MARK: Invariants

  /// Declarations and steps after those below break just this invariant.
  @Test(arguments: [
    (19, "", "loop l0 = 1 { } loop l0 = 2 { }"),
    (19, "", "loop l0 = -1 { }"),
    (19, "", "while l0 limit -1 { condition p { } body { } }"),
    (20, "", "loop l0 = x limit 4 { }"),
    (20, "", "loop l0 = 4 index p { }"),
    (20, "", "loop l0 = 4 index n { }"),
    (20, "", "while l0 { condition n { } body { } }"),
    (20, "", "while l0 trips n { condition p { } body { } }"),
    (20, "", "branch x { case { } }"),
    (20, "", "branch m { case { } }"),
    (21, "", "branch n { }"),
    (22, "buffer s: f64[] = slice of x in l0 from 0 step 1", "loop l0 = 4 { }"),
    (22, "buffer s: f32[] = slice of x in l1 from 0 step 1", "loop l0 = 4 { }"),
    (22, "buffer s: f32[] = slice of x in l0 from 0 step 1", "while l0 { condition p { } body { } }"),
    (22, "buffer s: f32[] = slice of x in l0 from 0 step 1", "while l0 limit 5 { condition p { } body { } }"),
    (22, "buffer s: f32[] = slice of x in l0 from 1 step 1", "loop l0 = 4 { }"),
    (22, "buffer s: f32[] = slice of x in l0 from 0 step 1", "loop l0 = n limit 5 { }"),
    (22, "buffer s: f32[2] = slice of x in l0 from 2 step -1", "loop l0 = 4 { }"),
    (22, "buffer s: f32[] = slice of x in l0 from 0 step 9223372036854775807", "loop l0 = 1 { }"),
    (22, "buffer s: f32[] = slice of x in l0 from 0 step 281474976710656", "loop l0 = 281474976710656 { }"),
    (
      22, "buffer s: f32[2] = slice of x in l0 from 0 step 1 buffer r: f32[] = slice of s in l0 from 0 step 0",
      "loop l0 = 2 { }"
    ),
    (
      22, "buffer s: f32[2] = slice of x in l0 from 0 step 1 buffer r: f32[] = slice of s in l1 from 0 step 0",
      "loop l0 = 2 { } loop l1 = 2 { }"
    ),
    (23, "buffer r: f32[3] = row of a in l0", "loop l0 = 2 records a { }"),
    (23, "buffer r: f32[2] = row of a in l0", ""),
    (23, "buffer r: f32[2] = row of a in l0 reversed", "while l0 records a { condition p { } body { } }"),
    (23, "buffer r: f32[2] = row of a in l0", "while l0 { condition p { } body { } }"),
    (24, "", "loop l0 = 4 records a, a { }"),
    (24, "", "loop l0 = 4 records a { loop l1 = 4 records a { } }"),
    (24, "buffer r: f32[2] = row of a in l1", "while l0 records a { condition p { loop l1 = 4 { } } body { } }"),
    (25, "buffer s: f32[] = slice of x in l0 from 0 step 1", "loop l0 = 4 { } kernel k { %0: f32 = load s[0] }"),
    (25, "buffer s: i64[] = slice of c in l0 from 0 step 1", "loop l0 = s limit 2 { }"),
    (
      25, "buffer r: f32[2] = row of a in l0",
      "while l0 records a { condition p { kernel k { %0: f32 = load r[0] } } body { } }"
    ),
    (
      26, "buffer s: f32[] = slice of x in l0 from 0 step 1",
      "loop l0 = 4 { kernel k { %0: f32 = constant 1.0 store s[0], %0 } }"
    ),
    (
      26, "buffer r: f32[2] = row of a in l0",
      "loop l0 = 4 { kernel k { %0: f32 = constant 1.0 store r[0], %0 } }"
    ),
  ])
  func invariants(_ invariant: Int, _ declarations: String, _ steps: String) throws {
    let program = try Program(
      parsing: """
        program p arena 128 {
          tape a: f32[2]
          buffer x: f32[4] = parameter 0 buffer n: i64[] = parameter 1 buffer m: i64[2] = parameter 2
          buffer c: i64[4] = temporary 64 buffer p: bool[] = temporary 0
          \(declarations) \(steps)
        }
        """)
    do {
      try program.verify()
      Issue.record("\(declarations) \(steps) is valid")
    } catch {
      for diagnostic in error.all { #expect(diagnostic.message.contains("invariant \(invariant):"), "\(diagnostic)") }
    }
  }

  /// Products of slices of one buffer, which share no memory if they stay apart in every iteration.
  @Test(arguments: [
    ("4 step 4", "loop", 0), ("2 step 4", "loop", 1), ("8 step -4", "loop", 1), ("12 step 0", "loop", 0),
  ])
  func productsOfSlices(_ target: String, _ loop: String, _ failures: Int) throws {
    let program = try Program(
      parsing: """
        program p arena 64 {
          buffer h: f32[4,4] = temporary 0
          buffer w: f32[4,4] = parameter 0
          buffer a: f32[4] = slice of h in l0 from 0 step 4
          buffer c: f32[4] = slice of h in l0 from \(target)
          loop l0 = 3 {
            gemm f32 m 1 n 4 k 4 batch 1 { c = c[0] rows 4 slices 0 a = a[0] rows 4 slices 0 b = w[0] rows 4 slices 0 }
          }
        }
        """)
    let count: Int
    do {
      try program.verify()
      count = 0
    } catch {
      count = error.all.count
    }
    #expect(count == failures)
  }

  @Test func depthIsLimited() throws {
    var steps: [Step] = []
    for id in 0..<70 { steps = [.loop(StepLoop(id: id, count: .fixed(1), body: steps, origins: []))] }
    let program = Program(name: "p", buffers: [], steps: steps, arenaByteCount: 0)
    #expect(throws: Diagnostics.self) { try program.verify() }
  }
}
