import Basics
import KernelIR
import Testing

@Suite struct VerifierTests {
  private func numbers(_ text: String) throws -> [String] {
    let program = try Program(parsing: text)
    do {
      try program.verify()
      return []
    } catch {
      return error.all.map { String($0.message.prefix { $0 != ":" }.split(separator: " ").last ?? "") }
    }
  }

  /// Statements of a kernel with axes i0 = 4, i1 = 8, i2 = 0 break just this invariant.
  @Test(arguments: [
    (5, "loop i3 { }"),
    (5, "loop i0 { loop i0 { } }"),
    (6, "tile i0 { tile i1 { } }"),
    (8, "%0: f32 = exp %1 %1: f32 = constant 1.0"),
    (8, "loop i0 { %0: f32 = constant 1.0 } %1: f32 = exp %0"),
    (9, "%0: i32 = load x[0]"),
    (9, "%0: f32 = constant i32 1"),
    (9, "%0: f32 = load x[0] %1: i32 = load k[0] %2: f32 = add %0, %1"),
    (9, "%0: i32 = load k[0] %1: i32 = exp %0"),
    (9, "%0: f32 = load x[0] %1: f32 = lt %0, %0"),
    (9, "%0: f32 = load x[0] %1: f32 = select %0, %0, %0"),
    (9, "%0: f32 = load x[0] %1: f32 = gather x[0], %0, stride 1, limit 4"),
    (9, "%0: i32 = load k[0] store y[0], %0"),
    (10, "%0: tile f32 = load x[0]"),
    (10, "tile i0 { %0: f32 = load x[i0] }"),
    (10, "tile i0 { %0: tile f32 = load x[i0] %1: f32 = exp %0 }"),
    (10, "tile i0 { %0: f32 = index i0 }"),
    (11, "%0: accumulator f32 = and"),
    (11, "%0: accumulator bool = add"),
    (11, "%0: accumulator f32 = add %1: f32 = exp %0"),
    (11, "%0: f32 = load x[0] accumulate %0, %0"),
    (11, "%0: f32 = load x[0] %1: f32 = finish %0"),
    (12, "%0: accumulator f32 = add %1: f32 = load x[0] accumulate %0, %1 tile i0 { accumulate %0, %1 }"),
    (12, "%0: accumulator f32 = add tile i0 { loop i1 { %1: tile f32 = load x[i0] accumulate %0, %1 } }"),
    (12, "%0: accumulator f32 = add tile i0 { %1: f32 = finish %0 }"),
    (12, "tile i0 { %0: accumulator f32 = add %1: f32 = finish %0 }"),
    (13, "%0: f32 = load x[i0]"),
    (13, "loop i0 { } %0: f32 = load x[i0]"),
    (14, "%0: f32 = load x[32]"),
    (14, "%0: f32 = load x[-1]"),
    (14, "loop i0 { loop i1 { %0: f32 = load x[8*i0 + i1 + 1] } }"),
    (14, "loop i0 { %0: f32 = load x[9223372036854775807*i0] }"),
    (14, "%0: i32 = load k[0] %1: f32 = gather x[0], %0, stride 8, limit 5"),
    (14, "%0: i32 = load k[0] %1: f32 = gather x[0], %0, stride 8, limit 0"),
    (15, "%0: f32 = load x[0] store x[0], %0"),
    (16, "tile i0 { %0: tile f32 = load x[i0] store y[0], %0 }"),
    (17, "%0: i32 = load k[0] %1: bool = constant true scatter add b[0], %0, stride 1, limit 1, %1"),
    (17, "%0: i32 = load k[0] %1: f32 = load x[0] tile i0 { loop i1 { scatter add y[0], %0, stride 1, limit 1, %1 } }"),
  ])
  func statements(_ invariant: Int, _ body: String) throws {
    #expect(try numbers(wrapped(body)) == ["\(invariant)"])
  }

