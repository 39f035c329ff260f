import KernelIR
import Passes
import TestSupport
import Testing

/// Memory plans of programs with loops and branches.
@Suite struct LoopMemoryTests {
  /// The plan shows in no result.
  @Test func randomPrograms() throws {
    var (kernels, kernelsBefore, bytes, bytesBefore) = (0, 0, 0, 0)
    for seed in fuzzSeeds(300) {
      let (program, inputs) = RandomControlFlow.make(seed: seed)
      let planned = try MemoryPlan.apply(to: program)
      do {
        try planned.verify()
        let mismatch = bufferMismatch(try program.interpret(inputs), try planned.interpret(inputs))
        #expect(mismatch == nil, "seed \(seed): \(mismatch ?? "")\n\(program)\n\(planned)")
      } catch {
        Issue.record("seed \(seed): \(error)\n\(planned)")
      }
      kernelsBefore += count(program)
      kernels += count(planned)
      bytesBefore += program.arenaByteCount
      bytes += planned.arenaByteCount
    }
    // Temporaries do share memory, and copies do go.
    #expect(bytes < bytesBefore / 2 && kernels < kernelsBefore)
  }

  private func count(_ program: Program) -> Int {
    var count = 0
    program.steps.forEachLeaf { _ in count += 1 }
    return count
  }

  func planned(
    _ text: String, kernels: Int, temporaries: [String], tolerance: Double = 0
  ) throws {
    let program = try Program(parsing: text)
    let planned = try MemoryPlan.apply(to: program)
    try planned.verify()
    #expect(count(planned) == kernels, "\(planned)")
    let found = planned.buffers.compactMap { buffer in
      if case .temporary(let offset) = buffer.role { "\(buffer.name) \(offset)" } else { nil }
    }
    #expect(found.sorted() == temporaries.sorted(), "\(planned)")
    var random = SplitMix(seed: 1)
    // Parameters are declared in order.
    let inputs = program.buffers.filter { $0.role.parameterPosition != nil }.map { buffer in
      let type = buffer.type
      return HostBuffer(type, (0..<type.elementCount).map { _ in Double.random(in: -2...2, using: &random) })
    }
    var apart = program
    for index in apart.buffers.indices {
      guard case .temporary = apart.buffers[index].role else { continue }
      apart.buffers[index].role = .temporary(offset: apart.arenaByteCount)
      apart.arenaByteCount += (apart.buffers[index].type.byteCount + 63) / 64 * 64
    }
    try apart.verify()
    let (results, expected) = (try planned.interpret(inputs), try apart.interpret(inputs))
    #expect(bufferMismatch(results, expected, tolerance: tolerance) == nil, "\(planned)")
  }

  func map(_ name: String, _ source: String, _ target: String, _ op: String = "neg") -> String {
    """
    kernel \(name) { axis i0 = 32 tile i0 {
      %0: tile f32 = load \(source)[i0] %1: tile f32 = \(op) %0 store \(target)[i0], %1 } }
    """
  }
  func copy(_ source: String, _ target: String) -> String {
    "kernel copy { axis i0 = 32 tile i0 { %0: tile f32 = load \(source)[i0] store \(target)[i0], %0 } }"
  }
  private func reversed(_ source: String, _ target: String) -> String {
    """
    kernel reversed { axis i0 = 32 tile i0 { %0: tile f32 = load \(source)[-1*i0 + 31] store \(target)[i0], %0 } }
    """
  }

  /// The state, what it starts from, its next value and the result are one buffer.
  @Test func stateIsComputedInPlace() throws {
    try planned(
      """
      program p arena 0 {
        buffer x: f32[32] = parameter 0
        buffer y: f32[32] = result 0
        buffer start: f32[32] = temporary 0
        buffer state: f32[32] = temporary 0
        buffer next: f32[32] = temporary 0
        \(map("start", "x", "start"))
        \(copy("start", "state"))
        loop l0 = 5 {
          \(map("body", "state", "next", "sin"))
          \(copy("next", "state"))
        }
        \(copy("state", "y"))
      }
      """, kernels: 2, temporaries: [])
  }

  /// Not where the next value is made of other places of the state, or the state is read when it is there.
  @Test func stateThatIsStillReadIsCopied() throws {
    try planned(
      """
      program p arena 0 {
        buffer x: f32[32] = parameter 0
        buffer y: f32[32] = result 0
        buffer next: f32[32] = temporary 0
        \(copy("x", "y"))
        loop l0 = 5 {
          \(reversed("y", "next"))
          \(copy("next", "y"))
        }
      }
      """, kernels: 3, temporaries: ["next 0"])
    try planned(
      """
      program p arena 0 {
        buffer x: f32[32] = parameter 0
        buffer y: f32[32] = result 0
        buffer z: f32[32] = result 1
        buffer next: f32[32] = temporary 0
        \(copy("x", "y"))
        loop l0 = 5 {
          \(map("body", "y", "next"))
          \(map("late", "y", "z", "exp"))
          \(copy("next", "y"))
        }
      }
      """, kernels: 4, temporaries: ["next 0"])
  }

