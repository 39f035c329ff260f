/// Chunks that may be run at once.
extension ProgramVerifier {
  /// Of a kernel that is valid otherwise.
  mutating func checkPartition(_ kernel: Kernel) {
    guard let partition = kernel.partition else { return }
    let name = "the partition of kernel \(quoted(kernel.name))"
    guard kernel.axes.indices.contains(partition.axis) else { return fail(29, "\(name) has no axis") }
    guard partition.chunk >= 1, partition.chunk % laneCount == 0 || !kernel.body.hasTile(of: partition.axis) else {
      return fail(29, "\(name) has chunks of \(partition.chunk)")
    }
    if let dependence = kernel.dependence(along: partition.axis, in: program, loops) {
      fail(29, "\(name): chunks of i\(partition.axis) depend on each other, as \(dependence)")
    }
  }

  mutating func checkPartition(_ gemm: Gemm) {
    guard let partition = gemm.partition else { return }
    if partition.chunk < 1 { fail(30, "a product has chunks of \(partition.chunk)") }
    if partition.direction == .slices && !gemm.hasDisjointSlices {
      fail(30, "slices of a product are chunks, but share elements of c")
    }
    if partition.direction == .columns && gemm.order == .symmetry {
      fail(30, "a product by symmetry has chunks of columns")
    }
  }
}

extension [Statement] {
  /// Whether there is a tile scope of an axis.
  fileprivate func hasTile(of axis: AxisID) -> Bool {
    contains { statement in
      switch statement {
      case .tile(let other, let body): other == axis || body.hasTile(of: axis)
      case .loop(_, let body): body.hasTile(of: axis)
      default: false
      }
    }
  }
}
