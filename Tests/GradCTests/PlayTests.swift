import GradC
import Testing

struct MLP: TensorStructure {
  var w: Tensor = .input("w", .f32, [3, 2])
  var b: [Tensor] = [.input("b", .f32, [2])]
  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit("w", &w)
    visitor.visit("b", &b)
  }
}

@Test func play() throws {
  let f = try trace("loss", MLP(), .input("x", .f32, [4, 3])) { m, x in
    let h = tanh(matmul(x, m.w) + m.b[0])
    let g = gradient(of: (h * h).mean(), wrt: m)
    return MLP(w: m.w - 0.1 * g.w, b: [m.b[0] - 0.1 * g.b[0]])
  }
  print(f.parameterNames, f.resultTypes, f.operationCount, f.timings)
  let y: Tensor = exp(2.0 * ones([2])) + 1
  print(y)
  print(y[0], y[..<1], arange(5)[.step(2)], softmax(y))
  do {
    _ = try trace("bad", .input("x", .f32, [4, 3]), .input("y", .f32, [5])) { x, y in
      let z = x + y
      let w = z * 2
      _ = matmul(x, y)
      _ = x.sum(axes: [7])
      _ = y.cast(to: .i32) * 0.5
      return w
    }
    Issue.record("no error")
  } catch { print(error) }
  let z = f.parameterNames.count > 0 ? ones([3]) + ones([2]) : y
  print(z, z.diagnostics)
  let sq = try trace("sq", .input("x", .f64, [])) { x in sin(x) * x }
  let d2 = try sq.grad().grad()
  print(d2.name, d2.resultTypes)
}
