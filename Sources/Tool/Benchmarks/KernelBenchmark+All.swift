import GradC

extension KernelBenchmark {
  static let all: [KernelBenchmark] = [
    KernelBenchmark("scale and add", arity: 2, c: "2.5f * a[i] + b[i]") { 2.5 * $0[0] + $0[1] },
    KernelBenchmark("squared difference", arity: 2, c: "(a[i] - b[i]) * (a[i] - b[i])") { square($0[0] - $0[1]) },
    KernelBenchmark("x (1 - x) g", arity: 2, c: "a[i] * (1.0f - a[i]) * b[i]") { $0[0] * (1.0 - $0[0]) * $0[1] },
    KernelBenchmark("relu gradient", arity: 2, c: "a[i] > 0.0f ? b[i] : 0.0f") {
      select($0[0] .> 0.0, $0[1], 0.0)
    },
    KernelBenchmark("real part of a product", arity: 4, c: "a[i] * b[i] - c[i] * d[i]") {
      $0[0] * $0[1] - $0[2] * $0[3]
    },
    KernelBenchmark(
      "Runge-Kutta step", arity: 5, c: "a[i] + 0.01f * (b[i] + 2.0f * c[i] + 2.0f * d[i] + e[i])"
    ) {
      let slope: Tensor = $0[1] + 2.0 * $0[2] + 2.0 * $0[3] + $0[4]
      return $0[0] + 0.01 * slope
    },
    KernelBenchmark(
      "polynomial of degree 6", arity: 1,
      c: "((((((0.1f * a[i] - 0.2f) * a[i] + 0.3f) * a[i] - 0.4f) * a[i] + 0.5f) * a[i] - 0.6f) * a[i] + 0.7f)"
    ) { x in
      let x = x[0]
      var y: Tensor = 0.1 * x - 0.2
      for coefficient in [0.3, -0.4, 0.5, -0.6, 0.7] { y = y * x + coefficient }
      return y
    },
    KernelBenchmark(
      "momentum update", arity: 3, results: 2,
      c: "float m = 0.9f * b[i] + c[i]; y[i] = a[i] - 0.01f * m; z[i] = m;"
    ) {
      let momentum: Tensor = 0.9 * $0[1] + $0[2]
      return [$0[0] - 0.01 * momentum, momentum]
    },
    KernelBenchmark(
      "Adam update", arity: 4, results: 3, isPositive: true,
      c: """
        float m = 0.9f * b[i] + 0.1f * d[i], v = 0.999f * c[i] + 0.001f * (d[i] * d[i]);
            y[i] = a[i] - 0.01f * m / (sqrtf(v) + 1e-8f); z[i] = m; w[i] = v;
        """
    ) {
      let gradient = $0[3]
      let mean: Tensor = 0.9 * $0[1] + 0.1 * gradient
      let variance: Tensor = 0.999 * $0[2] + 0.001 * (gradient * gradient)
      return [$0[0] - 0.01 * mean / (sqrt(variance) + 1e-8), mean, variance]
    },
    KernelBenchmark(
      "logistic loss gradient", arity: 3, c: "(1.0f / (1.0f + expf(-a[i])) - b[i]) * c[i]"
    ) { (sigmoid($0[0]) - $0[1]) * $0[2] },
    KernelBenchmark(
      "sigmoid gradient", arity: 2, c: "b[i] * (1.0f / (1.0f + expf(-a[i]))) * (1.0f - 1.0f / (1.0f + expf(-a[i])))"
    ) {
      let s = sigmoid($0[0])
      return $0[1] * s * (1.0 - s)
    },
    KernelBenchmark(
      "gelu", arity: 1,
      c: "0.5f * a[i] * (1.0f + tanhf(0.7978846f * (a[i] + 0.044715f * a[i] * a[i] * a[i])))"
    ) {
      let x = $0[0]
      let inner: Tensor = 0.7978846 * (x + 0.044715 * x * x * x)
      return 0.5 * x * (1.0 + tanh(inner))
    },
    KernelBenchmark(
      "nine operations, exp and tanh", arity: 3,
      c: "tanhf(a[i] * b[i] + c[i]) * expf(-(a[i] * a[i])) + 0.5f * (b[i] - c[i])"
    ) {
      let (a, b, c) = ($0[0], $0[1], $0[2])
      return tanh(a * b + c) * exp(-(a * a)) + 0.5 * (b - c)
    },
  ]
}
