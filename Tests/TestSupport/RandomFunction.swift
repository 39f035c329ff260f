package import Basics
package import TensorIR
import TensorOps

/// A random well-typed function and inputs for it, the same for the same seed and options.
///
/// Each op is computed as it is chosen, so that a function is made of ops that suit the values they get.
package struct RandomFunction: Sendable {
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Ops whose results are exact or correctly rounded, on values that include NaN, infinities, zeros of both signs,
    /// denormals and extreme integers: every implementation gives the same bits, NaN payloads aside.
    case exact
    /// All ops on finite values of moderate size, well-conditioned: what differs by rounding stays close. Ops with
    /// jumps get exact values only.
    case moderate
    /// Smooth ops of one floating dtype on moderate values inside their domains, so that finite differences work.
    case smooth
  }

  package struct Options: Hashable, Sendable {
    package var kind: Kind
    /// The dtypes of parameters, more often those that are listed more often; in functions that are not smooth, casts and comparisons lead to others.
    package var dtypes: [DType]
    /// About how many ops are chosen; conversions of operands add to them.
    package var opCount: ClosedRange<Int>
    /// The most elements of a value.
    package var maximumElementCount: Int
    /// One scalar result `loss`, into which everything goes, for gradients.
    package var hasScalarResult: Bool

    package init(
      _ kind: Kind, dtypes: [DType]? = nil, opCount: ClosedRange<Int> = 1...30, maximumElementCount: Int = 300,
      hasScalarResult: Bool = false
    ) {
      self.kind = kind
      self.dtypes = dtypes ?? (kind == .smooth ? [.f64] : [.f32, .f32, .f64, .f64, .i32, .i64, .bool])
      self.opCount = opCount
      self.maximumElementCount = maximumElementCount
      self.hasScalarResult = hasScalarResult
    }
  }

  package let seed: UInt64
  package let options: Options
  package let function: Function
  /// One for every parameter.
  package let inputs: [ReferenceTensor]
  /// What the reference computes for the inputs.
  package let results: [ReferenceTensor]

  package init(seed: UInt64, _ options: Options) throws(Diagnostics) {
    self.seed = seed
    self.options = options
    let generator = FunctionGenerator(seed: seed, options)
    (function, inputs, results) = try generator.generate()
  }
}

extension RandomFunction: CustomStringConvertible {
  package var description: String {
    let inputs = zip(function.parameters, inputs).map { "\($0.name) = \($1.scalars.map(\.description))" }
    return "seed \(seed), \(options.kind.rawValue):\n\(function)\n\(inputs.joined(separator: "\n"))"
  }
}

/// Builds one random function. Everything it has defined is in `pool`, with its value for the inputs.
final class FunctionGenerator {
  let options: RandomFunction.Options
  var random: SplitMix
  let builder = FunctionBuilder()
  private(set) var pool: [Value] = []
  private var tensors: [Value: ReferenceTensor] = [:]
  /// The values again, but with a disturbance after every op that rounds. Where the two differ much, the function is
  /// ill-conditioned; where they are equal, the value is exact.
  private var shadows: [Value: ReferenceTensor] = [:]

  init(seed: UInt64, _ options: RandomFunction.Options) {
    self.options = options
    random = SplitMix(seed: seed)
  }

  func generate() throws(Diagnostics) -> (Function, inputs: [ReferenceTensor], results: [ReferenceTensor]) {
    var inputs: [ReferenceTensor] = []
    for index in 0...random.below(3) {
      let type = TensorType(random.pick(options.dtypes), randomShape())
      let value = builder.parameter("x\(index)", type)
      let input = randomTensor(type)
      inputs.append(input)
      define(value, input, shadow: input)
    }
    let wanted = options.opCount.lowerBound + random.below(options.opCount.count)
    var chosen = 0
    for _ in 0..<(8 * wanted) where chosen < wanted {
      if addOp() != nil { chosen += 1 }
    }
    let results = options.hasScalarResult ? [Function.Result("loss", loss())] : pickResults()
    let function = try builder.finish(name: "random", results: results)
    return (function, inputs, results.map { tensor($0.value) })
  }

