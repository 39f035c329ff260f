import Basics
import KernelIR
import TensorIR
import TensorOps
import Testing

/// The reference arithmetic at the edges of its dtypes.
@Suite struct ElementwiseReferenceTests {
  private func floating(_ op: ScalarOp, _ operands: [Double]..., dtype: DType = .f64) -> [Double] {
    let tensors = operands.map { ReferenceTensor(floating: $0, type: TensorType(dtype, [$0.count])) }
    return ReferenceTensor.elementwise(op, tensors).doubles
  }

  private func integer(_ op: ScalarOp, _ operands: [Int64]..., dtype: DType = .i64) -> [Int64] {
    let tensors = operands.map { ReferenceTensor(integer: $0, type: TensorType(dtype, [$0.count])) }
    return ReferenceTensor.elementwise(op, tensors).integers
  }

  private func bits(_ values: [Double]) -> [UInt64] { values.map(\.bitPattern) }

  @Test func maximumAndMinimumKeepNaNAndPreferTheSecondOnTies() {
    #expect(floating(.max, [.nan, 1, 3], [1, .nan, 2]).map(\.isNaN) == [true, true, false])
    #expect(floating(.min, [.nan, 1, 3], [1, .nan, 2]).map(\.isNaN) == [true, true, false])
    #expect(bits(floating(.max, [0, -0.0], [-0.0, 0])) == bits([-0.0, 0]))
    #expect(bits(floating(.min, [0, -0.0], [-0.0, 0])) == bits([-0.0, 0]))
  }

  @Test func signKeepsZerosAndNaN() {
    let signs = floating(.sign, [-0.0, 0, -3, .infinity, .nan])
    #expect(bits(Array(signs.prefix(4))) == bits([-0.0, 0, -1, 1]))
    #expect(signs[4].isNaN)
  }

  @Test func roundingGoesToEven() {
    #expect(floating(.round, [0.5, 1.5, 2.5, -0.5, -1.5, 0.49]) == [0, 2, 2, 0, -2, 0])
    #expect(floating(.trunc, [1.7, -1.7]) == [1, -1])
    #expect(floating(.floor, [1.7, -1.2]) == [1, -2])
    #expect(floating(.ceil, [1.2, -1.7]) == [2, -1])
  }

  @Test func remainderHasTheSignOfTheDividend() {
    #expect(floating(.rem, [5.5, -5.5, 5.5], [2, 2, -2]) == [1.5, -1.5, 1.5])
    #expect(floating(.rem, [1], [0])[0].isNaN)
  }

  @Test func integersWrapAtTheirWidth() {
    #expect(integer(.add, [Int64(Int32.max)], [1], dtype: .i32) == [Int64(Int32.min)])
    #expect(integer(.mul, [.max], [2]) == [-2])
    #expect(integer(.neg, [.min]) == [.min])
    #expect(integer(.abs, [.min, -7]) == [.min, 7])
    #expect(integer(.abs, [Int64(Int32.min)], dtype: .i32) == [Int64(Int32.min)])
  }

  @Test func integerDivisionIsTotal() {
    #expect(integer(.div, [7, -7, 5, .min], [2, 2, 0, -1]) == [3, -3, 0, .min])
    #expect(integer(.rem, [7, -7, 5, .min], [2, 2, 0, -1]) == [1, -1, 5, 0])
    #expect(integer(.div, [Int64(Int32.min)], [-1], dtype: .i32) == [Int64(Int32.min)])
    #expect(integer(.rem, [Int64(Int32.min)], [-1], dtype: .i32) == [0])
  }

  @Test func logicIsOfTruthValuesOrBits() {
    #expect(integer(.not, [0, 1], dtype: .bool) == [1, 0])
    #expect(integer(.not, [0, 1], dtype: .i32) == [-1, -2])
    #expect(integer(.xor, [0, 1, 1], [1, 1, 0], dtype: .bool) == [1, 0, 1])
    #expect(integer(.and, [12], [10]) == [8])
    #expect(integer(.or, [12], [10]) == [14])
  }

  @Test func comparisonsWithNaNAreFalse() {
    for op in [ScalarOp.eq, .lt, .le, .gt, .ge] { #expect(floating(op, [.nan, 1], [1, .nan]) == [0, 0], "\(op)") }
    #expect(floating(.ne, [.nan, 1], [.nan, 1]) == [1, 0])
    // 2⁵³ + 1 and 2⁵³ are one double, but two integers.
    #expect(integer(.eq, [1 << 53 + 1], [1 << 53]) == [0])
  }

  @Test func singlePrecisionIsRoundedOnce() {
    let a = Double(Float(1.1)), b = Double(Float(3.3)), c = Double(Float(-3.63))
    #expect(floating(.mul, [a], [b], dtype: .f32) == [Double(Float(a) * Float(b))])
    #expect(floating(.div, [a], [b], dtype: .f32) == [Double(Float(a) / Float(b))])
    #expect(floating(.sqrt, [a], dtype: .f32) == [Double(Float(a).squareRoot())])
    #expect(floating(.fma, [a], [b], [c], dtype: .f32) == [Double(Float(c).addingProduct(Float(a), Float(b)))])
    #expect(floating(.mul, [1e30], [1e30], dtype: .f32) == [.infinity])
  }

  @Test func logisticDoesNotOverflow() {
    #expect(floating(.logistic, [-1000, 0, 1000]) == [0, 0.5, 1])
  }

  @Test func castsSaturateTruncateAndWrap() throws {
    func cast(_ tensor: ReferenceTensor, _ dtype: DType) throws -> [Int64] {
      try Cast(to: dtype).reference([tensor])[0].integers
    }
    let wild = ReferenceTensor([.nan, .infinity, -1e300, -1.9, 1.9], [5])
    #expect(try cast(wild, .i32) == [0, Int64(Int32.max), Int64(Int32.min), -1, 1])
    #expect(try cast(wild, .bool) == [1, 1, 1, 1, 1])
    let wide = ReferenceTensor(integer: [1 << 32 + 5, -1], type: TensorType(.i64, [2]))
    #expect(try cast(wide, .i32) == [5, -1])
  }
}
