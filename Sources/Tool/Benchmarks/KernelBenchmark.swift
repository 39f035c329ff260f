import GradC

/// An elementwise computation twice: as a program of GradC and as C written by hand.
struct KernelBenchmark: Sendable {
  let name: String
  /// The numbers of input and result arrays.
  let arity: Int
  let resultCount: Int
  /// Whether the inputs are never negative.
  let isPositive: Bool
  /// How far apart the two may be, relatively.
  let tolerance: Double
  /// The C for one element, of `a[i]`, `b[i]`, … to `y[i]`, `z[i]`, `w[i]`.
  let statements: String
  private let body: @Sendable ([Tensor]) -> [Tensor]

  private static let inputNames = ["a", "b", "c", "d", "e"]
  private static let resultNames = ["y", "z", "w"]

  init(
    _ name: String, arity: Int, results: Int, isPositive: Bool = false, tolerance: Double = 1e-4, c statements: String,
    body: @escaping @Sendable ([Tensor]) -> [Tensor]
  ) {
    self.name = name
    self.arity = arity
    self.resultCount = results
    self.isPositive = isPositive
    self.tolerance = tolerance
    self.statements = statements
    self.body = body
  }

  /// One result, by its expression in C.
  init(
    _ name: String, arity: Int, tolerance: Double = 1e-4, c expression: String,
    body: @escaping @Sendable ([Tensor]) -> Tensor
  ) {
    self.init(name, arity: arity, results: 1, tolerance: tolerance, c: "y[i] = \(expression);") { [body($0)] }
  }

  /// The name of the C function.
  func symbol(_ index: Int) -> String { "hand_\(index)" }

  func compile(count: Int) throws -> CompiledFunction<[Tensor], [Tensor]> {
    let inputs = Self.inputNames.prefix(arity).map { Tensor.input($0, .f32, [count]) }
    return try trace(name, inputs, body: body).compile()
  }

  /// All kernels in C, each a plain loop.
  static var cSource: String {
    var text = "#include <math.h>\n"
    for (index, kernel) in all.enumerated() {
      let inputs = inputNames.prefix(kernel.arity)
      let results = resultNames.prefix(kernel.resultCount)
      let parameters =
        inputs.map { "const float *restrict \($0)" } + results.map { "float *restrict \($0)" } + ["long n"]
      let arguments = inputs.indices.map { "in[\($0)]" } + results.indices.map { "out[\($0)]" } + ["n"]
      text += """

        static void loop_\(index)(\(parameters.joined(separator: ", "))) {
          for (long i = 0; i < n; i++) {
            \(kernel.statements)
          }
        }
        void hand_\(index)(const float *const *in, float *const *out, long n) {
          loop_\(index)(\(arguments.joined(separator: ", ")));
        }

        """
    }
    return text
  }
}
