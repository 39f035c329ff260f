import GradC
import Testing

/// What a traced function gives for arguments, computed by the reference interpreter and by machine code, which must
/// agree to rounding.
func both<each Input: TensorStructure, Output: TensorStructure>(
  _ function: TracedFunction<repeat each Input, Output>, _ arguments: repeat each Input,
  sourceLocation: Testing.SourceLocation = #_sourceLocation
) throws -> Output {
  let expected = try function.evaluate(repeat each arguments)
  let compiled = try function.compile()
  let found = try compiled(repeat each arguments)
  for (a, b) in zip(found.tensors, expected.tensors) {
    #expect(a.dtype == b.dtype && a.shape == b.shape, sourceLocation: sourceLocation)
    #expect(
      isClose(try a.doubles(), try b.doubles(), a.dtype == .f32 ? 1e-5 : 1e-13), "machine code \(a), interpreter \(b)",
      sourceLocation: sourceLocation)
  }
  return found
}

/// Whether numbers agree to `tolerance`, relatively above 1.
func isClose(_ a: [Double], _ b: [Double], _ tolerance: Double) -> Bool {
  a.count == b.count
    && zip(a, b).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN || abs($0 - $1) <= tolerance * max(1, abs($0), abs($1)) }
}

/// A scalar of f64.
func scalar(_ value: Double, _ dtype: DType = .f64) -> Tensor { Tensor([value], shape: [], dtype: dtype) }

/// A vector of f64.
func vector(_ elements: [Double], _ dtype: DType = .f64) -> Tensor { Tensor(elements, dtype: dtype) }

/// A tensor of f64 with elements between -1 and 1, the same for the same seed.
func sampled(_ shape: [Int], seed: Int = 0, _ dtype: DType = .f64) -> Tensor {
  var state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 &+ 12345
  let elements = (0..<shape.reduce(1, *)).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) * 0x1p-52 - 1
  }
  return Tensor(elements, shape: shape, dtype: dtype)
}
