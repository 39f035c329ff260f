import Basics
import TensorIR
import TensorOps
import TestSupport
import Testing
import Transforms

/// Cotangents of slices are put side by side where they do not overlap.
@Suite struct CotangentWindowTests {
  private let gradient: (Function) throws -> Function = { try $0.grad(wrt: [0]) }

  @Test func elementsBecomeOneTensor() {
    let text = """
      func @f(%x: f64[4]) -> (y: f64[]) {
        %1 = slice %x {starts = [3], limits = [4], strides = [1]}
        %2 = slice %x {starts = [0], limits = [2], strides = [1]}
        %3 = reduce_sum %1 {axes = [0]}
        %4 = reduce_sum %2 {axes = [0]}
        %5 = mul %3, %4
        return %5
      }
      // CHECK: func @f_grad
      // CHECK-NOT: pad
      // CHECK: constant {value = f64[] splat<0.0>}
      // CHECK-NEXT: %[[GAP:[0-9]+]] = broadcast %{{[0-9]+}} {shape = [1]
      // CHECK: %[[ALL:[0-9]+]] = concat %{{[0-9]+}}, %[[GAP]], %{{[0-9]+}} {axis = 0, extents = [2, 1, 1], rank = 1}
      // CHECK-NOT: pad
      // CHECK: return %[[ALL]]
      """
    #expect(checkRewrite(text, gradient) == [])
  }

  /// Windows that overlap come in several rows, which are added.
  @Test func overlappingWindowsAreAdded() {
    let text = """
      func @f(%x: f64[2,4]) -> (y: f64[]) {
        %1 = slice %x {starts = [0, 0], limits = [2, 3], strides = [1, 1]}
        %2 = slice %x {starts = [0, 1], limits = [2, 4], strides = [1, 1]}
        %3 = mul %1, %2
        %4 = reduce_sum %3 {axes = [0, 1]}
        return %4
      }
      // CHECK: func @f_grad
      // CHECK: %[[LEFT:[0-9]+]] = pad
      // CHECK: %[[RIGHT:[0-9]+]] = pad
      // CHECK: %[[SUM:[0-9]+]] = add %[[LEFT]], %[[RIGHT]]
      // CHECK: return %[[SUM]]
      """
    #expect(checkRewrite(text, gradient) == [])
  }

  /// Windows along different axes, a strided slice and a use of the whole, against sums written by hand.
  @Test func mixedWindowsSum() throws {
    let text = """
      func @f(%x: f64[3,3]) -> (y: f64[]) {
        %1 = slice %x {starts = [1, 0], limits = [2, 3], strides = [1, 1]}
        %2 = slice %x {starts = [0, 2], limits = [3, 3], strides = [1, 1]}
        %3 = slice %x {starts = [0, 0], limits = [3, 3], strides = [2, 2]}
        %4 = slice %x {starts = [2, 0], limits = [3, 3], strides = [1, 1]}
        %5 = reduce_sum %1 {axes = [0, 1]}
        %6 = reduce_sum %2 {axes = [0, 1]}
        %7 = reduce_sum %3 {axes = [0, 1]}
        %8 = reduce_sum %4 {axes = [0, 1]}
        %9 = reduce_sum %x {axes = [0, 1]}
        %10 = add %5, %6
        %11 = add %10, %7
        %12 = add %11, %8
        %13 = add %12, %9
        return %13
      }
      """
    let function = try #require(try Module(parsing: text, ops: OpRegistry.make).functions.first)
    let x = ReferenceTensor(repeating: Scalar(1.0, as: .f64), shape: [3, 3])
    let result = try Interpreter.evaluate(function.grad(wrt: [0]), [x])
    #expect(result[0].doubles == [2, 1, 3, 2, 2, 3, 3, 2, 4])
  }
}
