import GradC
import Testing

/// What goes wrong in a trace, with the line on which it does: x is f32[4,3], i is i32[4].
@Suite struct FaultTests {
  @Test func shapesAndDTypes() {
    expectFault("+: shapes [4,3] and [4] do not broadcast: extents 3 and 4 at axis -1 differ and neither is 1") { x, i in x + i.cast(to: .f32) }
    expectFault("*: operands have dtypes f32 and i32 (f32[4,3] and i32[4]); convert one with cast(to: .f32)") { x, i in x * i }
    expectFault("exp: needs a floating dtype, not i32[4]; convert it with cast(to: .f32)") { _, i in exp(i) }
    expectFault("-: is for numbers, not bool[4]; convert it with cast(to: .f32)") { _, i in -(i .> 0) }
    expectFault(".&: is for bool and integers, not f32[4,3]") { x, _ in x .& x }
    expectFault("mean: needs a floating dtype, not i32[4]; convert it with cast(to: .f32)") { _, i in i.mean() }
    expectFault("sum: is for numbers, not bool[4]") { _, i in (i .> 0).sum() }
    expectFault("all: is for bool, not i32[4]") { _, i in i.all() }
    expectFault("softmax: needs a floating dtype, not i32[4]; convert it with cast(to: .f32)") { _, i in softmax(i) }
  }

  @Test func axes() {
    expectFault("sum: axis 2 of f32[4,3] is outside -2...1") { x, _ in x.sum(axes: [2]) }
    expectFault("max: axis 1 of f32[4,3] is named twice in [1, -1]") { x, _ in x.max(axes: [1, -1]) }
    expectFault("sum: f32[] is a scalar and has no axis 0") { x, _ in x.sum().sum(axes: [0]) }
    expectFault("transposed: [0, 0] is no permutation of the 2 axes of f32[4,3]") { x, _ in x.transposed([0, 0]) }
    expectFault("expandingAxis: axis 4 of the result is outside -3...2") { x, _ in x.expandingAxis(4) }
    expectFault("squeezed: axis 0 of f32[4,3] has extent 4, not 1") { x, _ in x.squeezed(axes: [0]) }
    expectFault("axis 2 of shape [4,3] does not exist: it has 2 axes") { x, _ in x * Tensor(x.shape[2]) }
  }

  @Test func views() {
    expectFault("reshaped: f32[4,3] has 12 elements, shape [5] has 5") { x, _ in x.reshaped(to: [5]) }
    expectFault("reshaped: shape [-1,-1] leaves more than one extent open") { x, _ in x.reshaped(to: [-1, -1]) }
    expectFault("reshaped: 12 elements of f32[4,3] do not fill shape [-1,5]") { x, _ in x.reshaped(to: [-1, 5]) }
    expectFault("reshaped: extent 0 of shape [-2,-6] is negative") { x, _ in x.reshaped(to: [-2, -6]) }
    expectFault("broadcast: f32[4,3] does not broadcast to shape [3]") { x, _ in x.broadcast(to: [3]) }
    expectFault("slice: position 5 is outside axis 0 of f32[4,3]") { x, _ in x.slice(axis: 0, from: 5) }
    expectFault("slice: axis 0 of f32[4,3] is cut from 3 to 1, which is before it") { x, _ in x.slice(axis: 0, from: 3, to: 1) }
    expectFault("slice: step 0 is not positive; turn the axis with reversed(axes:)") { x, _ in x.slice(axis: 0, by: 0) }
    expectFault("subscript: position 4 is outside axis 0 of f32[4,3]") { x, _ in x[4] }
    expectFault("subscript: more indices than f32[4,3] has axes") { x, _ in x[0, 0, 0] }
    expectFault("split: extents [1, 1] do not add up to axis 0 of f32[4,3]") { x, _ in x.split([1, 1])[1] }
    expectFault("padded: -1 and 0 elements of padding; use slice(axis:from:to:by:) to cut") { x, _ in x.padded(axis: 0, before: -1) }
    expectFault("concat: f32[4,3] and f32[4,1] differ in more than axis 0") { x, _ in concat([x, x[.all, ..<1]]) }
    expectFault("stack: f32[4,3] and f32[3] have different shapes") { x, _ in stack([x, x[0]]) }
    expectFault("concat: no tensors") { _, _ in concat([]) }
  }

