import GradC
import Testing

@Suite struct Scratch {
  @Test func recurrent() throws {
    for n in [16, 25, 1000, 10000] {
      let graph = try trace("recurrent", .input("w", .f32, [64, 64]), .input("x", .f32, [n, 64])) { w, x in
        scan(zeros([64]), over: x, checkpoints: .logarithmic) { h, row in
          (tanh(matmul(w, h) + row), [Tensor]())
        }.carry.mean()
      }.graph
      let g = try graph.transformed(.valueAndGrad, wrt: ["w"])
      let kernels = try g.kernels()
      print("N", n)
      if n == 25 { print(g); print(kernels); print(kernels.cSource(.tile)) }
      print("ARENA", kernels.arenaByteCount)
    }
  }
}