  // MARK: Values

  func type(_ value: Value) -> TensorType { builder.type(of: value) }

  func tensor(_ value: Value) -> ReferenceTensor {
    tensors[value] ?? ReferenceTensor(repeating: Scalar(0.0, as: .f32), shape: .scalar)
  }

  /// `true` if every implementation has the same bits here.
  func isExact(_ value: Value) -> Bool { tensors[value] == shadows[value] }

  private func define(_ value: Value, _ tensor: ReferenceTensor, shadow: ReferenceTensor) {
    guard tensors[value] == nil else { return }
    tensors[value] = tensor
    shadows[value] = shadow
    pool.append(value)
  }

  /// Later values more often, so that functions grow deep.
  func pick(where condition: (TensorType) -> Bool = { _ in true }) -> Value? {
    var fitting = pool.filter { condition(type($0)) }
    // Little happens to truth values, and nothing to no elements.
    let richer = fitting.filter { type($0).dtype != .bool && !type($0).shape.isEmpty }
    if !richer.isEmpty, random.chance(0.6) { fitting = richer }
    guard !fitting.isEmpty else { return nil }
    return random.chance(0.5) ? fitting[fitting.count - 1 - random.below(min(4, fitting.count))] : random.pick(fitting)
  }

  /// Adds `op(operands)`, unless its types or its values are not wanted; gives the first result.
  func apply(_ op: any Op, _ operands: Value?...) -> Value? { apply(op, operands) }

  func apply(_ op: any Op, _ operands: [Value?]) -> Value? {
    let known = operands.compactMap { $0 }
    guard known.count == operands.count, let types = try? op.resultTypes(known.map { type($0) }),
      types.allSatisfy({ $0.rank <= 5 && $0.elementCount <= options.maximumElementCount }),
      let results = try? op.reference(known.map { tensor($0) }),
      let shadows = try? op.reference(known.map { shadows[$0] ?? tensor($0) })
    else { return nil }
    let disturbed = zip(types, shadows).map { op.rounds($0.dtype) ? disturb($1) : $1 }
    guard zip(results, disturbed).allSatisfy({ isWanted($0, $1) }) else { return nil }
    let values = builder.emit(op, known)
    for (value, (result, shadow)) in zip(values, zip(results, disturbed)) { define(value, result, shadow: shadow) }
    return values.first
  }

  /// The same for an op with any number of results, all of which must be wanted; gives the first.
  func applyAll(_ op: any Op, _ operands: [Value]) -> Value? {
    guard let types = try? op.resultTypes(operands.map { type($0) }), !types.isEmpty,
      types.allSatisfy({ $0.rank <= 5 && $0.elementCount <= options.maximumElementCount }),
      let results = try? op.reference(operands.map { tensor($0) }),
      let shadows = try? op.reference(operands.map { shadows[$0] ?? tensor($0) })
    else { return nil }
    let disturbed = zip(types, shadows).map { op.rounds($0.dtype) ? disturb($1) : $1 }
    guard zip(results, disturbed).allSatisfy({ isWanted($0, $1) }) else { return nil }
    let values = builder.emit(op, operands)
    for (value, (result, shadow)) in zip(values, zip(results, disturbed)) { define(value, result, shadow: shadow) }
    return values[0]
  }

  private func disturb(_ tensor: ReferenceTensor) -> ReferenceTensor {
    guard tensor.dtype.isFloating, options.kind != .exact else { return tensor }
    let elements = tensor.doubles.map { $0 + 1e-4 * max(abs($0), 1) * random.double(in: -1...1) }
    return ReferenceTensor(floating: elements, type: tensor.type)
  }

  private func isWanted(_ tensor: ReferenceTensor, _ shadow: ReferenceTensor) -> Bool {
    guard tensor.dtype.isFloating, options.kind != .exact else { return true }
    let limit: Double = options.kind == .smooth ? 30 : 1000
    return zip(tensor.doubles, shadow.doubles).allSatisfy { x, y in
      x.isFinite && y.isFinite && abs(x) <= limit && abs(x - y) <= 0.01 * max(1, abs(x))
    }
  }