  @Test(arguments: [
    "loop i2 { loop i0 { %0: f32 = load x[1000*i0] } }",
    "%0: accumulator f32 = add loop i0 { %1: f32 = load x[i0] accumulate %0, %1 %2: f32 = finish %0 store y[i0], %2 }",
    "tile i0 { %0: tile f32 = constant 2.0 %1: tile f32 = load x[3] store y[i0], %1 store y[i0], %0 }",
    "%0: accumulator f32 = add loop i1 { tile i0 { %1: tile f32 = load x[i0] accumulate %0, %1 } }",
  ])
  func validStatements(_ body: String) throws { #expect(try numbers(wrapped(body)) == []) }

  private func wrapped(_ body: String) -> String {
    """
    program p arena 0 {
      buffer x: f32[4,8] = parameter 0
      buffer k: i32[4] = parameter 1
      buffer y: f32[8] = result 0
      buffer b: bool[8] = result 1
      kernel k { axis i0 = 4 axis i1 = 8 axis i2 = 0
        \(body)
      }
    }
    """
  }

  @Test(arguments: [
    (1, "buffer x: f32[1] = parameter 1"),
    (1, "buffer x: f32[1] = result 0 buffer y: f32[1] = result 0"),
    (2, "buffer x: f32[1000000,1000000,1000] = parameter 0"),
    (3, "buffer x: f32[2] = constant [1.0]"),
    (4, "buffer x: f32[2] = temporary 8"),
    (4, "buffer x: f32[17] = temporary 192"),
    (4, "buffer x: f32[1] = temporary 256"),
    (4, "buffer x: f32[1] = temporary -64"),
  ])
  func buffers(_ invariant: Int, _ buffers: String) throws {
    #expect(try numbers("program p arena 256 { \(buffers) }") == ["\(invariant)"])
  }

  @Test(arguments: [
    ("c = c[0] rows 3 slices 0", "a = a[0] rows 4 slices 0", "b = b[0] rows 3 slices 0"),
    ("c = c[0] rows 2 slices 0", "a = a[0] rows 4 slices 0", "b = b[0] rows 3 slices 0"),
    ("c = c[1] rows 3 slices 0", "a = a[0] rows 4 slices 0", "b = b[0] rows 3 slices 0"),
    ("c = c[0] rows 3 slices 0 transposed", "a = a[0] rows 4 slices 0", "b = b[0] rows 3 slices 0"),
    ("c = c[0] rows 3 slices 0", "a = a[-1] rows 4 slices 0", "b = b[0] rows 3 slices 0"),
    ("c = c[0] rows 3 slices 0", "a = a[0] rows 4 slices 0", "b = b[0] rows 3 slices 0 transposed"),
    ("c = a[0] rows 3 slices 0", "a = a[0] rows 4 slices 0", "b = b[0] rows 3 slices 0"),
    ("c = c[0] rows 3 slices 0", "a = a[0] rows 4 slices 0", "b = c[0] rows 3 slices 0"),
    ("c = c[0] rows 3 slices 0", "a = a[0] rows 4 slices 0", "b = d[0] rows 3 slices 0"),
    ("c = c[0] rows 9223372036854775807 slices 0", "a = a[0] rows 4 slices 0", "b = b[0] rows 3 slices 0"),
  ])
  func products(_ c: String, _ a: String, _ b: String) throws {
    // The first is valid.
    let expected = c + a + b == "c = c[0] rows 3 slices 0a = a[0] rows 4 slices 0b = b[0] rows 3 slices 0" ? [] : ["18"]
    let text = """
      program p arena 0 {
        buffer a: f32[2,4] = parameter 0 buffer b: f32[4,3] = parameter 1 buffer d: f64[4,3] = parameter 2
        buffer c: f32[2,3] = result 0
        gemm f32 m 2 n 3 k 4 batch 1 { \(c) \(a) \(b) }
      }
      """
    #expect(Set(try numbers(text)) == Set(expected))
  }

  @Test(arguments: [
    ("f32", "by rows", "rows 4", "rows 3", true), ("f32", "by rows", "rows 2 transposed", "rows 4 transposed", true),
    ("f32", "by lanes", "rows 4", "rows 4 transposed", true), ("f32", "by lanes", "rows 4", "rows 3", false),
    ("f32", "by lanes", "rows 2 transposed", "rows 4 transposed", false), ("i32", "by rows", "rows 4", "rows 3", false),
  ])
  func ordersOfProducts(_ dtype: String, _ order: String, _ a: String, _ b: String, _ isValid: Bool) throws {
    func matrix(_ name: String, _ rows: String) -> String {
      let words = rows.split(separator: " ", maxSplits: 2)
      return "\(name)[0] rows \(words[1]) slices 0 \(words.count > 2 ? words[2] : "")"
    }
    let text = """
      program p arena 0 {
        buffer a: \(dtype)[8] = parameter 0 buffer b: \(dtype)[12] = parameter 1 buffer c: \(dtype)[6] = result 0
        gemm \(dtype) m 2 n 3 k 4 batch 1 \(order) {
          c = c[0] rows 3 slices 0 a = \(matrix("a", a)) b = \(matrix("b", b))
        }
      }
      """
    #expect(try numbers(text) == (isValid ? [] : ["18"]))
  }

  @Test func anglesAreFloating() throws {
    #expect(Set(try numbers(wrapped("%0: i32 = load k[0] %1, %2: i32 = sincos %0"))) == ["9"])
  }

  @Test func copiesOfProductsAreSmall() throws {
    func text(_ n: Int) -> String {
      """
      program p arena 0 {
        buffer a: f32[128] = parameter 0 buffer b: f32[\(128 * n)] = parameter 1 buffer c: f32[\(n)] = result 0
        gemm f32 m 1 n \(n) k 128 batch 1 by rows {
          c = c[0] rows \(n) slices 0 a = a[0] rows 128 slices 0 b = b[0] rows 128 slices 0 transposed
        }
      }
      """
    }
    #expect(try numbers(text(8)) == [])
    #expect(try numbers(text(9)) == ["18"])
  }

  @Test func sharedMemoryOfProducts() throws {
    let text = """
      program p arena 128 {
        buffer a: f32[4,4] = temporary 0 buffer b: f32[4,4] = temporary 64 buffer c: f32[2,4] = temporary 64
        gemm f32 m 2 n 4 k 4 batch 1 {
          c = c[0] rows 4 slices 0 a = a[0] rows 4 slices 0 b = b[0] rows 4 slices 0
        }
      }
      """
    #expect(try numbers(text) == ["18"])
  }

  @Test func definitionsAreUnique() {
    let info = ValueInfo(.f32, .uniform)
    let one = Statement.constant(ValueID(0), Scalar(1.0, as: .f32))
    func verify(_ values: [ValueInfo], _ body: [Statement]) -> String {
      let kernel = Kernel(name: "k", origins: [], axes: [], values: values, body: body)
      let program = Program(name: "p", buffers: [], steps: [.kernel(kernel)], arenaByteCount: 0)
      do {
        try program.verify()
        return ""
      } catch {
        return error.all[0].message
      }
    }
    #expect(verify([info], [one]) == "")
    #expect(verify([info], [one, one]).contains("invariant 7"))
    #expect(verify([info, info], [one]).contains("invariant 7"))
    #expect(verify([], [one]).contains("invariant 7"))
    let twoOperands = Statement.compute(ValueID(1), .exp, ValueID(0), ValueID(0), .none)
    #expect(verify([info, info], [one, twoOperands]).contains("invariant 8"))
    let wildOperand = Statement.compute(ValueID(1), .exp, ValueID(-7), .none, .none)
    #expect(verify([info, info], [one, wildOperand]).contains("invariant 8"))
  }

  @Test func failuresAreLimited() throws {
    let body = (0..<100).map { "%\($0): i32 = load x[99]" }.joined(separator: " ")
    #expect(try numbers(wrapped(body)).count <= 40)
  }
}