  @Test func products() {
    expectFault("matmul: f32[4,3] and f32[4,3]: the last axis of the left operand (3) and the last axis but one of the right (4) must agree") { x, _ in matmul(x, x) }
    expectFault("matmul: f32[4,3] and f32[]: a scalar is no matrix; use *") { x, _ in matmul(x, x.sum()) }
    expectFault("contracted: axis 0 of f32[4,3] and axis 1 of f32[4,3] have different extents") { x, _ in x.contracted(with: x, over: [(0, 1)]) }
  }

  @Test func indices() {
    expectFault("take: indices must be i32 or i64, not f32[4,3]") { x, _ in x.take(x) }
    expectFault("oneHot: indices must be i32 or i64, not f32[4,3]") { x, _ in oneHot(x, count: 3) }
    expectFault("oneHot: extent 1 of shape [4,-1] is negative") { _, i in oneHot(i, count: -1) }
    expectFault("select: the condition must be bool, not i32[4]; compare it first, as in x .!= 0") { _, i in select(i, i, i) }
    expectFault("argMax: axis 0 of f32[0,3] has no elements") { x, _ in x[..<0].argMax(axis: 0) }
    expectFault("scatterAdding: updates of f32[4,3] do not broadcast to shape [4,1]") { x, i in x[.all, ..<1].scatterAdding(x, at: i) }
  }

  @Test func creation() {
    expectFault("full: extent 0 of shape [-1] is negative") { _, _ in zeros([-1]) }
    expectFault("full: shape [4611686018427387904,4] has more elements than memory can hold") { _, _ in ones([1 << 62, 4]) }
    expectFault("iota: is for numbers, not bool") { _, _ in arange(3, .bool) }
  }

  @Test func derivatives() {
    expectFault("gradient: of f32[4,3], which is no floating scalar; sum() or mean() it first") { x, _ in gradient(of: x, wrt: x) }
    expectFault("gradient: a tensor of type i32[4] has no derivative") { x, i in gradient(of: x.sum(), wrt: i) }
    expectFault("gradient: with respect to 3, which is constant; pass it to trace(_:_:body:) and use the closure's parameter") { x, _ in gradient(of: x.sum(), wrt: Tensor(3)) }
    expectFault("jvp: a tangent or cotangent is f32[3], not f32[4,3]") { x, _ in jvp(of: exp(x), wrt: x, tangents: x[0]) }
  }

  @Test func allFaultsAreReportedAndFollowUpsAreNot() {
    let found = diagnostics {
      _ = try trace("several", .input("x", .f32, [4]), .input("y", .f32, [5])) { x, y in
        let bad = x + y
        let worse = exp(bad).sum(axes: [3]) * 2
        return [worse, x.sum(axes: [9]), bad.reshaped(to: [bad.shape[1], bad.shape[0]])]
      }
    }
    #expect(found.map(\.message).count == 2)
    #expect(found.map { $0.location?.line } == [#line - 6, #line - 4])
  }

  @Test func loopsReportEachFaultOnce() {
    let found = diagnostics {
      _ = try trace("loop", .input("x", .f32, [4])) { x in
        var y = x
        for _ in 0..<5 { y = y + x.sum(axes: [1]) }
        return y
      }
    }
    #expect(found.count == 1)
  }

  @Test func theClosuresOwnErrors() {
    struct Stop: Error {}
    func stop() throws -> Tensor { throw Stop() }
    #expect(throws: Stop.self) { _ = try trace("stops", .input("x", .f32, [4])) { _ in try stop() } }
    #expect(throws: Diagnostics.self) {
      _ = try trace("stops", .input("x", .f32, [4])) { x in
        let bad = x.sum(axes: [1])
        return try bad + stop()
      }
    }
  }
}
