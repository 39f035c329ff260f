import KernelIR
import TestSupport
import Testing

/// Parts of arrays, and what is put together.
extension LoopMemoryTests {
  private func run(_ source: String, _ from: Int, to target: String, _ place: Int, _ count: Int) -> String {
    """
    kernel run { axis i0 = \(count) tile i0 {
      %0: tile f32 = load \(source)[i0 + \(from)] store \(target)[i0 + \(place)], %0 } }
    """
  }

  /// A part of an array is read where it is, and what is put together is written where it goes.
  @Test func windows() throws {
    let loops = """
      loop l0 = 3 {
        kernel k { axis i0 = 32 tile i0 { %0: tile f32 = load part_row[i0] %1: tile f32 = exp %0 store a_row[i0], %1 } }
        gemm f32 m 1 n 32 k 32 batch 1 {
          c = b_row[0] rows 32 slices 0 a = a_row[0] rows 32 slices 0 b = w[0] rows 32 slices 0
        }
      }
      """
    func text(_ before: String, _ after: String, x: String = "parameter 0") -> String {
      """
      program p arena 0 {
        buffer x: f32[5,32] = \(x)
        buffer w: f32[32,32] = parameter 1
        buffer y: f32[7,32] = result 0
        buffer z: f32[3,32] = result 1
        buffer part: f32[3,32] = temporary 0
        buffer a: f32[96] = temporary 0
        buffer b: f32[3,32] = temporary 0
        buffer ab: f32[6,32] = temporary 0
        buffer part_row: f32[32] = slice of part in l0 from 0 step 32
        buffer a_row: f32[32] = slice of a in l0 from 64 step -32
        buffer b_row: f32[32] = slice of b in l0 from 0 step 32
        \(before) \(loops) \(after)
      }
      """
    }
    let one = run("part", 5, to: "z", 0, 91) + "kernel k { %0: f32 = load x[0] store z[95], %0 }"
    let end = "kernel end { axis i0 = 32 tile i0 { %0: tile f32 = load x[i0] store y[i0 + 192], %0 } }"
    let parts = run("a", 0, to: "ab", 0, 96) + run("b", 0, to: "ab", 96, 96)
    // The two at once, as concat has them, and a window of a window.
    let both = """
      kernel both { axis i0 = 96
        tile i0 { %0: tile f32 = load a[i0] store y[i0 + 96], %0 }
        tile i0 { %1: tile f32 = load b[i0] store y[i0], %1 } }
      """
    try planned(text(run("x", 64, to: "part", 0, 96), both + end + one), kernels: 5, temporaries: [])
    try planned(
      text(run("x", 64, to: "part", 0, 96), parts + run("ab", 0, to: "y", 0, 192) + end + one), kernels: 5,
      temporaries: [])
    // Not where the array changes, the place is in use, or the part is needed later.
    try planned(
      text(
        run("x", 64, to: "part", 0, 96),
        both + end + run("part", 5, to: "z", 0, 91) + map("late", "x", "x")
          + "kernel k { %0: f32 = load part[0] axis i0 = 5 loop i0 { store z[i0 + 91], %0 } }".replacing(
            "%0: f32 = load part[0] axis i0 = 5", with: "axis i0 = 5 %0: f32 = load part[0]"),
        x: "parameter 0 result 2"), kernels: 7, temporaries: ["part 0"])
    try planned(
      text(
        run("x", 64, to: "part", 0, 96)
          + "kernel early { axis i0 = 224 %0: f32 = constant 1.0 tile i0 { store y[i0], %0 } }",
        both + end + one), kernels: 7, temporaries: ["a 0", "b 384"])
    try planned(
      text(
        run("x", 64, to: "part", 0, 96),
        both + end
          + run("a", 0, to: "z", 0, 96).replacing("store z", with: "%1: tile f32 = neg %0 store z").replacing(
            "], %0 } }", with: "], %1 } }")),
      kernels: 5, temporaries: [])
  }

  /// The same in a body, of what moves with its loop.
  @Test func windowsInLoops() throws {
    func text(_ body: String) -> String {
      """
      program p arena 0 {
        buffer x: f32[4,96] = parameter 0
        buffer y: f32[4,96] = result 0
        buffer x_row: f32[96] = slice of x in l0 from 0 step 96
        buffer y_row: f32[96] = slice of y in l0 from 288 step -96
        buffer part: f32[2,32] = temporary 0
        buffer ends: f32[64] = temporary 0
        buffer part_row: f32[32] = slice of part in l1 from 0 step 32
        buffer ends_row: f32[32] = slice of ends in l1 from 0 step 32
        loop l0 = 4 {
          \(run("x_row", 32, to: "part", 0, 64))
          loop l1 = 2 { \(map("k", "part_row", "ends_row")) }
          \(body)
        }
      }
      """
    }
    let start = run("x_row", 0, to: "y_row", 0, 32)
    let end = run("ends", 0, to: "y_row", 32, 64)
    try planned(text(start + end), kernels: 2, temporaries: [])
    try planned(text(end + start), kernels: 2, temporaries: [])
    // Where the place has been written before.
    try planned(
      text(map("early", "x_row", "y_row").replacing("i0 = 32", with: "i0 = 96") + end), kernels: 3,
      temporaries: ["ends 0"])
  }

