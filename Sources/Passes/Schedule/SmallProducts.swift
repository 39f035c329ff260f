import KernelIR

// Products of small matrices, for which BLAS takes longer to find its way than to compute.

extension Program {
  /// The program with small products done by the runtime's own kernels.
  func withSmallProducts(_ model: CostModel = CostModel()) -> Program {
    var program = self
    program.steps = steps.mapLeaves { step in
      guard case .gemm(let gemm) = step, model.isSmall(gemm) else { return step }
      return .gemm(gemm.withOwnOrder)
    }
    return program
  }
}

extension CostModel {
  fileprivate func isSmall(_ gemm: Gemm) -> Bool {
    guard gemm.dtype.isFloating, gemm.order == .library, gemm.partition.map({ $0.direction == .slices }) ?? true,
      min(gemm.m, gemm.n, gemm.k) > 0, max(gemm.m, gemm.n, gemm.k) <= Self.greatestSmallExtent
    else { return false }
    return gemm.m * gemm.n * gemm.k <= Self.greatestSmallProduct
  }
}

extension Gemm {
  /// By lanes where both operands are dense along the contraction and rows are too few to make up for a copy of b.
  fileprivate var withOwnOrder: Gemm {
    var gemm = self
    // A column is a row of the transposed product.
    if n == 1, m > 1, c.leadingDimension == 1 {
      (gemm.m, gemm.n, gemm.a, gemm.b) = (1, m, b.asTransposed, a.asTransposed)
      gemm.c.leadingDimension = m
    }
    gemm.a = gemm.a.asDense(rows: gemm.m, columns: gemm.k, transposed: false)
    if gemm.n == 1 { gemm.b = gemm.b.asDense(rows: gemm.k, columns: 1, transposed: true) }
    gemm.order = gemm.m < CostModel.fewestCopiedRows && !gemm.a.transposed && gemm.b.transposed ? .lanes : .rows
    return gemm
  }
}

extension Gemm.Matrix {
  /// The same elements as the transposed matrix.
  fileprivate var asTransposed: Gemm.Matrix {
    var matrix = self
    matrix.transposed.toggle()
    return matrix
  }

  /// A dense row or column is its own transposition: written the other way, if it is not yet as wanted.
  fileprivate func asDense(rows: Int, columns: Int, transposed wanted: Bool) -> Gemm.Matrix {
    guard transposed != wanted, min(rows, columns) == 1, leadingDimension == 1 else { return self }
    var matrix = asTransposed
    matrix.leadingDimension = max(rows, columns)
    return matrix
  }
}
