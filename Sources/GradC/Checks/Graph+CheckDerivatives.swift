internal import TensorIR
internal import TensorOps
internal import Transforms

extension Graph {
  /// Checks derivatives at a point, element by element, in both modes, with extrapolated central differences; throws what is
  /// wrong, with the operation, the parameter, the index and both values.
  ///
  /// First every ``customDerivative(_:file:line:primal:jvp:)`` that runs at this point, in loops and branches too: its rule,
  /// at the values it is given, with differences of its primal. Rules are not checked when they are traced or first used: it
  /// takes values to do so, some rules are not meant to be the derivative (of rounding, or of a clipped gradient), and a
  /// program should be as fast in debug builds as it can. So a test of a model calls this. Then the derivatives of the whole
  /// graph; if these are wrong, every operation that runs is looked at, to find the one that is.
  ///
  /// All is computed by the reference interpreter: meant for small graphs. Of tensors with more than 64 elements about so
  /// many are looked at. The point must be no kink, such as 0 for `relu`. Differences see what ``stopGradient(_:)`` keeps
  /// from being differentiated: leave out parameters by which that matters.
  ///
  /// - Parameters:
  ///   - inputs: One array for every parameter, in order.
  ///   - names: The parameters to differentiate by; `nil` is all of a floating dtype.
  ///   - tolerance: The largest relative error; `nil` is 10⁻⁶, with anything in f32 2·10⁻².
  /// - Throws: `Diagnostics` with one diagnostic for every wrong rule, or that of the graph; or if inputs do not fit.
  public func checkDerivatives(
    at inputs: [NDArray], wrt names: [String]? = nil, tolerance: Double? = nil
  ) throws(Diagnostics) {
    let numbers = try parameterNumbers(names)
    _ = try evaluate(inputs)
    try checkCustomDerivatives(at: inputs, tolerance: tolerance)
    do {
      let point = inputs.map(\.referenceTensor)
      var comparison = DerivativeComparison(function, point, tolerance: tolerance)
      guard let mismatch = try comparison.mismatch(wrt: numbers, [.forward, .reverse]) else { return }
      let parameter = parameters[mismatch.parameter]
      let place = parameter.type.shape.text(at: mismatch.position)
      var message = "the derivative of '\(name)' by '\(parameter.name)'\(place) is \(mismatch.text(results))"
      var location: SourceLocation?
      if let (op, found) = try CustomRules.culprit(in: function, at: point, tolerance: tolerance) {
        message += "; it is '\(op)' that is wrong"
        location = found
      }
      throw Diagnostics([Diagnostic(message, at: location)])
    } catch {
      throw Diagnostics(wrapping: error)
    }
  }
}

extension Graph {
  /// The first part of ``checkDerivatives(at:wrt:tolerance:)``: the rules of every ``customDerivative`` that runs.
  ///
  /// - Throws: `Diagnostics` with one diagnostic for every wrong rule; or if inputs do not fit.
  public func checkCustomDerivatives(at inputs: [NDArray], tolerance: Double? = nil) throws(Diagnostics) {
    guard function.hasCustomDerivatives else { return }
    _ = try evaluate(inputs)
    do {
      let faults = try CustomRules.faults(in: function, at: inputs.map(\.referenceTensor), tolerance: tolerance)
      if !faults.isEmpty { throw Diagnostics(faults) }
    } catch {
      throw Diagnostics(wrapping: error)
    }
  }
}

extension Function {
  /// Whether it, or a function within it, has ops whose derivative is given.
  fileprivate var hasCustomDerivatives: Bool {
    ops.contains { op in
      guard case .controlFlow(let flow) = op.lowering else { return false }
      if case .customDerivative = flow { return true }
      return flow.functions.contains { $0.hasCustomDerivatives }
    }
  }
}

extension TracedFunction {
  /// Checks the rules of all ``customDerivative(_:file:line:primal:jvp:)`` that run, and the derivatives in both modes, at a
  /// point: for tests. See ``Graph/checkDerivatives(at:wrt:tolerance:)``.
  ///
  /// ```swift
  /// try model.checkDerivatives(at: weights, x)
  /// ```
  ///
  /// - Throws: `Diagnostics` with the operation, the parameter, the index and both values of what is wrong; or if an
  ///   argument's shape or dtype is not that of the parameter, or it has no numbers.
  public func checkDerivatives(at arguments: repeat each Input, tolerance: Double? = nil) throws {
    let tensors = try inputForm.leaves(of: repeat each arguments, for: graph.name)
    try graph.checkDerivatives(at: graph.arrays(tensors), tolerance: tolerance)
  }
}

