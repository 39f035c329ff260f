import KernelIR

// Products of a matrix of few rows, such as a convolution's kernels, with a long one: BLAS copies the long one into blocks
// before it starts, which takes longer than the product. For products of up to a certain size it has kernels that read where
// the operands are.

extension Program {
  /// The program with long products of few rows done as batches of short ones, columns by columns.
  func splittingProducts(_ model: CostModel = CostModel()) -> Program {
    var program = self
    program.steps = steps.mapLeaves { step in
      guard case .gemm(var gemm) = step, let width = model.columnsOfPart(gemm) else { return step }
      gemm.batchCount = gemm.n / width
      gemm.n = width
      gemm.a.batchStride = 0
      gemm.b.batchStride = width * gemm.b.columnStep
      gemm.c.batchStride = width
      return .gemm(gemm)
    }
    return program
  }
}

extension CostModel {
  /// The columns of c that one part of a product has; `nil` if it stays whole.
  fileprivate func columnsOfPart(_ gemm: Gemm) -> Int? {
    guard isSkinny(gemm), min(gemm.m, gemm.k) <= Self.fewRows else { return nil }
    return part(of: gemm.n, gemm.m * gemm.k)
  }

  /// Into how many parts a product is cut along `k`, each of which adds to c; `nil` if it stays whole.
  func partsAlongContraction(_ gemm: Gemm) -> Int? {
    guard isSkinny(gemm), gemm.m * gemm.n <= Self.fewRows * Self.fewRows, gemm.k > gemm.m, gemm.k > gemm.n else {
      return nil
    }
    return part(of: gemm.k, gemm.m * gemm.n).map { gemm.k / $0 }
  }

  private func isSkinny(_ gemm: Gemm) -> Bool {
    // Three extents may have a product that no integer holds.
    gemm.dtype.isFloating && gemm.batchCount == 1 && gemm.order == .library && min(gemm.m, gemm.n, gemm.k) > 1
      && Double(gemm.m) * Double(gemm.n) * Double(gemm.k) > Double(Self.greatestDirectProduct)
  }

  /// The greatest divisor of an extent with which a product is done without copies, if it is not much smaller than it could
  /// be.
  private func part(of extent: Int, _ others: Int) -> Int? {
    let most = Self.greatestDirectProduct / max(others, 1)
    guard most >= Self.leastPart, most < extent else { return nil }
    return stride(from: most, through: max(most / 4, Self.leastPart), by: -1).first { extent % $0 == 0 }
  }
}
