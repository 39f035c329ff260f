internal import TensorIR
internal import TensorOps

/// The result of a closure whose derivative in forward mode is given; reverse mode is its transpose.
///
/// - Parameters:
///   - x: What the closure is given. What it uses of the trace around is constant to the derivative.
///   - primal: `y = f(x)`.
///   - jvp: `ẏ` from x, y and ẋ, linear in ẋ. Tangents of tensors that are not floating are zeros and are not looked at.
/// - Returns: y; poison if the tangent does not have its form, shapes and dtypes.
public func customDerivative<Input: TensorStructure, Output: TensorStructure>(
  _ x: Input, file: String = #fileID, line: Int = #line, primal: (Input) throws -> Output,
  jvp: (_ x: Input, _ y: Output, _ tangent: Input) throws -> Output
) rethrows -> Output {
  let location = SourceLocation(file: file, line: line)
  return try Region.record("customDerivative", x.tensors, at: location) { region in
    var recording = CustomRecording(region, x.tensors)
    let y = try primal(x.filled(from: recording.parameters))
    recording.finishPrimal(y.tensors)
    let (point, value) = (x.filled(from: recording.ruleInputs), y.filled(from: recording.ruleOutputs))
    let tangent = x.filled(from: recording.directions(recording.inputTypes, x.tensors))
    let results = recording.finish(try jvp(point, value, tangent).tensors, of: recording.outputTypes) { .jvp($0) }
    return y.filled(from: results)
  }
}

/// The result of a closure whose derivative in reverse mode is given. Forward mode is its transpose, if the closure is
/// linear in the cotangent; one that clips it, say, has none.
///
/// - Parameters:
///   - x: What the closure is given. What it uses of the trace around is constant to the derivative.
///   - primal: `y = f(x)`.
///   - vjp: `x̄` from x, y and ȳ. Cotangents of tensors that are not floating are zeros and are not looked at.
/// - Returns: y; poison if the cotangent does not have the form, shapes and dtypes of x.
public func customDerivative<Input: TensorStructure, Output: TensorStructure>(
  _ x: Input, file: String = #fileID, line: Int = #line, primal: (Input) throws -> Output,
  vjp: (_ x: Input, _ y: Output, _ cotangent: Output) throws -> Input
) rethrows -> Output {
  let location = SourceLocation(file: file, line: line)
  return try Region.record("customDerivative", x.tensors, at: location) { region in
    var recording = CustomRecording(region, x.tensors)
    let y = try primal(x.filled(from: recording.parameters))
    recording.finishPrimal(y.tensors)
    let (point, value) = (x.filled(from: recording.ruleInputs), y.filled(from: recording.ruleOutputs))
    let cotangent = y.filled(from: recording.directions(recording.outputTypes, y.tensors))
    let results = recording.finish(try vjp(point, value, cotangent).tensors, of: recording.inputTypes) { .vjp($0) }
    return y.filled(from: results)
  }
}

extension TensorStructure {
  /// The structure with these tensors; all poison if they are one poison.
  fileprivate func filled(from tensors: [Tensor]) -> Self {
    var rest = tensors[...]
    return filled(from: &rest)
  }
}

/// A primal function and its rule while they are recorded. What is wrong is kept, and both closures run all the same.
private struct CustomRecording {
  private let region: Region
  private var fault: Diagnostic?
  private var operands: [Value] = []
  private var primalParameters: [Value] = []
  private var primalResults: [Value] = []
  /// Values of the rule's parameters: x, y and directions.
  private var rule: (x: [Value], y: [Value], directions: [Value]) = ([], [], [])
  private(set) var inputTypes: [TensorType] = []
  private(set) var outputTypes: [TensorType] = []
  private(set) var parameters: [Tensor]
  private(set) var ruleInputs: [Tensor] = []
  private(set) var ruleOutputs: [Tensor] = []

  init(_ region: Region, _ x: [Tensor]) {
    self.region = region
    parameters = x
    do throws(Diagnostic) {
      operands = try region.values(x, literals: Tensor.dtypesMeeting(x))
      inputTypes = region.types(of: operands)
      (parameters, primalParameters, _) = region.parameters(inputTypes)
    } catch {
      fail(error)
    }
  }

