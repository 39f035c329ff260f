import GradC
import Testing

/// Linear algebra through the interpreter and machine code.
@Suite struct LinearAlgebraTests {
  /// A well-conditioned matrix, not symmetric.
  private func matrix(_ n: Int, _ dtype: DType = .f64) -> Tensor {
    sampled([n, n], seed: n, dtype) + 2 * eye(n, dtype)
  }

  private func close(_ a: Tensor, _ b: Tensor, _ tolerance: Double = 1e-12) throws -> Bool {
    #expect(a.shape == b.shape)
    return isClose(try a.doubles(), try b.doubles(), tolerance)
  }

  private func gradients(
    _ name: String, of shapes: [Int]..., at arrays: Tensor..., body: @escaping ([Tensor]) -> Tensor
  ) throws -> Bool {
    let inputs = shapes.enumerated().map { Tensor.input("x\($0.offset)", .f64, $0.element) }
    let function = try trace(name, inputs) { x in
      let y = body(x)
      return (y * sampled(Array(y.shape), seed: 7)).sum()
    }
    return try function.graph.checkGradients(at: arrays.map { try $0.array() }).passes
  }

  // MARK: Determinants

  /// `∂det(X)/∂X = det(X) X⁻ᵀ` and `∂ln|det X|/∂X = X⁻ᵀ`.
  @Test(arguments: 2...6) func determinantGradients(_ n: Int) throws {
    let x = matrix(n)
    let turned = inverse(x).transposed()
    let found = try everyTier(trace("det", .input("X", .f64, [n, n])) { det($0) }.valueAndGrad(), x)
    #expect(try close(found.gradient, found.value * turned))
    let logarithm = try everyTier(trace("logdet", .input("X", .f64, [n, n])) { slogdet($0).logAbs }.valueAndGrad(), x)
    #expect(try close(logarithm.gradient, turned))
    #expect(try close(logarithm.value, log(abs(found.value))))
    let single = try everyTier(trace("det", .input("X", .f32, [n, n])) { det($0) }.grad(), x.cast(to: .f32))
    #expect(try close(single.cast(to: .f64), found.gradient, 1e-4))
  }

  @Test func determinantOfTheKnownMatrix() throws {
    let x = Tensor([3, 2, 6, -4], shape: [2, 2], dtype: .f64)
    let found = try everyTier(trace("det", .input("X", .f64, [2, 2])) { det($0) }.valueAndGrad(), x)
    #expect(try found.value.item() == -24)
    #expect(try found.gradient.doubles() == [-4, -6, -2, 3])
    #expect(try slogdet(x).sign.item() == -1)
  }

  /// Where the rank is one less than full the gradient has rank one, and where it is less still it is zero.
  @Test(arguments: 2...6) func determinantGradientsOfSingularMatrices(_ n: Int) throws {
    let function = try trace("det", .input("X", .f64, [n, n])) { det($0) }
    for deficiency in 1...2 {
      let (left, right) = (sampled([n, n - deficiency], seed: 3), sampled([n - deficiency, n], seed: 4))
      let x = matmul(left, right)
      let found = try everyTier(function.grad(), x)
      // Cofactors, each the determinant of what is left without a row and a column.
      var cofactors: [Double] = []
      for i in 0..<n {
        for j in 0..<n {
          func without(_ k: Int) -> Tensor { Tensor((0..<n).filter { $0 != k }.map(Double.init), dtype: .i32) }
          let rest = x.take(without(i), axis: 0).take(without(j), axis: 1)
          cofactors.append(((i + j) % 2 == 0 ? 1 : -1) * (n == 1 ? 1 : try det(rest).item()))
        }
      }
      #expect(isClose(try found.doubles(), cofactors, 1e-12))
    }
    let nothing = try everyTier(function.grad(), zeros([n, n], .f64))
    #expect(try nothing.doubles().allSatisfy { $0 == 0 })
  }