  // MARK: Results

  /// Mostly values that nothing uses, now and then others: parameters, constants, the same value twice.
  private func pickResults() -> [Function.Result] {
    let candidates = options.kind == .smooth ? pool.filter { type($0).dtype.isFloating } : pool
    let unused = unusedValues().filter { options.kind != .smooth || type($0).dtype.isFloating }
    var values = unused.suffix(2).map { $0 }
    while values.isEmpty || (random.chance(0.5) && values.count < 5) {
      values.append(random.pick(random.chance(0.7) && !unused.isEmpty ? unused : candidates))
    }
    return values.enumerated().map { .init("y\($0)", $1) }
  }

  private func unusedValues() -> [Value] {
    var used: Set<Value> = []
    for value in pool { for operand in builder.definition(of: value)?.operands ?? [] { used.insert(operand) } }
    return pool.filter { !used.contains($0) }
  }

  /// The sum of the means of all floating values that nothing uses.
  private func loss() -> Value {
    let dtype = options.dtypes.first { $0.isFloating } ?? .f64
    var sum: Value?
    for value in unusedValues() where type(value).dtype.isFloating && !type(value).shape.isEmpty {
      let rank = type(value).rank
      let whole = rank == 0 ? value : apply(Reduce(.add, axes: Array(0..<rank)), value)
      let count = Double(type(value).elementCount)
      let mean = apply(ElementwiseOp.mul, cast(whole, to: dtype), constant(Scalar(1 / count, as: dtype)))
      if let mean { sum = sum == nil ? mean : apply(ElementwiseOp.add, sum, mean) ?? sum }
    }
    if let sum, type(sum).rank == 0 { return sum }
    return constant(Scalar(0.0, as: dtype)) ?? pool[0]
  }

  // MARK: Random pieces

  func randomShape() -> Shape {
    while true {
      var extents: [Int] = []
      for _ in 0..<random.pick([0, 1, 1, 2, 2, 2, 3, 3, 4]) {
        extents.append(random.pick([1, 1, 2, 2, 3, 3, 4, 5, 7, 8, 17, random.chance(0.2) ? 0 : 2]))
      }
      let shape = Shape(extents)
      if shape.elementCount <= options.maximumElementCount { return shape }
    }
  }

  func randomTensor(_ type: TensorType) -> ReferenceTensor {
    let special = options.kind == .exact && random.chance(0.5)
    let scalars = (0..<type.elementCount).map { _ in
      special && random.chance(0.4) ? specialScalar(type.dtype) : moderateScalar(type.dtype)
    }
    return ReferenceTensor(scalars: scalars, type: type)
  }

  private func moderateScalar(_ dtype: DType) -> Scalar {
    switch dtype {
    case .f32, .f64: Scalar(random.double(in: -2...2), as: dtype)
    case .i32, .i64: Scalar(Int64(random.below(11) - 5), as: dtype)
    case .bool: Scalar(Int64(random.below(2)), as: dtype)
    }
  }

  private func specialScalar(_ dtype: DType) -> Scalar {
    switch dtype {
    case .f32, .f64:
      let tiny = dtype == .f32 ? Double(Float.leastNonzeroMagnitude) : .leastNonzeroMagnitude
      let huge = dtype == .f32 ? Double(Float.greatestFiniteMagnitude) : .greatestFiniteMagnitude
      return Scalar(
        random.pick([.nan, .infinity, -.infinity, 0, -0.0, tiny, -tiny, huge, -huge, 0.5, 2.5, -1.5, 4e9, -1e19]),
        as: dtype)
    case .i32, .i64:
      return Scalar(random.pick([.min, .max, -1, 0, Int64(Int32.min), Int64(Int32.max)]), as: dtype)
    case .bool: return moderateScalar(dtype)
    }
  }
}