  /// What a loop makes of a parameter that is updated is made in the parameter.
  @Test func updatedParameters() throws {
    try planned(
      """
      program p arena 0 {
        buffer w: f32[32] = parameter 0 result 0
        buffer state: f32[32] = temporary 0
        buffer next: f32[32] = temporary 0
        \(copy("w", "state"))
        loop l0 = 5 {
          \(map("body", "state", "next"))
          \(copy("next", "state"))
        }
        \(copy("state", "w"))
      }
      """, kernels: 1, temporaries: [])
  }

  /// A value that is copied to a row is computed there.
  @Test func rowsAreComputedInPlace() throws {
    let back = "buffer back: f32[32] = row of a in l1 reversed"
    for (declaration, loop, end, kernels) in [
      ("buffer row: f32[32] = slice of z in l0 from 0 step 32", "loop l0 = 4 {", "", 2),
      (
        "buffer row: f32[32] = row of a in l0 " + back, "loop l0 = 4 records a {",
        "loop l1 = 4 { \(map("last", "back", "y")) }", 3
      ),
      // Rows that overlap.
      ("buffer row: f32[32] = slice of z in l0 from 0 step 16", "loop l0 = 4 {", "", 3),
    ] {
      try planned(
        """
        program p arena 0 {
          tape a: f32[32]
          buffer x: f32[32] = parameter 0
          buffer y: f32[32] = result 0
          buffer z: f32[4,32] = result 1
          buffer t: f32[32] = temporary 0
          \(declaration)
          kernel fill { axis i0 = 128 %0: f32 = constant 1.0 tile i0 { store z[i0], %0 } }
          \(loop)
            \(map("body", "x", "t"))
            \(copy("t", "row"))
          }
          \(copy("x", "y"))
          \(end)
        }
        """, kernels: kernels + 1, temporaries: kernels == 3 && end.isEmpty ? ["t 0"] : [])
    }
  }

  /// Temporaries of a body share memory with each other, and with those of another loop.
  @Test func bodiesShareMemory() throws {
    try planned(
      """
      program p arena 0 {
        buffer x: f32[32] = parameter 0
        buffer y: f32[32] = result 0
        buffer a: f32[32] = temporary 0
        buffer b: f32[32] = temporary 0
        buffer c: f32[32] = temporary 0
        buffer d: f32[32] = temporary 0
        \(copy("x", "y"))
        loop l0 = 5 {
          \(reversed("y", "a"))
          \(reversed("a", "b"))
          \(reversed("b", "c"))
          \(reversed("c", "y"))
        }
        loop l1 = 5 {
          \(reversed("y", "d"))
          \(map("body", "d", "y"))
        }
      }
      """, kernels: 7, temporaries: ["a 0", "b 128", "c 0", "d 0"])
  }

  /// A value that is read before it is written in a body is needed all through the loop, and so is one from outside.
  @Test func carriedValuesLiveAllThroughTheirLoop() throws {
    try planned(
      """
      program p arena 0 {
        buffer x: f32[32] = parameter 0
        buffer y: f32[32] = result 0
        buffer a: f32[32] = temporary 0
        buffer b: f32[32] = temporary 0
        buffer outside: f32[32] = temporary 0
        \(reversed("x", "outside"))
        kernel start { %0: f32 = constant 1.0 store a[0], %0 }
        loop l0 = 5 {
          kernel sum { %0: f32 = load a[0] %1: f32 = load outside[3] %2: f32 = add %0, %1 store a[0], %2 }
          \(reversed("x", "b"))
          \(reversed("b", "y"))
        }
        kernel end { %0: f32 = load a[0] store y[0], %0 }
      }
      """, kernels: 6, temporaries: ["outside 0", "a 128", "b 256"])
  }

  /// Branches share memory.
  @Test func branchesShareMemory() throws {
    try planned(
      """
      program p arena 0 {
        buffer x: f32[32] = parameter 0
        buffer s: i32[] = parameter 1
        buffer y: f32[32] = result 0
        buffer a: f32[32] = temporary 0
        buffer b: f32[32] = temporary 0
        branch s {
          case { \(reversed("x", "a")) \(reversed("a", "y")) }
          case { \(reversed("x", "b")) \(reversed("b", "y")) }
        }
      }
      """, kernels: 4, temporaries: ["a 0", "b 0"])
  }