  /// A sum that is added to another starts there.
  @Test func sumsOfNests() throws {
    func add(_ one: String, _ other: String, to target: String) -> String {
      """
      kernel add { axis i0 = 32 tile i0 {
        %0: tile f32 = load \(one)[i0] %1: tile f32 = load \(other)[i0] %2: tile f32 = add %0, %1
        store \(target)[i0], %2 } }
      """
    }
    func zero(_ target: String) -> String {
      "kernel zero { axis i0 = 32 %0: f32 = constant 0.0 tile i0 { store \(target)[i0], %0 } }"
    }
    func text(_ before: String = "", _ after: String = "") -> String {
      """
      program p arena 0 {
        buffer x: f32[4] = parameter 0
        buffer w: f32[4,32] = parameter 1
        buffer y: f32[32] = result 0
        buffer z: f32[32] = result 1
        buffer outer: f32[32] = temporary 0
        buffer inner: f32[32] = temporary 0
        \(zero("y"))
        \(zero("z"))
        loop l0 = 3 {
          \(zero("outer"))
          loop l1 = 2 {
            \(zero("inner"))
            loop l2 = 4 {
              gemm f32 m 1 n 32 k 4 batch 1 accumulates {
                c = inner[0] rows 32 slices 0 a = x[0] rows 4 slices 0 b = w[0] rows 32 slices 0
              }
            }
            \(before)
            \(add("inner", "outer", to: "outer"))
            \(after)
          }
          \(add("y", "outer", to: "y"))
        }
      }
      """
    }
    try planned(text(), kernels: 3, temporaries: [], tolerance: 1e-5)
    // Where one of them is read, or something is added to twice the sum.
    try planned(text("", map("read", "outer", "z")), kernels: 6, temporaries: ["outer 0"], tolerance: 1e-5)
    try planned(text(map("read", "inner", "z")), kernels: 6, temporaries: ["inner 0"], tolerance: 1e-5)
    try planned(text(add("inner", "inner", to: "inner")), kernels: 6, temporaries: ["inner 0"], tolerance: 1e-5)
  }

  /// A stack whose rows are written where those of another have been read takes its place.
  @Test func stacksInPlace() throws {
    func text(_ row: String = "from 96 step -32", _ body: String = "", _ after: String = "") -> String {
      """
      program p arena 0 {
        buffer x: f32[4,32] = parameter 0
        buffer w: f32[4,4] = parameter 1
        buffer y: f32[4,32] = result 0
        buffer z: f32[32] = result 1
        buffer record: f32[4,32] = temporary 0
        buffer factor: f32[4,32] = temporary 0
        buffer x_row: f32[32] = slice of x in l0 from 0 step 32
        buffer record_row: f32[32] = slice of record in l0 from 0 step 32
        buffer read_row: f32[32] = slice of record in l1 from 96 step -32
        buffer factor_row: f32[32] = slice of factor in l1 \(row)
        \(copy("x", "z"))
        loop l0 = 4 { \(map("recording", "x_row", "record_row", "exp")) }
        loop l1 = 4 {
          \(map("transposed", "read_row", "factor_row")) \(body) \(map("carry", "factor_row", "z")) }
        \(after)
        gemm f32 m 4 n 32 k 4 batch 1 {
          c = y[0] rows 32 slices 0 a = w[0] rows 4 slices 0 b = factor[0] rows 32 slices 0
        }
      }
      """
    }
    try planned(text(), kernels: 5, temporaries: ["record 0"])
    try planned(text("from 0 step 32"), kernels: 5, temporaries: ["factor 512", "record 0"])
    try planned(
      text("from 96 step -32", map("late", "read_row", "z")), kernels: 6, temporaries: ["factor 512", "record 0"])
    let late =
      "kernel late { axis i0 = 32 tile i0 { %0: tile f32 = load record[i0] %1: tile f32 = neg %0 store z[i0], %1 } }"
    try planned(text("from 96 step -32", "", late), kernels: 6, temporaries: ["factor 512", "record 0"])
  }

  /// A parameter that only some branch updates keeps its value in others.
  @Test func updatesInBranches() throws {
    func text(_ start: String, _ end: String) -> String {
      """
      program p arena 0 {
        buffer x: f32[32] = parameter 0
        buffer w: f32[32] = parameter 1 result 0
        buffer t: f32[32] = temporary 0
        buffer now: bool[] = constant [false]
        \(map("body", "x", "t"))
        \(start) \(map("update", "t", "w")) \(end)
      }
      """
    }
    try planned(text("", ""), kernels: 2, temporaries: [])
    try planned(text("branch now { case { } case {", "} }"), kernels: 2, temporaries: ["t 0"])
  }
}
