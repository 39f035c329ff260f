import Basics
import TensorIR

/// Ops that reach every corner of the text form; the real ones have tests of their own.
struct ToyOp: Op {
  var name: String
  var attributes: [Attribute] = []

  init(_ name: String, _ attributes: [Attribute] = []) {
    self.name = name
    self.attributes = attributes
  }

  /// Operands, results: add (2, 1), neg (1, 1), parts (1, 2), sink (1, 0), `make` (0, 1, of its shape), `any` (all, 1).
  static let factory: OpFactory = { (name, reader) throws(Diagnostic) in
    guard ["add", "neg", "parts", "sink", "make", "any"].contains(name) else {
      throw Diagnostic("there is no op '\(name)'")
    }
    if name == "make" { _ = try reader.shape("shape") }
    return ToyOp(name, reader.attributes)
  }

  func resultTypes(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    func need(_ count: Int) throws(Diagnostic) {
      guard operands.count == count else { throw Diagnostic("'\(name)' takes \(count), not \(operands.count)") }
    }
    switch name {
    case "add":
      try need(2)
      guard operands[0] == operands[1] else { throw Diagnostic("'add' of \(operands[0]) and \(operands[1])") }
      return [operands[0]]
    case "neg":
      try need(1)
      return operands
    case "parts":
      try need(1)
      return [operands[0], operands[0].with(.i64)]
    case "sink":
      try need(1)
      return []
    case "make":
      guard case .integers(let extents)? = attributes.first?.value else { throw Diagnostic("'make' has no shape") }
      return [TensorType(.f32, Shape(extents))]
    default: return [TensorType(.f32, .scalar)]
    }
  }

  var derivative: DerivativeRule { .zero }
  var batching: BatchingRule { .elementwise }
  var lowering: LoweringRule { .reshape }

  func reference(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
    switch name {
    case "add":
      return [ReferenceTensor(floating: zip(operands[0].doubles, operands[1].doubles).map(+), type: operands[0].type)]
    case "neg": return [ReferenceTensor(floating: operands[0].doubles.map { -$0 }, type: operands[0].type)]
    case "parts":
      let type = operands[0].type.with(.i64)
      return [operands[0], ReferenceTensor(integer: operands[0].integers, type: type)]
    case "sink": return []
    case "any": throw Diagnostic("'any' has no meaning")
    default: return try resultTypes([]).map { ReferenceTensor(repeating: Scalar(1.0, as: $0.dtype), shape: $0.shape) }
    }
  }
}

let f32x2 = TensorType(.f32, [2])

/// `x + y + …` in a chain of instructions of which no two are equal.
func chain(_ count: Int) throws -> Function {
  let builder = FunctionBuilder()
  builder.reserve(count)
  var values = [builder.parameter("x", f32x2), builder.parameter("y", f32x2)]
  for _ in 0..<count { values.append(builder.emit(ToyOp("add"), values[values.count - 1], values[values.count - 2])) }
  return try builder.finish(name: "chain", results: [.init("z", values[values.count - 1])])
}

/// One function with every kind of attribute, several results of an op, and names of all sorts.
func everything() throws -> Function {
  let inner = FunctionBuilder()
  let a = inner.parameter("a", TensorType(.f64, [0, 3]))
  let nested = try inner.finish(
    name: "inner \"one\"", results: [.init("", inner.emit(ToyOp("neg"), a)), .init("", a)])

  let builder = FunctionBuilder()
  let names = ["x", "", "x", "7", "%x", "é\n\"\\\u{1}\u{7f}", "e\u{301}\n\"\\\u{1}\u{7f}", "π", "func", "a b", "0"]
  let parameters = names.map { builder.parameter($0, f32x2) }
  let sum = builder.emit(ToyOp("add"), parameters[2], parameters[5])
  let parts = builder.emit(ToyOp("parts"), [sum])
  _ = builder.emit(ToyOp("sink"), [parts[1]])
  let floats: [Double] = [1, -0.0, .infinity, -.infinity, 0.1, 1e-40, 3e38, .nan]
  let attributes: [Attribute] = [
    .init("i", .integer(.min)), .init("is", .integers([.max, -1])), .init("none", .integers([])),
    .init("d", .dtype(.bool)), .init("s", .string("line\nbreak \"q\" \\ ünï\u{0}")),
    .init("f", .scalar(Scalar(0.1, as: .f32))), .init("b", .scalar(Scalar(1.0, as: .bool))),
    .init("n", .scalar(Scalar(dtype: .f64, bits: 0xFFF8_0000_0000_0001))),
    .init("m", .scalar(Scalar(Int64.min, as: .i64))),
    .init("dense", .tensor(ReferenceTensor(floating: floats, type: TensorType(.f32, [2, 4])))),
    .init("wide", .tensor(ReferenceTensor(floating: floats, type: TensorType(.f64, [8])))),
    .init("long", .tensor(ReferenceTensor(integer: [.min, .max], type: TensorType(.i64, [2, 1])))),
    .init("truth", .tensor(ReferenceTensor(integer: [1, 0], type: TensorType(.bool, [2])))),
    .init("splat", .tensor(ReferenceTensor(repeating: Scalar(-0.0, as: .f64), shape: [2, 2]))),
    .init("empty", .tensor(ReferenceTensor(integer: [], type: TensorType(.i32, [0, 5])))),
    .init("g", .function(nested)),
  ]
  let any = builder.emit(ToyOp("any", attributes), [parts[0], parameters[1]])[0]
  return try builder.finish(
    name: "all of it", results: [.init("loss", any), .init("loss", sum), .init("the grad", parts[1]), .init("1", sum)])
}
