import Foundation
import GradC

/// The logarithm of the posterior probability of a mixture of Gaussians, with Wishart's prior of the precisions.
enum GaussianMixture {
  struct Input: Decodable {
    let d, k, n, m: Int
    let gamma: Double
    let alpha: [Double]
    let mu, q, l, x: [[Double]]
  }

  /// What is estimated.
  struct Parameters: TensorStructure {
    /// Logarithms of the weights up to a constant: k.
    var alpha: Tensor
    /// Means: k, d.
    var mu: Tensor
    /// Logarithms of the diagonals of precisions' factors: k, d.
    var q: Tensor
    /// What is below these diagonals, column by column: k, d (d - 1) / 2.
    var l: Tensor

    mutating func visitTensors(_ visitor: inout TensorVisitor) {
      visitor.visit("alpha", &alpha)
      visitor.visit("mu", &mu)
      visitor.visit("q", &q)
      visitor.visit("l", &l)
    }
  }

  static let eval = Eval(
    name: "gmm",
    functions: [
      .init("objective") { (input: Input) in Problem(try arrays(input), try logPosterior(input).graph) },
      .init("jacobian") { (input: Input) in
        let arrays = try arrays(input)
        let gradient = try logPosterior(input).grad { parameters, _ in parameters }
        return Problem(arrays, gradient.graph) { results in
          Dictionary(uniqueKeysWithValues: zip(["alpha", "mu", "q", "l"], results.map(JSONArray.init)))
        }
      },
    ], workloads: workloads)

  static func arrays(_ input: Input) throws -> [NDArray] {
    let (d, k) = (input.d, input.k)
    try checkSize("d", d, 1...1 << 12)
    try checkSize("m", input.m, 0...1 << 32)
    try checkCount("alpha", input.alpha)
    try checkCount("x", input.x)
    return [
      try vector("alpha", input.alpha, k), try matrix("mu", input.mu, k, d), try matrix("q", input.q, k, d),
      try matrix("l", input.l, k, d * (d - 1) / 2), try matrix("x", input.x, input.n, d),
    ]
  }

  static func logPosterior(_ input: Input) throws -> TracedFunction<Parameters, Tensor, Tensor> {
    let (d, k, n) = (input.d, input.k, input.n)
    let parameters = Parameters(
      alpha: .input("alpha", .f64, [k]), mu: .input("mu", .f64, [k, d]), q: .input("q", .f64, [k, d]),
      l: .input("l", .f64, [k, d * (d - 1) / 2]))
    return try trace("gmm", parameters, .input("x", .f64, [n, d])) { p, x in
      let factor = lowerTriangular(diagonal: exp(p.q), below: p.l)
      let sums = p.q.sum(axes: [1])
      // Q (x - μ)
      let scaled = einsum("kij,nj->nki", factor, x) - einsum("kij,kj->ki", factor, p.mu)
      let beta = p.alpha + sums - 0.5 * square(scaled).sum(axes: [2])
      let volume = 0.5 * Double(d) * Foundation.log(2 * Double.pi)
      let likelihood = beta.logSumExp(axes: [1]).sum() - Double(n) * (volume + p.alpha.logSumExp())

      let freedom = Double(d + input.m + 1)
      let constant = freedom * Double(d) * Foundation.log(input.gamma / 2.0.squareRoot())
      let normaliser = Double(k) * (constant - logGamma(freedom / 2, dimension: d))
      let prior = normaliser - 0.5 * input.gamma * input.gamma * square(factor).sum() + Double(input.m) * sums.sum()
      return likelihood + prior
    }
  }

  /// Matrices with these diagonals and, column by column, these elements below: (k, d), (k, d (d - 1) / 2) → (k, d, d).
  static func lowerTriangular(diagonal: Tensor, below: Tensor) -> Tensor {
    let (k, d) = (diagonal.shape[0], diagonal.shape[1])
    let places = (0..<d).flatMap { column in (column + 1..<max(d, column + 1)).map { row in row * d + column } }
    let strict = zeros([k, d * d], .f64).scattering(below, at: Tensor(integers: places), axis: 1, by: .set)
    return strict.reshaped(to: [k, d, d]) + diagonal.diagonalMatrix()
  }

  /// The logarithm of the gamma function of matrices: `ln Γ_d(a) = ¼ d (d - 1) ln π + Σⱼ ln Γ(a + (1 - j) / 2)`.
  static func logGamma(_ a: Double, dimension d: Int) -> Double {
    let factor: Double = 0.25 * Double(d * (d - 1)) * Foundation.log(Double.pi)
    return (0..<d).reduce(factor) { sum, j in sum + Foundation.lgamma(a - 0.5 * Double(j)) }
  }
}
