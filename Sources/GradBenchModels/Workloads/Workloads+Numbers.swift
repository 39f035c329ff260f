import GradCBenchmarks

// Inputs of numbers and lists of numbers, distributed as GradBench's own are, the smallest first.

extension Hello {
  static let workloads: [Eval.Workload] = [.init("1") { _ in 1.0 }]
}

extension LeastSquares {
  static let workloads: [Eval.Workload] = [16, 1024, 16392].map { n in
    .init("n=\(n),m=128") { Input(x: $0.uniform(128), n: n) }
  }
}

extension LogSumExp {
  static let workloads: [Eval.Workload] = [2500, 40_000, 1_280_000].map { n in
    .init("n=\(n)") { Input(x: $0.uniform(n, in: -100...100)) }
  }
}

extension OrdinaryDifferentialEquation {
  static let workloads: [Eval.Workload] = [(1000, 1), (1000, 100), (10_000, 10), (100_000, 100)].map { n, s in
    .init("n=\(n),s=\(s)") { Input(x: $0.uniform(n), s: s) }
  }
}

extension Determinant {
  static let workloads: [Eval.Workload] = [5, 8, 11].map { ell in
    .init("\(ell)") { Input(A: $0.uniform(ell * ell), ell: ell) }
  }
}

extension Saddle {
  static let workloads: [Eval.Workload] = [.init("1,1") { _ in Input(start: [1, 1]) }]
}

extension Particle {
  static let workloads: [Eval.Workload] = [.init("w=0") { _ in Input(w: 0) }]
}

extension GaussianMixture {
  static let workloads: [Eval.Workload] = [(2, 5), (10, 10), (32, 25), (64, 50), (64, 100)].map { d, k in
    .init("\(d)_\(k)_1000") { random in
      Input(
        d: d, k: k, n: 1000, m: 0, gamma: 1, alpha: random.normal(k), mu: random.uniform(k, d), q: random.normal(k, d),
        l: random.normal(k, d * (d - 1) / 2), x: random.normal(1000, d))
    }
  }
}

extension KMeans {
  static let workloads: [Eval.Workload] = [(10, 1000, 8), (100, 10_000, 16), (1000, 10_000, 16)].map { k, n, d in
    .init("k=\(k),n=\(n),d=\(d)") { random in
      let points = random.uniform(n, d)
      // Points themselves, so that each is the nearest centroid of some.
      return Input(points: points, centroids: Array(points.suffix(k)))
    }
  }
}

extension LSTM {
  static let workloads: [Eval.Workload] = [(2, 1024), (4, 4096), (6, 8192)].map { layers, count in
    .init("l=\(layers),c=\(count)") { random in
      // The bits of letters.
      let sequence = (0..<count).map { _ -> [Double] in
        let letter = 97 + random.index(below: 26)
        return (0..<14).map { Double((letter >> (13 - $0)) & 1) }
      }
      return Input(
        main_params: random.uniform(2 * layers, 4 * 14), extra_params: random.uniform(3, 14),
        state: random.uniform(2 * layers, 14), sequence: sequence)
    }
  }
}

extension BundleAdjustmentEval {
  static let workloads: [Eval.Workload] = [
    (49, 7776, 31843), (161, 48126, 182_072), (88, 64298, 383_937), (356, 226_730, 1_255_268),
  ].map { n, m, p in
    .init("n\(n)_m\(m)_p\(p)") { random in
      let angles = random.uniform(3, in: -1...1)
      let center = random.uniform(3, in: 30...50)
      return Input(
        n: n, m: m, p: p, cam: angles + center + [420, 5, -8, 0.09, 0.003], x: random.uniform(3, in: 0...7),
        w: random.uniform(), feat: random.uniform(2, in: 0...800))
    }
  }
}
