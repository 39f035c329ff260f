import GradC
import Testing

@Test func play2() throws {
  let sq = try trace("sq", .input("x", .f64, [])) { x in sin(x) * x }
  let d2 = try sq.grad().grad().compile()
  print(try d2(0.5).array().item(as: Double.self), try sq.grad().grad().evaluate(0.5).item())
  print(d2.tensorIR); print(d2.kernelIR); print(d2.cSource(.tile)); print(d2.cSource(.portable)); print(d2.timings)
  let f = try trace("step", MLP(), .input("x", .f32, [4, 3])) { m, x in
    let h = tanh(matmul(x, m.w) + m.b[0])
    let g = gradient(of: (h * h).mean(), wrt: m)
    return MLP(w: m.w - 0.1 * g.w, b: [m.b[0] - 0.1 * g.b[0]])
  }
  let c = try f.compile()
  let m = MLP(w: Tensor([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], shape: [3, 2]), b: [Tensor([0.5, 0.25])])
  let x = Tensor((0..<12).map { Double($0) / 10 }, shape: [4, 3])
  let (a, b) = (try c(m, x), try f.evaluate(m, x))
  print(try a.w.doubles(), try b.w.doubles())
  print(try a.b[0].doubles(), try b.b[0].doubles())
  print(c.timings)
  let clock = ContinuousClock()
  var out = [try NDArray.zeros([])]
  let ins = [NDArray(0.5)]
  for _ in 0..<3 {
    let t = try clock.measure { for _ in 0..<100000 { try d2.call(inputs: ins, into: &out) } }
    print("ns per call", t / 100000)
  }
}