  private mutating func fail(_ error: Diagnostic) {
    fault = error
    let poison = region.fault(error)
    parameters = parameters.map { _ in poison }
    ruleInputs = parameters
  }

  mutating func finishPrimal(_ y: [Tensor]) {
    ruleOutputs = y
    if fault != nil { return }
    do throws(Diagnostic) {
      primalResults = try region.values(y, literals: y.map { $0.type?.dtype })
      outputTypes = region.types(of: primalResults)
      (ruleInputs, rule.x, _) = region.parameters(inputTypes)
      (ruleOutputs, rule.y, _) = region.parameters(outputTypes)
    } catch {
      fail(error)
      ruleOutputs = y.map { _ in region.fault(error) }
    }
  }

  /// Parameters for tangents or cotangents of these types; zeros where they are not floating.
  mutating func directions(_ types: [TensorType], _ tensors: [Tensor]) -> [Tensor] {
    if let fault { return tensors.map { _ in region.fault(fault) } }
    let (moving, values, _) = region.parameters(types.filter(\.dtype.isFloating))
    rule.directions = values
    var next = 0
    return types.map { type in
      guard type.dtype.isFloating else { return zeros(type.shape.extents, type.dtype) }
      next += 1
      return moving[next - 1]
    }
  }

  /// The results of the op; `found` is what the rule gave, for tensors of `types`.
  func finish(
    _ found: [Tensor], of types: [TensorType], _ makeRule: (Function) -> CustomDerivative.Rule
  ) -> [Tensor] {
    if let fault { return [region.fault(fault)] }
    do throws(Diagnostic) {
      guard found.count == types.count else {
        throw Diagnostic("the rule gives \(found.count) tensors, not \(types.count)")
      }
      let moving = types.indices.filter { types[$0].dtype.isFloating }
      let values = try region.values(moving.map { found[$0] }, literals: moving.map { types[$0].dtype })
      for (type, due) in zip(region.types(of: values), moving.map { types[$0] }) where type != due {
        throw Diagnostic("the rule gives \(type), not \(due)")
      }
      return region.emit { builder in
        let first = try builder.extract(primalResults, from: primalParameters).captures
        let second = try builder.extract(values, from: rule.x + rule.y + rule.directions).captures
        // Both see what either uses. What they capture is constant to the derivative.
        let captures = (Set(first).union(second)).sorted()
        let primal = try builder.extract(primalResults, from: primalParameters + captures).function
        let fixed = try captures.map { try self.fixed($0, builder) }
        let inputs = rule.x + captures + rule.y + rule.directions
        let function = try builder.extract(values, from: inputs).function
        let completed = try self.completed(function, captures, makeRule, builder)
        let op = CustomDerivative(primal: primal.renamedPositionally(region.operation), rule: completed)
        return builder.emit(op, operands + fixed)
      }
    } catch {
      return [region.fault(error)]
    }
  }

  /// A capture without derivative.
  private func fixed(_ value: Value, _ builder: FunctionBuilder) throws -> Value {
    builder.type(of: value).dtype.isFloating ? builder.emit(StopGradient(), value) : value
  }

  /// The rule with tangents, or cotangents that are zero, of captures.
  private func completed(
    _ function: Function, _ captures: [Value], _ makeRule: (Function) -> CustomDerivative.Rule,
    _ builder: FunctionBuilder
  ) throws -> CustomDerivative.Rule {
    let types = captures.map { builder.type(of: $0) }.filter(\.dtype.isFloating)
    let isForward = if case .jvp = makeRule(function) { true } else { false }
    let named = function.renamedPositionally(region.operation)
    if types.isEmpty { return makeRule(named) }
    let names = types.indices.map { "k\($0)" }
    let extra = isForward ? zip(names, types).map { Function.Parameter($0, $1) } : []
    return makeRule(
      try named.composed(adding: extra) { (builder, own, _) throws(Diagnostics) in
        let zeros = isForward ? [] : types.map { builder.zeros($0).value }
        return (builder.inline(named, own) + zeros).enumerated().map { .init("y\($0.offset)", $0.element) }
      }.renamedPositionally(region.operation))
  }
}
