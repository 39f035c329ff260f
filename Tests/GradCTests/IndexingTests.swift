import GradC
import Testing

/// Picking, scattering and boxes at computed places, as users write them.
@Suite struct IndexingTests {
  private let x = arange(12, .f32).reshaped(to: [3, 4])

  private func check(_ tensor: Tensor, _ shape: [Int], _ elements: [Double]) throws {
    #expect(Array(tensor.shape) == shape)
    #expect(try tensor.doubles() == elements)
  }

  @Test func subscripts() throws {
    let (i, j) = (Tensor(integers: [2, 0]), Tensor(integers: [1, 3]))
    try check(x[i], [2, 4], [8, 9, 10, 11, 0, 1, 2, 3])
    try check(x[i, j], [2], [9, 3])
    try check(x[.all, j], [3, 2], [1, 3, 5, 7, 9, 11])
    try check(x[1, j], [2], [5, 7])
    try check(x[.newAxis, i, 1...2], [1, 2, 2], [9, 10, 1, 2])
    try check(x[i.expandingAxis(1), j], [2, 2], [9, 11, 1, 3])
    try check(x[0], [4], [0, 1, 2, 3])
    let cube = arange(24, .f32).reshaped(to: [2, 3, 4])
    try check(cube[Tensor(integers: [1, 0]), .all, j], [2, 3], [13, 17, 21, 3, 7, 11])
  }

  @Test func outside() throws {
    let i = Tensor(integers: [-1, 3, 1])
    try check(x.take(i)[.all, 0], [3], [0, 8, 4])
    try check(x.take(i, outside: .skip)[.all, 1], [3], [0, 0, 5])
    try check(x.take(i, axis: 1, outside: .skip(-1))[0], [3], [-1, 3, 1])
  }

  @Test func scatters() throws {
    let i = Tensor(integers: [1, 1, 5])
    let (base, updates) = (Tensor([1, 2, 3]), Tensor([4, 5, 6]))
    try check(base.scattering(updates, at: i, by: .add), [3], [1, 11, 9])
    try check(base.scattering(updates, at: i, by: .multiply), [3], [1, 40, 18])
    try check(base.scattering(updates, at: i, by: .max), [3], [1, 5, 6])
    try check(base.scattering(updates, at: i, by: .min), [3], [1, 2, 3])
    try check(base.scattering(updates, at: i, by: .set), [3], [1, 5, 6])
    try check(base.scattering(updates, at: i, by: .set, outside: .skip), [3], [1, 5, 3])
    let pairs = [Tensor(integers: [0, 2]), Tensor(integers: [1, 1])]
    try check(x.scattering(0, at: pairs, axes: [0, 1], by: .set)[.all, 1], [3], [0, 5, 0])
    let order = Tensor(integers: [2, 0, 1, 3]).expandingAxis(0)
    try check(x[0...0].takeAlong(order), [1, 4], [2, 0, 1, 3])
    try check(zeros([1, 4]).scatteringAlong(x[0...0], at: order, by: .set), [1, 4], [1, 2, 0, 3])
    let places = Tensor(integers: [0, 1, 2, 3]).reshaped(to: [2, 2])
    try check(x.gatherND(places), [2], [1, 11])
    try check(zeros([3, 4]).scatteringND(Tensor([7, 8]), at: places, by: .add).sum(axes: [1]), [3], [7, 0, 8])
  }

  @Test func boxes() throws {
    let i = Tensor(integers: [1])[0]
    try check(x.dynamicSlice(starts: [i, 2], sizes: [2, 2]), [2, 2], [6, 7, 10, 11])
    let far = Tensor(integers: [9])[0]
    try check(x.dynamicSlice(starts: [i.cast(to: .i64), far], sizes: [1, 3]), [1, 3], [5, 6, 7])
    try check(x.dynamicUpdate(Tensor([-1, -2], shape: [1, 2]), starts: [i, i])[1], [4], [4, -1, -2, 7])
  }

  @Test func gradients() throws {
    let f = try trace("f", .input("x", .f64, [5]), .input("i", .i32, [4])) { x, i in
      gradient(of: square(x.take(i, outside: .skip)).sum(), wrt: x)
    }
    let g = try f.compile()(Tensor([1, 2, 3, 4, 5], dtype: .f64), Tensor(integers: [1, 1, 7, 4], dtype: .i32))
    try check(g, [5], [0, 8, 0, 0, 10])
  }

  @Test func faults() {
    expectFault("gather: 1 tensors of indices are given for 2 axes") { x, i in x.gather([i], axes: [0, 1]) }
    expectFault("gather: indices must be i32 or i64, not f32[4,3]") { x, _ in x.gather([x], axes: [0]) }
    expectFault("gather: axis 0 of f32[4,3] is named twice in [0, -2]") { x, i in x.gather([i, i], axes: [0, -2]) }
    expectFault("takeAlong: indices of i32[4] differ from f32[4,3] along another axis than 1") { x, i in x.takeAlong(i)
    }
    expectFault("scattering: updates of f32[4,1] do not broadcast to shape [4]") { x, i in
      x.scattering(x[.all, ..<1], at: [i, i], axes: [0, 1], by: .max)
    }
    expectFault("scattering: 'add' is for numbers, not bool[4,3]") { x, i in
      (x .> 0).scattering(x .> 0, at: i, by: .add)
    }
    expectFault("dynamicSlice: size 4 is not in axis 1 of f32[4,3]") { x, i in
      x.dynamicSlice(starts: [i[0], 0], sizes: [2, 4])
    }
    expectFault("dynamicSlice: starts must be scalars, not i32[4]") { x, i in
      x.dynamicSlice(starts: [i, 0], sizes: [2, 2])
    }
    expectFault("dynamicUpdate: an update of f32[4,3] does not fit into f32[4,2]") { x, i in
      x[.all, 1...].dynamicUpdate(x, starts: [0, i[0]])
    }
    expectFault("subscript: indices must be i32 or i64, not f32[4,3]") { x, _ in x[x] }
  }
}
