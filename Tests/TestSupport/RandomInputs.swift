package import KernelIR

extension Program {
  /// An array of random numbers for every parameter, in their order.
  package func randomInputs(seed: UInt64, in range: ClosedRange<Double> = -2...2) -> [HostBuffer] {
    var random = SplitMix(seed: seed)
    let parameters = buffers.filter { $0.role.parameterPosition != nil }
    return parameters.sorted { ($0.role.parameterPosition ?? 0) < ($1.role.parameterPosition ?? 0) }.map { buffer in
      HostBuffer(buffer.type, (0..<buffer.type.elementCount).map { _ in Double.random(in: range, using: &random) })
    }
  }
}
