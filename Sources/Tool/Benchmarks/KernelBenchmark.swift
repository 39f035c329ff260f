import GradC

/// An elementwise computation twice: as a program of GradC and as C written by hand.
struct KernelBenchmark: Sendable {
  let name: String
  /// The number of input arrays.
  let arity: Int
  /// How far apart the two may be, relatively.
  let tolerance: Double
  /// The expression of one element in C, of `a[i]`, `b[i]`, `c[i]`.
  let expression: String
  private let body: @Sendable ([Tensor]) -> Tensor

  init(
    _ name: String, arity: Int, tolerance: Double = 1e-4, c expression: String,
    body: @escaping @Sendable ([Tensor]) -> Tensor
  ) {
    self.name = name
    self.arity = arity
    self.tolerance = tolerance
    self.expression = expression
    self.body = body
  }

  /// The name of the C function.
  func symbol(_ index: Int) -> String { "hand_\(index)" }

  func compile(count: Int) throws -> CompiledFunction<[Tensor], Tensor> {
    let inputs = ["a", "b", "c"].prefix(arity).map { Tensor.input($0, .f32, [count]) }
    return try trace(name, inputs, body: body).compile()
  }

  /// All kernels in C, each a plain loop.
  static var cSource: String {
    var text = "#include <math.h>\n"
    for (index, kernel) in all.enumerated() {
      let names = ["a", "b", "c"].prefix(kernel.arity)
      let parameters = names.map { "const float *restrict \($0), " }.joined()
      text += """

        void hand_\(index)(\(parameters)float *restrict y, long n) {
          for (long i = 0; i < n; i++) y[i] = \(kernel.expression);
        }

        """
    }
    return text
  }
}

extension KernelBenchmark {
  static let all: [KernelBenchmark] = [
    KernelBenchmark("scale and add", arity: 2, c: "2.5f * a[i] + b[i]") { 2.5 * $0[0] + $0[1] },
    KernelBenchmark("squared difference", arity: 2, c: "(a[i] - b[i]) * (a[i] - b[i])") { square($0[0] - $0[1]) },
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