  /// What a branch in a loop leaves alone is still there in the next iteration.
  @Test func branchesKeepWhatTheyDoNotWrite() throws {
    try planned(
      """
      program p arena 0 {
        buffer x: f32[32] = parameter 0
        buffer s: bool[4] = parameter 1
        buffer y: f32[32] = result 0
        buffer z: f32[32] = result 1
        buffer a: f32[32] = temporary 0
        buffer b: f32[32] = temporary 0
        buffer now: bool[] = slice of s in l0 from 0 step 1
        \(copy("x", "z"))
        loop l0 = 4 {
          branch now {
            case { kernel k { axis i0 = 32 tile i0 { %0: tile f32 = load a[i0] store y[i0], %0 } } }
            case { \(reversed("x", "a")) }
          }
          \(reversed("z", "b"))
          \(map("late", "b", "z"))
        }
      }
      """, kernels: 5, temporaries: ["a 0", "b 128"])
  }

  /// What an iteration leaves for the next, in a buffer that nothing outside the loop touches.
  @Test func valuesOfTheIterationBefore() throws {
    try planned(
      """
      program p arena 0 {
        buffer x: f32[32] = parameter 0
        buffer later: bool[4] = constant [false, true, true, true]
        buffer y: f32[32] = result 0
        buffer a: f32[32] = temporary 0
        buffer b: f32[32] = temporary 0
        buffer now: bool[] = slice of later in l0 from 0 step 1
        \(copy("x", "y"))
        loop l0 = 4 {
          branch now {
            case { }
            case { \(map("late", "a", "y")) }
          }
          \(reversed("x", "a"))
          \(reversed("y", "b"))
          \(map("body", "b", "y"))
        }
      }
      """, kernels: 5, temporaries: ["a 0", "b 128"])
  }

  /// A row keeps its value where the copy to it is not reached, and holds none of the iteration before.
  @Test func rowsThatAreCopiedTo() throws {
    let declarations = """
      buffer x: f32[32] = parameter 0
      buffer flags: bool[4] = constant [true, false, true, true]
      buffer z: f32[4,32] = result 0
      buffer t: f32[32] = temporary 0
      buffer now: bool[] = slice of flags in l0 from 0 step 1
      buffer row: f32[32] = slice of z in l0 from 0 step 32
      """
    try planned(
      """
      program p arena 0 {
        \(declarations)
        kernel fill { axis i0 = 128 %0: f32 = constant 1.0 tile i0 { store z[i0], %0 } }
        loop l0 = 4 {
          \(map("body", "x", "t"))
          branch now {
            case { }
            case { \(copy("t", "row")) }
          }
        }
      }
      """, kernels: 3, temporaries: ["t 0"])
    try planned(
      """
      program p arena 0 {
        \(declarations)
        loop l0 = 4 {
          branch now {
            case { }
            case { \(copy("x", "t")) }
          }
          \(map("body", "t", "t", "exp"))
          \(copy("t", "row"))
        }
      }
      """, kernels: 3, temporaries: ["t 0"])
  }

  /// A stack that one loop of a body fills and another reads lives in the body.
  @Test func stacksOfInnerLoops() throws {
    try planned(
      """
      program p arena 0 {
        buffer x: f32[4,32] = parameter 0
        buffer y: f32[32] = result 0
        buffer stack: f32[4,32] = temporary 0
        buffer other: f32[4,32] = temporary 0
        buffer x_row: f32[32] = slice of x in l1 from 0 step 32
        buffer write: f32[32] = slice of stack in l1 from 96 step -32
        buffer read: f32[32] = slice of stack in l2 from 0 step 32
        kernel zero { axis i0 = 32 %0: f32 = constant 0.0 tile i0 { store y[i0], %0 } }
        loop l0 = 3 {
          loop l1 = 4 { \(map("fill", "x_row", "write")) }
          loop l2 = 4 {
            kernel k { axis i0 = 32 tile i0 {
              %0: tile f32 = load y[i0] %1: tile f32 = load read[i0] %2: tile f32 = add %0, %1 store y[i0], %2 } }
          }
          kernel k { axis i0 = 128 tile i0 { %0: tile f32 = load x[i0] store other[-1*i0 + 127], %0 } }
          kernel k { axis i0 = 32 tile i0 {
            %0: tile f32 = load y[i0] %1: tile f32 = load other[i0] %2: tile f32 = add %0, %1 store y[i0], %2 } }
        }
      }
      """, kernels: 5, temporaries: ["stack 0", "other 0"])
  }