/// Ops that run when a function does, and their rules.
private enum CustomRules {
  /// What is wrong with derivatives that were given: of every op the first three times it runs.
  static func faults(
    in function: Function, at point: [ReferenceTensor], tolerance: Double?
  ) throws -> [Diagnostic] {
    var counts: [CustomDerivative: Int] = [:]
    var faults: [Diagnostic] = []
    try run(function, point) { step in
      guard case .controlFlow(.customDerivative(let custom)) = step.op.lowering, counts[custom, default: 0] < 3 else {
        return
      }
      counts[custom, default: 0] += 1
      if let fault = try fault(of: custom, step, tolerance) {
        faults.append(fault)
        counts[custom] = 3
      }
    }
    return faults
  }

  private static func fault(
    of custom: CustomDerivative, _ step: ComplexInterpreter.Step, _ tolerance: Double?
  ) throws -> Diagnostic? {
    let modes: DerivativeComparison.Modes
    let word: String
    switch custom.rule {
    case .jvp: (modes, word) = (.forward, "jvp")
    case .vjp: (modes, word) = (.reverse, "vjp")
    }
    let (function, inputs) = try alone(step)
    // What a rule captures is constant to it.
    let wrt = inputs.indices.filter { inputs[$0].dtype.isFloating && !step.isFixed[$0] }
    var comparison = DerivativeComparison(function, inputs, tolerance: tolerance)
    guard let mismatch = try comparison.mismatch(wrt: wrt, modes) else { return nil }
    let place = inputs[mismatch.parameter].shape.text(at: mismatch.position)
    let results = function.results.indices.map { Graph.Port(name: "\($0)", type: function.resultTypes[$0]) }
    return Diagnostic(
      "the \(word) of 'customDerivative' is not the derivative of its primal: by operand \(mismatch.parameter)\(place) it"
        + " is \(mismatch.text(results))", at: step.location)
  }

  /// The first op with a rule of GradC whose derivative is wrong.
  static func culprit(
    in function: Function, at point: [ReferenceTensor], tolerance: Double?
  ) throws -> (String, SourceLocation?)? {
    var culprit: (String, SourceLocation?)?
    try run(function, point) { step in
      if culprit != nil { return }
      switch step.op.derivative {
      case .controlFlow, .zero: return
      default: break
      }
      let (function, inputs) = try alone(step)
      var comparison = DerivativeComparison(function, inputs, tolerance: tolerance)
      let wrt = inputs.indices.filter { inputs[$0].dtype.isFloating }
      if try comparison.mismatch(wrt: wrt, [.forward, .reverse]) != nil { culprit = (step.op.name, step.location) }
    }
    return culprit
  }

  private static func run(
    _ function: Function, _ point: [ReferenceTensor], _ observe: @escaping (ComplexInterpreter.Step) throws -> Void
  ) throws {
    _ = try ComplexInterpreter(observe: observe).evaluate(function, point.map { ComplexTensor($0) })
  }

  /// A function of one op, and what it is given.
  private static func alone(_ step: ComplexInterpreter.Step) throws -> (Function, [ReferenceTensor]) {
    let inputs = step.operands.map(\.real)
    let builder = FunctionBuilder()
    let parameters = inputs.enumerated().map { builder.parameter("x\($0)", $1.type) }
    let results = builder.emit(step.op, parameters)
    let function = try builder.finish(
      name: step.op.name, results: results.enumerated().map { .init("y\($0.offset)", $0.element) })
    return (function, inputs)
  }
}

extension DerivativeComparison.Mismatch {
  /// `0.5 in forward mode (of 'y'[1]), but by differences 0.25 and by a complex step 0.25`.
  fileprivate func text(_ results: [Graph.Port]) -> String {
    var mode = "in reverse mode"
    if let result {
      let port = results[result.number]
      mode = "in forward mode (of result '\(port.name)'\(port.type.shape.text(at: result.position)))"
    }
    let step = complexStep.map { ", and by a complex step \($0)" } ?? ""
    return "\(derivative) \(mode), but by differences \(difference)\(step)"
  }
}

extension Shape {
  /// The index of a position as a subscript, nothing of a scalar.
  fileprivate func text(at position: Int) -> String { rank == 0 ? "" : "\(index(at: position))" }
}
