import GradC
import Testing

@Suite struct LiteralTests {
  @Test func literalsAdoptTheOtherDType() throws {
    for dtype in [DType.f32, .f64, .i32, .i64] {
      let f = try trace("shift", .input("x", dtype, [2])) { x in 1 + x * 2 }
      #expect(f.results.map(\.type) == [TensorType(dtype, [2])])
    }
  }

  @Test func literalsFold() throws {
    let f = try trace("folded", .input("x", .f32, [])) { x in
      let half: Tensor = 1 / 2
      let e: Tensor = exp(1)
      return x * (half * 4 - 3 + e)
    }
    // One constant, one product.
    #expect(f.operationCount == 2)
    #expect(abs(try f.evaluate(1).item() - 1.718281828) < 1e-6)
  }

  @Test func integerLiteralsDivideExactly() throws {
    let (third, half): (Tensor, Tensor) = (6 / 2, 1 / 2)
    #expect(third.dtype == .i32 && half.dtype == .f32)
    let f = try trace("half", .input("x", .f64, [])) { x in 1 / 2 * x }
    #expect(try f.evaluate(3).item() == 1.5)
  }

  @Test func swiftNumbersCountAsLiterals() throws {
    let (count, rate, small): (Int, Double, Float) = (3, 0.5, 0.25)
    let f = try trace("mixed", .input("x", .f64, [])) { x in count * x - x * rate + small / x - (x + count) }
    #expect(try f.evaluate(2).item() == 0.125)
    #expect(try (Tensor([1, 2, 3]) .> 1.5).array().array(of: Bool.self) == [false, true, true])
  }

  @Test func booleans() throws {
    let f = try trace("mask", .input("x", .f32, [3])) { x in select((x .> 0) .& true, x, 0) }
    #expect(try f.evaluate(Tensor([-1, 0, 2])).doubles() == [0, 0, 2])
    let (yes, no): (Tensor, Tensor) = (.!false, 1 .> 2)
    #expect(try yes.item() == 1)
    #expect(try no.item() == 0)
  }

  @Test func comparisonsOfLiteralsAndOverflowFold() throws {
    let big: Tensor = 9_223_372_036_854_775_807
    #expect(try (big + 1).item() == 0x1p63)
    #expect((Tensor(3) .< 4).dtype == .bool)
    let zero: Tensor = 1 / 0
    #expect(try zero.item() == .infinity)
    let remainder: Tensor = 1 % 0
    #expect(try remainder.item().isNaN)
  }

  @Test func literalsThatDoNotFit() {
    expectFault(
      "*: 0.5 is no i32, the dtype of the other operand; convert that with cast(to: .f32)"
    ) { _, i in i * 0.5 }
    expectFault("+: integer literal 5000000000 does not fit i32") { _, i in i + 5_000_000_000 }
    expectFault(
      "+: boolean literal true next to a tensor of f32; use select(_:_:_:) or cast(to:)"
    ) { x, _ in x + true }
    expectFault(".&: integer literal 1 next to a bool tensor; write true or false") { x, _ in (x .> 0) .& 1 }
  }
}