  /// What nothing reads is not computed, nor kept on tapes: stores, the steps that only make them, numbers of loops.
  @Test func deadStores() throws {
    let text = """
      program p arena 0 {
        tape kept: f32[32]
        tape lost: f32[32]
        buffer x: f32[32] = parameter 0
        buffer w: f32[32,32] = parameter 1
        buffer y: f32[32] = result 0
        buffer t: i64[] = temporary 0
        buffer count: i64[] = temporary 0
        buffer runs: bool[] = temporary 0
        buffer dead: f32[32] = temporary 0
        buffer dead2: f32[4,32] = temporary 0
        buffer dead3: f32[32] = temporary 0
        buffer lost_row: f32[32] = row of lost in l0
        buffer kept_row: f32[32] = row of kept in l0
        buffer dead_row: f32[32] = slice of dead2 in l0 from 0 step 32
        buffer back: f32[32] = row of kept in l1 reversed
        \(copy("x", "y"))
        while l0 limit 4 index t trips count records lost, kept {
          condition runs { kernel k { %0: f32 = load y[0] %1: bool = lt %0, %0 store runs[0], %1 } }
          body {
            kernel body { axis i0 = 32
              %5: accumulator f32 = add
              tile i0 {
                %0: tile f32 = load x[i0] %1: tile f32 = load y[i0] %2: tile f32 = add %0, %1 store kept_row[i0], %2
                %3: tile f32 = exp %0 store lost_row[i0], %3 %4: tile f32 = sin %3 store dead_row[i0], %4
                accumulate %5, %3
              }
              %6: f32 = finish %5 store dead3[0], %6
            }
            gemm f32 m 1 n 32 k 32 batch 1 {
              c = dead[0] rows 32 slices 0 a = x[0] rows 32 slices 0 b = w[0] rows 32 slices 0
            }
            \(map("only_for_dead", "dead", "dead3"))
          }
        }
        loop l1 = 4 { \(map("last", "back", "y")) }
        loop l2 = 4 { \(map("gone", "x", "dead3")) }
      }
      """
    try planned(text, kernels: 4, temporaries: ["runs 0"])
    let planned = try MemoryPlan.apply(to: Program(parsing: text)).description
    for gone in ["exp", "sin", "gemm", "lost", "trips", "index", "l2"] {
      #expect(!planned.contains(gone), "\(planned)")
    }
    #expect(planned.contains("tape kept") && planned.contains("records kept"))
  }

  /// `w += a b` is one product, also as what a loop adds up.
  @Test func productsAreAddedInPlace() throws {
    func text(between: String) -> String {
      """
      program p arena 0 {
        buffer a: f32[32] = parameter 0
        buffer b: f32[2] = parameter 1
        buffer w: f32[64] = result 0
        buffer other: f32[64] = result 1
        buffer product: f32[32,2] = temporary 0
        buffer next: f32[64] = temporary 0
        kernel zero { axis i0 = 64 %0: f32 = constant 0.0 tile i0 { store w[i0], %0 store other[i0], %0 } }
        loop l0 = 3 {
          gemm f32 m 32 n 2 k 1 batch 1 {
            c = product[0] rows 2 slices 0 a = a[0] rows 1 slices 0 b = b[0] rows 2 slices 0
          }
          \(between)
          kernel add { axis i0 = 32 axis i1 = 2 loop i0 { tile i1 {
            %0: tile f32 = load w[2*i0 + i1] %1: tile f32 = load product[2*i0 + i1]
            %2: tile f32 = add %1, %0 store next[2*i0 + i1], %2 } } }
          kernel copy { axis i0 = 64 tile i0 { %0: tile f32 = load next[i0] store w[i0], %0 } }
        }
      }
      """
    }
    try planned(text(between: ""), kernels: 2, temporaries: [])
    // Not where the array is needed as it is.
    let copies = "kernel late { axis i0 = 64 tile i0 { %0: tile f32 = load w[i0] store other[i0], %0 } }"
    try planned(text(between: copies), kernels: 4, temporaries: ["product 0"])
    let uses = """
      kernel use { axis i0 = 64 tile i0 {
        %0: tile f32 = load product[i0] %1: tile f32 = neg %0 store other[i0], %1 } }
      """
    try planned(text(between: uses), kernels: 4, temporaries: ["product 0"])
  }

  /// Copies of copies, round about: as many loops as copies are analysed in a moment.
  @Test func deepNests() throws {
    var program = try Program(
      parsing: """
        program p arena 0 {
          buffer x: f32[32] = parameter 0
          buffer y: f32[32] = result 0
          buffer t: f32[32] = temporary 0
          \(copy("x", "t"))
          \(map("body", "t", "t"))
          \(copy("t", "y"))
        }
        """)
    var inner = [program.steps[1]]
    for id in 0..<60 { inner = [.loop(StepLoop(id: id, count: .fixed(1), body: inner, origins: []))] }
    program.steps[1] = inner[0]
    let planned = try MemoryPlan.apply(to: program)
    try planned.verify()
    let input = HostBuffer(program.buffers[0].type, (0..<32).map(Double.init))
    #expect(try planned.interpret([input])[0].elements[5].doubleValue == -5)
  }
}