  @Test func signsAndLogarithms() throws {
    let function = try trace("slogdet", .input("X", .f64, [3, 2, 2])) { x in
      let (sign, logarithm) = slogdet(x)
      return [sign, logarithm]
    }
    let found = try everyTier(function, Tensor([0, 1, 1, 0, 2, 0, 0, 3, 1, 2, 2, 4], shape: [3, 2, 2], dtype: .f64))
    #expect(try found[0].doubles() == [-1, 1, 0])
    #expect(isClose(try found[1].doubles(), try log(Tensor([1, 6, 0], dtype: .f64)).doubles(), 1e-15))
    let spread = matmul(matrix(4), matrix(4).transposed())
    #expect(try close(logdet(spread), slogdet(spread).logAbs))
    let gradient = try everyTier(trace("logdet", .input("X", .f64, [4, 4])) { logdet($0) }.grad(), spread)
    #expect(try close(gradient, inverse(spread)))
  }

  // MARK: Factorisations

  @Test func factorsMultiplyToTheMatrix() throws {
    let a = sampled([2, 5, 3], seed: 5)
    let factored = try trace("factors", .input("A", .f64, [2, 5, 3])) { a in
      let (l, u, permutation) = lu(a[0])
      let (q, r) = qr(a)
      let (left, s, right) = svd(a)
      let (full, upper) = qr(a, full: true)
      let gram = matmul(a.swappingAxes(1, 2), a)
      let (values, vectors) = eigh(gram)
      let factor = cholesky(gram)
      return [
        matmul(l, u), a[0].take(permutation, axis: 0), matmul(q, r), matmul(left * s.expandingAxis(1), right),
        matmul(full, upper), gram, matmul(vectors * values.expandingAxis(1), vectors.swappingAxes(1, 2)),
        matmul(factor, factor.swappingAxes(1, 2)), values, square(s).reversed(axes: [1]),
      ]
    }
    let found = try everyTier(factored, a)
    #expect(try close(found[0], found[1]))
    for index in [2, 3, 4] { #expect(try close(found[index], a)) }
    for index in [6, 7] { #expect(try close(found[index], found[5])) }
    #expect(try close(found[8], found[9]))
  }

  /// What is not determined up to sign is compared through what is.
  @Test func factorsHaveDerivatives() throws {
    let (square, tall, wide) = (matrix(4), sampled([5, 3], seed: 6), sampled([3, 5], seed: 7))
    #expect(try gradients("cholesky", of: [4, 4], at: matmul(square, square.transposed())) { cholesky($0[0]) })
    for (name, array) in [("square", square), ("tall", tall), ("wide", wide)] {
      let shape = Array(array.shape)
      #expect(try gradients("lu \(name)", of: shape, at: array) { lu($0[0]).lower.flattened() })
      #expect(try gradients("lu \(name)", of: shape, at: array) { lu($0[0]).upper.flattened() })
      #expect(try gradients("q \(name)", of: shape, at: array) { qr($0[0]).q })
      #expect(try gradients("r \(name)", of: shape, at: array) { qr($0[0]).r })
      #expect(try gradients("u \(name)", of: shape, at: array) { svd($0[0]).u })
      #expect(try gradients("s \(name)", of: shape, at: array) { svd($0[0]).s })
      #expect(try gradients("svdvals \(name)", of: shape, at: array) { svdvals($0[0]) })
      #expect(try gradients("vh \(name)", of: shape, at: array) { svd($0[0]).vh })
      #expect(try gradients("pinv \(name)", of: shape, at: array) { pinv($0[0]) })
    }
    #expect(try gradients("values", of: [4, 4], at: square) { eigh($0[0]).values })
    #expect(try gradients("eigvalsh", of: [4, 4], at: square) { eigvalsh($0[0]) })
    #expect(try gradients("vectors", of: [4, 4], at: square) { eigh($0[0]).vectors })
  }

  /// The trace of a matrix, as the sum of its eigenvalues, has a gradient whatever these are.
  @Test func equalEigenvalues() throws {
    let function = try trace("trace", .input("A", .f64, [3, 3])) { eigh($0).values.sum() }
    #expect(try close(try everyTier(function.grad(), eye(3, .f64)), eye(3, .f64)))
    let nuclear = try trace("nuclear", .input("A", .f64, [3, 3])) { $0.matrixNorm(.nuclear) }
    #expect(try close(try everyTier(nuclear.grad(), 2 * eye(3, .f64)), eye(3, .f64)))
  }

  /// NaN, and nothing else, comes of matrices that have no factors, and only of these.
  @Test func failuresStayWhereTheyAre() throws {
    let function = try trace("factors", .input("A", .f64, [2, 2, 2])) { a in
      [cholesky(a), eigh(a).vectors, svd(a).u, qr(a).q]
    }
    let good: [Double] = [2, 1, 1, 2]
    for bad in [[1, 2, 2, 1], [.nan, 0, 0, 1], [.infinity, 0, 0, 1]] {
      let found = try function.compile()(Tensor(good + bad, shape: [2, 2, 2], dtype: .f64))
      for factor in found {
        let isGood = try factor[0].doubles().allSatisfy(\.isFinite)
        #expect(isGood)
      }
      let isFinite = try found[0][1].doubles().allSatisfy(\.isFinite)
      #expect(!isFinite)
    }
  }

  // MARK: Equations

  @Test func solutions() throws {
    let (a, b, c) = (matrix(4), sampled([4], seed: 8), sampled([3, 4, 2], seed: 9))
    let function = try trace("solve", .input("A", .f64, [4, 4]), .input("b", .f64, [4]), .input("c", .f64, [3, 4, 2])) {
      a, b, c in
      [
        matmul(a, solve(a, b)), matmul(a, solve(a, c)), matmul(a, inverse(a)), solve(a, b),
        solve(a.cast(to: .f32), b.cast(to: .f32)),
      ]
    }
    let found = try everyTier(function, a, b, c)
    #expect(try close(found[0], b) && close(found[1], c) && close(found[2], eye(4, .f64)))
    #expect(try close(found[4].cast(to: .f64), found[3], 1e-5))
    #expect(try gradients("solve", of: [4, 4], [4], at: a, b) { solve($0[0], $0[1]) })
    #expect(try gradients("solve", of: [4, 4], [3, 4, 2], at: a, c) { solve($0[0], $0[1]) })
    #expect(try gradients("inverse", of: [4, 4], at: a) { inverse($0[0]) })
    #expect(try gradients("power", of: [4, 4], at: a) { matrixPower($0[0], -3) })
  }

  /// Of value, gradient and Hessian of one solve there is one factorisation.
  @Test func oneFactorisation() throws {
    let loss = try trace("loss", .input("A", .f64, [4, 4]), .input("b", .f64, [4])) { a, b in square(solve(a, b)).sum()
    }
    let compiled = try loss.valueAndGrad().compile()
    #expect(compiled.kernels.steps.count { $0.title.contains("lu ") } == 1)
  }

  @Test func triangularSolutions() throws {
    let (l, b) = (matrix(3).lowerTriangle(), sampled([3, 2], seed: 1))
    for transposed in [false, true] {
      for lower in [false, true] {
        let a = lower ? l : l.transposed()
        let op = transposed ? a.transposed() : a
        let x = triangularSolve(a, b, lower: lower, transposed: transposed)
        #expect(try close(matmul(op, x), b))
        let y = triangularSolve(a, b.transposed(), lower: lower, transposed: transposed, left: false)
        #expect(try close(matmul(y, op), b.transposed()))
        let vector = triangularSolve(a, b[0..., 0], lower: lower, transposed: transposed)
        #expect(try close(matmul(op, vector), b[0..., 0]))
        let row = triangularSolve(a, b[0..., 0], lower: lower, transposed: transposed, left: false)
        #expect(try close(matmul(row, op), b[0..., 0]))
      }
    }
    let unit = triangularSolve(l, b, lower: true, unitDiagonal: true)
    #expect(try close(matmul(l.lowerTriangle(offset: -1) + eye(3, .f64), unit), b))
    let spread = matmul(l, l.transposed())
    #expect(try close(matmul(spread, choleskySolve(cholesky(spread), b)), b))
  }

  @Test func leastSquares() throws {
    let (tall, wide, b) = (sampled([6, 3], seed: 2), sampled([3, 6], seed: 3), sampled([6], seed: 4))
    let x = lstsq(tall, b)
    // The residual is orthogonal to the columns.
    #expect(try close(matmul(tall.transposed(), matmul(tall, x) - b), zeros([3], .f64)))
    // Of many solutions the one in the space of the rows.
    let y = lstsq(wide, b[0..<3])
    #expect(try close(matmul(wide, y), b[0..<3]))
    #expect(try close(matmul(matmul(pinv(wide), wide), y), y))
    #expect(try gradients("lstsq", of: [6, 3], [6, 2], at: tall, sampled([6, 2])) { lstsq($0[0], $0[1]) })
    let lowRank = matmul(sampled([5, 2], seed: 5), sampled([2, 4], seed: 6))
    let inverse = try everyTier(trace("pinv", .input("A", .f64, [5, 4])) { pinv($0) }, lowRank)
    #expect(try close(matmul(matmul(lowRank, inverse), lowRank), lowRank))
    #expect(try close(matmul(matmul(inverse, lowRank), inverse), inverse))
    #expect(try matrixRank(lowRank).item() == 2)
    #expect(try matrixRank(tall).item() == 3)
    #expect(try matrixRank(zeros([2, 3], .f64)).item() == 0)
  }

  // MARK: Norms

  @Test func norms() throws {
    let x = Tensor([3, -4, 0, 12], shape: [2, 2], dtype: .f64)
    let function = try trace("norms", .input("x", .f64, [2, 2])) { x in
      [
        x.norm(), x.norm(.l1, axes: [1]), x.norm(.max, axes: [0]), x.norm(.p(3), axes: [1], keepingAxes: true),
        x.matrixNorm(), x.matrixNorm(.one), x.matrixNorm(.infinity), x.matrixNorm(.spectral), x.matrixNorm(.nuclear),
      ]
    }
    let found = try everyTier(function, x)
    #expect(try found[0].item() == 13)
    #expect(try found[1].doubles() == [7, 12])
    #expect(try found[2].doubles() == [3, 12])
    #expect(found[3].shape == [2, 1])
    #expect(isClose(try found[3].doubles(), [4.497941445275415, 12], 1e-14))
    #expect(try found[4].item() == 13 && found[5].item() == 16 && found[6].item() == 12)
    // s₁² + s₂² = 169, s₁ s₂ = 36.
    let (spectral, nuclear) = (try found[7].item(), try found[8].item())
    #expect(abs(nuclear * nuclear - 241) < 1e-12)
    #expect(abs(spectral * (nuclear - spectral) - 36) < 1e-12)
    for kind in [MatrixNorm.frobenius, .nuclear, .spectral, .one, .infinity] {
      #expect(try gradients("\(kind)", of: [3, 4], at: sampled([3, 4])) { $0[0].matrixNorm(kind) })
    }
    for kind in [VectorNorm.l1, .l2, .max, .p(2.5)] {
      #expect(try gradients("\(kind)", of: [3, 4], at: sampled([3, 4])) { $0[0].norm(kind, axes: [0]) })
      let gradient = try everyTier(
        trace("norm", .input("x", .f64, [3])) { $0.norm(kind) }.grad(), zeros([3], .f64))
      let isFinite = try gradient.doubles().allSatisfy(\.isFinite)
      #expect(isFinite, "\(kind)")
    }
  }
}
