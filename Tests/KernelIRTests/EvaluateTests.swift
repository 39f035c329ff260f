import Basics
import KernelIR
import Testing

@Suite struct EvaluateTests {
  private func float(_ value: Float) -> Scalar { Scalar(dtype: .f32, bits: UInt64(value.bitPattern)) }
  private func double(_ value: Double) -> Scalar { Scalar(value, as: .f64) }
  private func int(_ value: Int64) -> Scalar { Scalar(value, as: .i32) }
  private func long(_ value: Int64) -> Scalar { Scalar(value, as: .i64) }

  @Test func minimumAndMaximum() {
    let nan = double(.nan)
    // A NaN of either operand comes through; of equal operands the second is taken.
    #expect(ScalarOp.max.evaluate(nan, double(1)) == nan)
    #expect(ScalarOp.max.evaluate(double(1), nan) == nan)
    #expect(ScalarOp.min.evaluate(nan, double(1)) == nan)
    #expect(ScalarOp.max.evaluate(double(0), double(-0.0)) == double(-0.0))
    #expect(ScalarOp.min.evaluate(double(-0.0), double(0)) == double(0))
    #expect(ScalarOp.min.evaluate(long(.min), long(3)) == long(.min))
  }

  @Test func signsAndRounding() {
    #expect(ScalarOp.sign.evaluate(float(-0.0)) == float(-0.0))
    #expect(ScalarOp.sign.evaluate(float(-.infinity)) == float(-1))
    #expect(ScalarOp.sign.evaluate(float(.nan)) == float(.nan))
    #expect(ScalarOp.round.evaluate(double(2.5)) == double(2))
    #expect(ScalarOp.round.evaluate(double(-0.5)) == double(-0.0))
    #expect(ScalarOp.round.evaluate(double(3.5)) == double(4))
    #expect(ScalarOp.neg.evaluate(float(0)) == float(-0.0))
  }

  @Test func integers() {
    let least = Int64(Int32.min)
    #expect(ScalarOp.div.evaluate(int(7), int(0)) == int(0))
    #expect(ScalarOp.div.evaluate(int(least), int(-1)) == int(least))
    #expect(ScalarOp.div.evaluate(int(-7), int(2)) == int(-3))
    #expect(ScalarOp.rem.evaluate(int(7), int(0)) == int(7))
    #expect(ScalarOp.rem.evaluate(int(least), int(-1)) == int(0))
    #expect(ScalarOp.rem.evaluate(int(-7), int(2)) == int(-1))
    #expect(ScalarOp.abs.evaluate(long(.min)) == long(.min))
    #expect(ScalarOp.mul.evaluate(long(.max), long(2)) == long(-2))
    #expect(ScalarOp.add.evaluate(int(Int64(Int32.max)), int(1)) == int(least))
    #expect(ScalarOp.not.evaluate(int(5)) == int(-6))
  }

  @Test func floating() {
    // 2²⁴ + 1 is not a float; the sum is rounded, the fma not before its sum.
    #expect(ScalarOp.add.evaluate(float(0x1p24), float(1)) == float(0x1p24))
    let x = float(1 + 0x1p-12)
    #expect(ScalarOp.fma.evaluate(x, x, float(-1)) == float(0x1.0008p-11))
    #expect(ScalarOp.sub.evaluate(ScalarOp.mul.evaluate(x, x), float(1)) == float(0x1p-11))
    #expect(ScalarOp.rem.evaluate(double(-7.5), double(2)) == double(-1.5))
    #expect(ScalarOp.logistic.evaluate(double(0)) == double(0.5))
    #expect(ScalarOp.logistic.evaluate(double(-1000)) == double(0))
    #expect(ScalarOp.rsqrt.evaluate(float(0)) == float(.infinity))
    #expect(ScalarOp.exp.evaluate(float(1)) == float(2.7182817))
    #expect(ScalarOp.lgamma.evaluate(double(0.5)).doubleValue == 0.5723649429247001)
  }

  @Test func comparisonsAndSelection() {
    let nan = float(.nan)
    for op in [ScalarOp.lt, .le, .gt, .ge, .eq] { #expect(op.evaluate(nan, nan).bits == 0) }
    #expect(ScalarOp.ne.evaluate(nan, nan).bits == 1)
    #expect(ScalarOp.eq.evaluate(float(0), float(-0.0)).bits == 1)
    #expect(ScalarOp.select.evaluate(Scalar(dtype: .bool, bits: 1), nan, float(2)) == nan)
  }

  @Test func conversions() {
    #expect(double(.nan).converted(to: .i32) == int(0))
    #expect(double(1e10).converted(to: .i32) == int(Int64(Int32.max)))
    #expect(double(-1e30).converted(to: .i64) == long(.min))
    #expect(double(-1.9).converted(to: .i32) == int(-1))
    #expect(long(0x1_0000_0005).converted(to: .i32) == int(5))
    #expect(double(.nan).converted(to: .bool).bits == 1)
    #expect(double(-0.0).converted(to: .bool).bits == 0)
    #expect(double(1e300).converted(to: .f32) == float(.infinity))
  }
}
