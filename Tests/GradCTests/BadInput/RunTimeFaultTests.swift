import GradC
import Testing

/// Values that would trap in C, and arguments that do not fit, when compiled code is called.
@Suite struct RunTimeFaultTests {
  private func integers(_ values: [Int64], _ dtype: DType) throws -> Tensor {
    Tensor(try NDArray(values).cast(to: dtype))
  }

  @Test(arguments: [DType.i32, .i64]) func integerDivision(_ dtype: DType) throws {
    let least = dtype == .i32 ? Int64(Int32.min) : Int64.min
    let a = try integers([7, -7, 0, least, least, least, 7, -7], dtype)
    let b = try integers([0, 0, 0, 0, -1, 1, -2, 2], dtype)
    let f = try trace("f", .input("a", dtype, [8]), .input("b", dtype, [8]), .input("s", dtype)) { a, b, s in
      [a / b, a % b, a / s, a % s, s / b, -a, abs(a), a * a, a - b]
    }
    for s in [Int64(0), -1, 3] {
      let s = Tensor(try NDArray([s], shape: []).cast(to: dtype))
      let (found, expected) = (try f.compile()(a, b, s), try f.evaluate(a, b, s))
      for (x, y) in zip(found, expected) { #expect(try x.array() == y.array()) }
    }
    let constant = try trace("g", .input("a", dtype, [8])) { a in [a / 0, a % 0, a / -1, a % -1] }
    for (x, y) in zip(try constant.compile()(a), try constant.evaluate(a)) { #expect(try x.array() == y.array()) }
  }

  @Test func indicesOutOfRange() throws {
    let wide = try integers([-1, 0, 2, 3, 1000, .max, .min, Int64(Int32.max) + 1, -5], .i64)
    let narrow = try integers([-1, 0, 2, 3, 1000, Int64(Int32.max), Int64(Int32.min), 7, -5], .i32)
    let x = Tensor([10, 20, 30, 40, 50, 60], shape: [3, 2], dtype: .f64)
    for indices in [wide, narrow] {
      let f = try trace("f", .input("x", .f64, [3, 2]), .input("i", indices.dtype, [9])) { x, i in
        let picked = x.take(i)
        return [
          picked, x.take(i, axis: 1), gradient(of: (picked * picked).sum(), wrt: x), x.scatterAdding(picked, at: i),
          oneHot(i, count: 4, dtype: .f64),
        ]
      }
      let (found, expected) = (try f.compile()(x, indices), try f.evaluate(x, indices))
      for (a, b) in zip(found, expected) { #expect(try a.array() == b.array()) }
      // Indices are clamped.
      #expect(try found[0].doubles()[..<8] == [10, 20, 10, 20, 50, 60, 50, 60])
    }
  }

  @Test func conversionsOutOfRange() throws {
    let values: [Double] = [
      .nan, .infinity, -.infinity, 1e300, -1e300, 2_147_483_648, -2_147_483_649, 0.9, -0.9, 9.3e18,
    ]
    let f = try trace("f", .input("x", .f64, [10]), .input("y", .f32, [10])) { x, y in
      [x.cast(to: .i32), x.cast(to: .i64), x.cast(to: .bool), y.cast(to: .i32), y.cast(to: .i64), x.cast(to: .f32)]
    }
    let (x, y) = (Tensor(values, dtype: .f64), Tensor(values))
    for (a, b) in zip(try f.compile()(x, y), try f.evaluate(x, y)) {
      #expect(try a.array().isClose(to: b.array(), relative: 0, absolute: 0, equalNaN: true), "\(a) \(b)")
    }
  }

  @Test func argumentsOfAnotherForm() throws {
    let f = try trace("f", ["a": .input("a", .f64, [2]), "b": .input("b", .f64, [2])], [Tensor.input("c", .f64)]) {
      d, c in
      (d["a"] ?? 0) * (c.first ?? 0) - (d["b"] ?? 0)
    }
    let compiled = try f.compile()
    let (v, s) = (ones([2], .f64), ones([], .f64))
    #expect(try compiled(["b": v * 3, "a": v], [s]).doubles() == [-2, -2])
    for arguments: ([String: Tensor], [Tensor]) in [
      ([:], []), (["a": v], [s]), (["a": v, "b": v], []), (["a": v, "b": v], [s, s]), (["a": v, "b": v, "c": v], [s]),
      (["a": v, "b": s], [s]), (["a": v, "b": ones([2])], [s]), (["a": v, "b": ones([2, 1], .f64)], [s]),
      (["a": v, "b": v + ones([3], .f64)], [s]), (["a": v, "b": .input("b", .f64, [2])], [s]), (["a": v, "b": 1], [s]),
      (["a": v, "c": v], [s]),
    ] {
      #expect(throws: Diagnostics.self, "\(arguments)") { try compiled(arguments.0, arguments.1) }
      #expect(throws: Diagnostics.self, "\(arguments)") { try f.evaluate(arguments.0, arguments.1) }
      #expect(f(arguments.0, arguments.1).isPoisoned, "\(arguments)")
    }
  }

  @Test func tensorsOfTracesAreNoArguments() throws {
    let compiled = try trace("f", .input("x", .f64)) { x in x + 1 }.compile()
    var leaked: Tensor = 0
    let found = diagnostics {
      _ = try trace("g", .input("x", .f64)) { x in
        leaked = x
        return try compiled(x)
      }
    }
    #expect(found.count == 1 && found[0].message.contains("trace 'g'"), "\(found)")
    #expect(throws: Diagnostics.self) { try compiled(leaked) }
    #expect(gradient(of: leaked, wrt: leaked).isPoisoned)
  }
}
