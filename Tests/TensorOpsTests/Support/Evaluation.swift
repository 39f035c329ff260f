import Basics
import TensorIR
import TensorOps

/// What a rule writes for these inputs, computed op by op; `body` gets a builder and a term for every input.
func evaluate(
  _ inputs: [ReferenceTensor], _ body: (FunctionBuilder, [Term]) throws -> [Term]
) throws -> [ReferenceTensor] {
  let builder = FunctionBuilder()
  let parameters = inputs.enumerated().map { Term(builder, builder.parameter("x\($0.offset)", $0.element.type)) }
  let results = try body(builder, parameters)
  let function = try builder.finish(
    name: "test", results: results.enumerated().map { .init("y\($0.offset)", $0.element.value) })
  return try Interpreter.evaluate(function, inputs)
}

/// What one term is worth for floating inputs.
func evaluate(_ inputs: [Double], _ body: ([Term]) -> Term) throws -> Double {
  let scalars = inputs.map { ReferenceTensor(floating: [$0], type: TensorType(.f64, [])) }
  return try evaluate(scalars) { [body($1)] }[0].doubles[0]
}

extension ReferenceTensor {
  /// A tensor of f64.
  init(_ elements: [Double], _ shape: Shape) { self.init(floating: elements, type: TensorType(.f64, shape)) }

  /// Tensors of one type stacked along a new axis 0.
  init(stacking tensors: [ReferenceTensor], of type: TensorType) {
    self.init(scalars: tensors.flatMap(\.scalars), type: type.with(type.shape.inserting(tensors.count, at: 0)))
  }

  /// `self + factor · other`, in double.
  func adding(_ factor: Double, _ other: ReferenceTensor) -> ReferenceTensor {
    ReferenceTensor(floating: zip(doubles, other.doubles).map { $0 + factor * $1 }, type: type)
  }

  /// `Σ self · other`.
  func dot(_ other: ReferenceTensor) -> Double { zip(doubles, other.doubles).reduce(0) { $0 + $1.0 * $1.1 } }
}

/// Whether two tensors have one type and elements that agree to `tolerance`, relatively above 1; NaN agrees with NaN.
func agree(_ a: ReferenceTensor, _ b: ReferenceTensor, tolerance: Double) -> Bool {
  a.type == b.type
    && zip(a.doubles, b.doubles).allSatisfy { x, y in
      x == y || (x.isNaN && y.isNaN) || abs(x - y) <= tolerance * max(1, abs(x), abs(y))
    }
}

extension DType {
  /// What rounding may do to a short computation of values near 1.
  var tolerance: Double { self == .f32 ? 1e-5 : self == .f64 ? 1e-12 : 0 }
}
