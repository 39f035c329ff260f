import GradC
import Testing

@Suite struct TracingTests {
  @Test func operationsBecomeInstructions() throws {
    let f = try trace("affine", .input("w", .f32, [3]), .input("x", .f32, [3])) { w, x in exp(w * x) - 2 }
    #expect(
      f.description == """
        func @affine(%w: f32[3], %x: f32[3]) -> (result: f32[3]) {
          %2 = mul %w, %x : f32[3]
          %3 = exp %2 : f32[3]
          %4 = constant {value = f32[] splat<2.0>} : f32[]
          %5 = broadcast %4 {shape = [3], axes = []} : f32[3]
          %6 = sub %3, %5 : f32[3]
          return %6
        }
        """)
  }

  @Test func equalOperationsAreShared() throws {
    let f = try trace("shared", .input("x", .f64, [2])) { x in sin(x) * sin(x) }
    #expect(f.operationCount == 2)
  }

  @Test func resultsKeepNames() throws {
    let f = try trace("parts", .input("x", .f32, [4])) { x in
      ["sum": x.sum(), "max": x.max()]
    }
    #expect(f.results.map(\.name) == ["max", "sum"])
    #expect(f.results.map(\.type) == [TensorType(.f32, []), TensorType(.f32, [])])
  }

  @Test func parameterNamesAreUnique() throws {
    let f = try trace("twice", .input("x", .f32, []), .input("x", .f32, []), Tensor([1, 2])) { a, b, c in a + b + c }
    #expect(f.parameters.map(\.name) == ["x", "x_2", "input2"])
    #expect(f.parameters[2].type == TensorType(.f32, [2]))
  }

  @Test func everyUnaryFunctionIsRecorded() throws {
    let f = try trace("all", .input("x", .f64, [])) { x in
      [
        sqrt(x), rsqrt(x), cbrt(x), exp(x), exp2(x), expm1(x), log(x), log2(x), log10(x), log1p(x), sin(x), cos(x),
        tan(x), asin(x), acos(x), atan(x), sinh(x), cosh(x), tanh(x), asinh(x), acosh(x), atanh(x), erf(x), erfc(x),
        lgamma(x), gamma(x), sigmoid(x), floor(x), ceil(x), round(x), trunc(x), abs(x), sign(x), -x,
      ]
    }
    #expect(f.operationCount == 34)
  }

  @Test func constantsAreTakenIn() throws {
    let table = Tensor([1, 2, 3])
    let f = try trace("constant", .input("x", .f32, [3])) { x in x * table }
    #expect(try f.evaluate(Tensor([2, 2, 2])).doubles() == [2, 4, 6])
  }

  @Test func resultsThatAreNotComputed() throws {
    let f = try trace("plain", .input("x", .f32, [2])) { x in [x, Tensor([5]), 7, x] }
    let results = try f.evaluate(Tensor([1, 2]))
    #expect(try results.map { try $0.doubles() } == [[1, 2], [5], [7], [1, 2]])
  }

  @Test func functionsAreCalledInsideTraces() throws {
    let inner = try trace("inner", .input("a", .f32, [2]), .input("b", .f32, [])) { a, b in a * b }
    let outer = try trace("outer", .input("x", .f32, [2])) { x in inner(x, 3) + inner(x, 3) }
    #expect(try outer.evaluate(Tensor([1, 2])).doubles() == [6, 12])
    #expect(try inner(Tensor([1, 2]), 4).doubles() == [4, 8])
    #expect(outer.operationCount < 6)
  }

  @Test func locationsReachTheIR() throws {
    let f = try trace("places", .input("x", .f32, [2])) { x in
      exp(x)
    }
    #expect(f.timings[.trace] > .zero)
    #expect(f.name == "places")
  }
}

@Suite struct BroadcastingTests {
  @Test(arguments: [
    ([3], [4, 3], [4, 3]), ([4, 1], [3], [4, 3]), ([], [2, 2], [2, 2]), ([1, 1, 5], [4, 1], [1, 4, 5]),
    ([0], [1], [0]), ([2, 1, 3], [1, 4, 1], [2, 4, 3]), ([1], [0, 3], [0, 3]),
    ([1, 1, 1, 1, 1, 1, 1, 2], [2, 1, 1, 1, 1, 1, 1, 1], [2, 1, 1, 1, 1, 1, 1, 2]),
  ])
  func shapes(_ a: [Int], _ b: [Int], _ expected: [Int]) throws {
    for (left, right) in [(a, b), (b, a)] {
      let f = try trace("sum", .input("a", .f32, left), .input("b", .f32, right)) { a, b in a + b }
      #expect(f.results.map(\.type) == [TensorType(.f32, Shape(expected))])
    }
  }

  @Test func valuesRepeatAlongAxes() throws {
    let column = Tensor([1, 2], shape: [2, 1])
    let row = Tensor([10, 20, 30])
    #expect(try (column + row).doubles() == [11, 21, 31, 12, 22, 32])
    #expect(try column.broadcast(to: [2, 2]).doubles() == [1, 1, 2, 2])
  }

  @Test func gradientsSumOverRepeatedAxes() throws {
    let f = try trace("loss", .input("b", .f64, [2, 1]), .input("x", .f64, [2, 3])) { b, x in (b * x).sum() }
    let g = try f.grad()
    #expect(g.results.map(\.type) == [TensorType(.f64, [2, 1])])
    let x = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3], dtype: .f64)
    #expect(try g.evaluate(Tensor([1, 1], shape: [2, 1], dtype: .f64), x).doubles() == [6, 15])
  }
}
