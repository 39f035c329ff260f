/// How a step is cut into chunks that may be run in any order, and at once by several threads. It depends on sizes alone,
/// never on the number of threads, so that results have the same bits for all.
///
/// The chunks of a kernel are runs of iterations of one axis. Whatever stands outside the axis's scopes is done for every
/// chunk.
package struct KernelPartition: Hashable, Sendable {
  package var axis: AxisID
  /// Iterations in a chunk; the last one may have fewer.
  package var chunk: Int

  package init(axis: AxisID, chunk: Int) {
    self.axis = axis
    self.chunk = chunk
  }
}

/// The chunks of a matrix product: rows of c, columns of c, or slices of the batch.
///
/// BLAS rounds otherwise where it is given fewer rows or columns, so that chunks of these are calls of their own whatever
/// the number of threads.
package struct GemmPartition: Hashable, Sendable {
  package enum Direction: String, Hashable, Sendable, CaseIterable {
    case rows, columns, slices
  }
  package var direction: Direction
  package var chunk: Int

  package init(_ direction: Direction, chunk: Int) {
    self.direction = direction
    self.chunk = chunk
  }
}

extension Gemm {
  /// What is cut into chunks.
  package func extent(_ direction: GemmPartition.Direction) -> Int {
    switch direction {
    case .rows: m
    case .columns: n
    case .slices: batchCount
    }
  }

  /// Whether no slice of c has an element of another.
  package var hasDisjointSlices: Bool {
    let (step, rows) = (Int(c.batchStride.magnitude), max(m, 1) - 1)
    if batchCount <= 1 || step > rows * c.leadingDimension + n - 1 { return true }
    // Columns side by side, such as the parts of a long product.
    return step >= n && (batchCount - 1) * step + n <= c.leadingDimension
  }
}

extension Gemm {
  /// The share of a whole product that one by symmetry computes.
  package var shareBySymmetry: Double { min(1, (1 + Double(strip) / Double(max(m, 1))) / 2) }
}

extension Gemm.Matrix {
  /// Elements from a row to the next.
  package var rowStep: Int { transposed ? 1 : leadingDimension }
  /// Elements from a column to the next.
  package var columnStep: Int { transposed ? leadingDimension : 1 }
}

extension LibraryCall {
  /// How many chunks its slices are cut into; 1 without a partition.
  package var chunkCount: Int {
    guard let chunk, chunk > 0 else { return 1 }
    return max((batchCount + chunk - 1) / chunk, 1)
  }

  /// Bytes from the workspace of a chunk to that of the next.
  package var workspaceStep: Int { (routine.workspaceByteCount(dtype) + 63) / 64 * 64 }

  /// The bytes that the workspaces of all chunks need.
  package var workspaceByteCount: Int {
    chunk == nil ? routine.workspaceByteCount(dtype) : chunkCount * workspaceStep
  }
}

extension Step {
  /// How many chunks threads may share; 1 of a step that one thread does.
  package var chunkCount: Int {
    switch self {
    case .kernel(let kernel):
      kernel.partition.map { chunks(of: kernel.axes[$0.axis].extent, by: $0.chunk).count } ?? 1
    case .gemm(let gemm):
      gemm.partition.map { chunks(of: gemm.extent($0.direction), by: $0.chunk).count } ?? 1
    case .call(let call): call.chunkCount
    case .loop(let loop): loop.isParallel ? loop.bound : 1
    case .whileLoop, .branch: 1
    }
  }
}

/// Chunks of `count` numbers, in order.
package func chunks(of count: Int, by chunk: Int) -> [Range<Int>] {
  stride(from: 0, to: count, by: max(chunk, 1)).map { $0..<min($0 + max(chunk, 1), count) }
}
