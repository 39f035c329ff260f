import GradC
import TensorIR
import TensorOps
import TestSupport
import Testing

/// What a traced function gives for arguments, in every tier: the reference interpreter, the kernel IR's interpreter,
/// machine code of libtcc, and portable C by gcc, which must agree to rounding.
func everyTier<each Input: TensorStructure, Output: TensorStructure>(
  _ function: TracedFunction<repeat each Input, Output>, _ arguments: repeat each Input,
  sourceLocation: Testing.SourceLocation = #_sourceLocation
) throws -> Output {
  let expected = try function.evaluate(repeat each arguments)
  let found = try function.compile()(repeat each arguments)
  let types = expected.tensors.map { ($0.dtype, $0.shape) }
  func compare(_ results: [[Double]], _ tier: String) throws {
    for ((a, b), type) in zip(zip(results, expected.tensors), types) {
      #expect(
        isClose(a, try b.doubles(), type.0 == .f32 ? 1e-5 : 1e-13), "\(tier) \(a), interpreter \(b)",
        sourceLocation: sourceLocation)
    }
  }
  #expect(found.tensors.map(\.dtype) == types.map(\.0), sourceLocation: sourceLocation)
  #expect(found.tensors.map(\.shape) == types.map(\.1), sourceLocation: sourceLocation)
  try compare(found.tensors.map { try $0.doubles() }, "machine code")

  var tensors: [Tensor] = []
  for argument in repeat each arguments { tensors += argument.tensors }
  let plain = try Function(parsing: function.graph.description, ops: OpRegistry.make)
  let inputs = try zip(tensors, plain.parameterTypes).map { tensor, type in
    type.dtype.isFloating
      ? ReferenceTensor(floating: try tensor.doubles(), type: type)
      : ReferenceTensor(integer: try tensor.doubles().map { Int64($0) }, type: type)
  }
  let subject = try Subject(plain, inputs)
  try compare(subject.interpreted().map(\.doubles), "kernel IR")
  let portable = try PortableLibrary([subject], compiler: "gcc", optimisation: "-O0")
  try compare(portable.results(of: 0).map(\.doubles), "portable C")
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
