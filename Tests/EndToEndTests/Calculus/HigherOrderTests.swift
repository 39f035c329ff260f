import GradC
import Testing

/// Second and third derivatives, gradient steps, minibatches.
@Suite struct HigherOrderTests {
  /// `f(x, y) = x³ y + x y²` by hand: `[[6 x y, 3 x² + 2 y], [3 x² + 2 y, 2 x]]`.
  @Test(arguments: [DType.f64, .f32]) func hessian(_ dtype: DType) throws {
    let f = try trace("f", .input("x", dtype, [2])) { v in
      let (x, y) = (v[0], v[1])
      return x * x * x * y + x * y * y
    }
    let found = try everyTier(f.hessian(), vector([2, 3], dtype))
    #expect(found.shape == [2, 2])
    #expect(try found.doubles() == [36, 18, 18, 4])
    let product = try everyTier(f.hvp { $0 }, vector([2, 3], dtype), vector([1, -1], dtype))
    #expect(try product.value.doubles() == [45, 20])
    #expect(try product.tangent.doubles() == [18, 14])
  }

  @Test func hessianIsSymmetric() throws {
    let w = sampled([6, 6], seed: 1)
    let f = try trace("f", .input("x", .f64, [2, 3])) { x in
      logSoftmax(matmul(w, tanh(x.flattened())))[0] + exp(x).sum() * x.product()
    }
    let h = try everyTier(f.hessian(), sampled([2, 3], seed: 2))
    #expect(h.shape == [2, 3, 2, 3])
    #expect(isClose(try h.transposed([2, 3, 0, 1]).doubles(), try h.doubles(), 1e-13))
    let reverse = try f.grad().jacobian(mode: .reverse)
    #expect(isClose(try everyTier(reverse, sampled([2, 3], seed: 2)).doubles(), try h.doubles(), 1e-13))
  }

  @Test(arguments: [DType.f64, .f32]) func thirdDerivatives(_ dtype: DType) throws {
    let f = try trace("f", .input("x", dtype)) { x in x * x * x * x }
    #expect(try everyTier(f.grad().grad().grad(), scalar(3, dtype)).item() == 72)
    let sine = try trace("sine", .input("x", .f64)) { sin($0) }
    let third = try everyTier(sine.grad().grad().grad(), scalar(0.4)).item()
    #expect(abs(third + (try cos(scalar(0.4)).item())) < 1e-15)
    // ∂³(xyz)/∂x∂y∂z = 1, 0 where a variable occurs twice.
    let product = try trace("product", .input("x", dtype, [3])) { $0.product() }
    let cube = try everyTier(product.grad().jacobian().jacobian(), vector([2, 0, 5], dtype))
    #expect(cube.shape == [3, 3, 3])
    let expected = (0..<27).map { Set([$0 / 9, $0 / 3 % 3, $0 % 3]).count == 3 ? 1.0 : 0 }
    #expect(try cube.doubles() == expected)
  }

  /// `Q ← Q - α ∂L/∂Q` is one compiled function, and its result has Q's type.
  @Test(arguments: [DType.f64, .f32]) func gradientUpdate(_ dtype: DType) throws {
    let step = try trace(
      "step", .input("Q", dtype, [4, 3]), .input("x", dtype, [8, 4]), .input("y", dtype, [8, 3])
    ) { q, x, y in
      let loss = square(matmul(x, q) - y).mean()
      return [q - 0.5 * gradient(of: loss, wrt: q), loss]
    }
    let (x, y) = (sampled([8, 4], seed: 1, dtype), sampled([8, 3], seed: 2, dtype))
    let compiled = try step.compile()
    #expect(compiled.results.map(\.type) == [TensorType(dtype, [4, 3]), TensorType(dtype, [])])
    _ = try everyTier(step, sampled([4, 3], seed: 3, dtype), x, y)
    var q = sampled([4, 3], seed: 3, dtype)
    var losses: [Double] = []
    for _ in 0..<50 {
      let next = try compiled(q, x, y)
      q = next[0]
      losses.append(try next[1].item())
    }
    #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 >= $1 })
    #expect(losses[49] < 0.75 * losses[0])
    // The same into memory that is there already.
    var results = try [NDArray.zeros([4, 3], dtype: dtype), NDArray.zeros([], dtype: dtype)]
    let start = try [sampled([4, 3], seed: 3, dtype), x, y].map { try $0.array() }
    try compiled.graph.call(inputs: start, into: &results)
    #expect(results[0] == (try compiled(sampled([4, 3], seed: 3, dtype), x, y)[0].array()))
  }

  @Test func minibatch() throws {
    let loss = try trace("loss", .input("w", .f64, [3]), .input("x", .f64, [3]), .input("y", .f64)) { w, x, y in
      square(tanh(w.dot(x)) - y)
    }
    let (w, x, y) = (sampled([3], seed: 1), sampled([5, 3], seed: 2), sampled([5], seed: 3))
    let values = try everyTier(loss.vmap(batched: [false, true, true], size: 5), w, x, y)
    #expect(values.shape == [5])
    let gradients = try everyTier(loss.grad().vmap(batched: [false, true, true], size: 5), w, x, y)
    #expect(gradients.shape == [5, 3])
    for i in 0..<5 {
      #expect(isClose([try values[i].item()], [try loss.evaluate(w, x[i], y[i]).item()], 1e-15))
      #expect(isClose(try gradients[i].doubles(), try loss.grad().evaluate(w, x[i], y[i]).doubles(), 1e-15))
    }
    // Two batches of two, of three.
    let nested = try loss.vmap(batched: [false, true, true], size: 3).vmap(batched: [true, true, false], size: 2)
    let (ws, xs, ys) = (sampled([2, 3], seed: 4), sampled([2, 3, 3], seed: 5), sampled([3], seed: 6))
    let found = try everyTier(nested, ws, xs, ys)
    #expect(found.shape == [2, 3])
    for i in 0..<2 {
      for j in 0..<3 {
        #expect(isClose([try found[i, j].item()], [try loss.evaluate(ws[i], xs[i, j], ys[j]).item()], 1e-15))
      }
    }
    // The gradient of the mean is the mean of the gradients.
    let mean = try trace("mean", .input("w", .f64, [3])) { w in
      try loss.vmap(batched: [false, true, true], size: 5)(w, x, y).mean()
    }
    #expect(isClose(try everyTier(mean.grad(), w).doubles(), try gradients.mean(axes: [0]).doubles(), 1e-15))
  }
}
