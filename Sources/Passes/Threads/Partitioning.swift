import Basics
package import KernelIR

extension Program {
  /// The planned program with kernels and products cut into chunks where threads make them faster; see `Parallelism`.
  package func partitioned(_ parallelism: Parallelism) -> Program {
    var program = self
    let loops = LoopTable(self)
    program.steps = steps.mapLeaves { step in
      switch step {
      case .kernel(var kernel):
        kernel.partition = partition(kernel, parallelism, loops)
        return .kernel(kernel)
      case .gemm(var gemm):
        gemm.partition = parallelism.partition(gemm)
        return .gemm(gemm)
      case .call, .loop, .whileLoop, .branch: return step
      }
    }
    return program
  }

  /// The chunks of a kernel along the outermost axis that gives enough of them, or else along the one that gives most.
  func partition(_ kernel: Kernel, _ parallelism: Parallelism, _ loops: LoopTable) -> KernelPartition? {
    // A long formula of numbers has no axis.
    guard kernel.body.contains(where: { $0.scope != nil }) else { return nil }
    let wanted = parallelism.chunkCount(StepCost.nanoseconds(kernel))
    guard wanted > 1 else { return nil }
    var best: (partition: KernelPartition, count: Int)?
    for (axis, isTile) in kernel.body.scopedAxes {
      let extent = kernel.axes[axis].extent
      let step = isTile ? laneCount : 1
      var chunk = (extent + wanted - 1) / wanted
      chunk = (chunk + step - 1) / step * step
      let count = chunk > 0 ? (extent + chunk - 1) / chunk : 0
      guard count > max(best?.count ?? 1, 1), kernel.dependence(along: axis, in: self, loops) == nil else { continue }
      best = (KernelPartition(axis: axis, chunk: chunk), count)
      if count >= min(wanted, Self.enoughChunks) { break }
    }
    return best?.partition
  }

  /// With so many chunks no thread waits long for another.
  static let enoughChunks = 16

  /// The program with the slices of library calls cut into chunks, each with a workspace of its own. Before memory is
  /// planned.
  func partitioningCalls(_ parallelism: Parallelism) -> Program {
    var program = self
    program.steps = steps.mapLeaves { step in
      guard case .call(var call) = step, call.batchCount > 1 else { return step }
      let slice = StepCost.nanoseconds(call.routine)
      let count = min(parallelism.chunkCount(slice * Double(call.batchCount)), call.batchCount)
      guard count > 1, slice >= parallelism.leastSliceNanoseconds || !call.routine.function.usesLAPACK else {
        return step
      }
      call.chunk = (call.batchCount + count - 1) / count
      if let workspace = call.workspace {
        let (bytes, overflow) = call.workspaceStep.multipliedReportingOverflow(by: call.chunkCount)
        guard !overflow, bytes <= Self.greatestWorkspace else { return step }
        program.buffers[workspace].type = TensorType(.bool, [bytes])
      }
      return .call(call)
    }
    return program
  }

  /// Workspaces of all chunks together are no larger.
  private static let greatestWorkspace = 1 << 26
}

extension Parallelism {
  /// The chunks of a matrix product: slices if there are enough of them, or else runs of the more numerous of rows and
  /// columns. Neither depends on the number of threads; see `GemmPartition`.
  func partition(_ gemm: Gemm) -> GemmPartition? {
    guard gemm.m > 0, gemm.n > 0 else { return nil }
    let slice = StepCost.nanoseconds(gemm)
    let total = slice * Double(gemm.batchCount)
    let wanted = chunkCount(total)
    guard wanted > 1 else { return nil }
    if gemm.batchCount > 1, gemm.hasDisjointSlices, slice >= leastSliceNanoseconds || !gemm.dtype.isFloating {
      let count = min(wanted, gemm.batchCount)
      if count >= 4 || slice < 2 * productNanoseconds {
        return GemmPartition(.slices, chunk: (gemm.batchCount + count - 1) / count)
      }
    }
    let direction: GemmPartition.Direction = gemm.m >= gemm.n ? .rows : .columns
    let length = gemm.extent(direction)
    // Two chunks of a little less than the least length are worth it.
    let fitting = max(length / leastProductLength, length >= leastProductLength * 4 / 3 ? 2 : 1)
    let most = min(fitting, count(total, each: productNanoseconds, upTo: Self.greatestProductChunkCount))
    guard most > 1 else { return nil }
    // A power of two, which most numbers of threads share evenly.
    let count = 1 << (Int.bitWidth - 1 - most.leadingZeroBitCount)
    let chunk = (length + count - 1) / count
    // Whole blocks of BLAS's inner loops.
    let rounded = chunk >= 32 ? (chunk + 31) / 32 * 32 : chunk
    return rounded < length ? GemmPartition(direction, chunk: rounded) : nil
  }

  private static let greatestProductChunkCount = 16
}

extension LibraryFunction {
  fileprivate var usesLAPACK: Bool {
    switch self {
    case .cholesky, .triangularSolve, .lu, .adjugate, .qr, .eigh, .svd: true
    case .argsort, .cumsum, .cumprod, .cummax, .cummin, .linearRecurrence: false
    }
  }
}

extension [Statement] {
  /// The axes that have scopes, outermost first.
  fileprivate var scopedAxes: [(axis: AxisID, isTile: Bool)] {
    var found: [(axis: AxisID, isTile: Bool)] = []
    var level: [Statement] = self
    while !level.isEmpty {
      var next: [Statement] = []
      for statement in level {
        guard let (axis, body) = statement.scope else { continue }
        var isTile = false
        if case .tile = statement { isTile = true }
        if let known = found.firstIndex(where: { $0.axis == axis }) {
          found[known].isTile = found[known].isTile || isTile
        } else {
          found.append((axis, isTile))
        }
        next += body
      }
      level = next
    }
    return found
  }
}
