internal import Passes
internal import Synchronization
internal import TensorIR
internal import TensorOps

/// A graph under construction, and what went wrong in it.
///
/// The builder and the diagnostics are touched under the lock alone, hence `@unchecked Sendable`: a tensor may be used
/// from any thread while its trace runs.
final class Trace: @unchecked Sendable {
  /// The trace whose body runs in this task.
  @TaskLocal static var current: Trace?

  let name: String
  let location: SourceLocation?
  private let builder = FunctionBuilder()
  private var diagnostics: [Diagnostic] = []
  private var isFinished = false
  /// Whether closures have been recorded as functions within operations.
  private var hasRegions = false
  private var constants: [Scalar: Value] = [:]
  /// Arrays that are constants already, by the address of their elements; held, so that no other gets the address.
  private var arrays: [ArrayKey: (array: NDArray, value: Value)] = [:]

  private struct ArrayKey: Hashable {
    let address: UnsafeRawPointer
    let type: TensorType
  }
  private let lock = Mutex(())

  init(_ name: String, at location: SourceLocation?) {
    self.name = name
    self.location = location
  }

  func type(of value: Value) -> TensorType { lock.withLock { _ in builder.type(of: value) } }

  /// Runs `body` with the builder, instructions being given `location`; `nil` once the trace has ended.
  ///
  /// What the builder finds wrong is moved to this trace, at `location` or else where the user's code is now.
  func withBuilder<Result>(at location: SourceLocation?, _ body: (FunctionBuilder) -> Result) -> Result? {
    lock.withLock { _ in
      if isFinished { return nil }
      builder.location = location ?? self.location
      let known = builder.diagnostics.count
      let result = body(builder)
      if builder.diagnostics.count > known {
        let place = location ?? faultLocation()
        for diagnostic in builder.diagnostics[known...] {
          diagnostics.append(Diagnostic(diagnostic.message, kind: diagnostic.kind, at: place))
        }
      }
      return result
    }
  }

  /// The parameters of a closure that is recorded as a function within an operation.
  func bodyParameters(_ types: [TensorType], of owner: String, at location: SourceLocation?) -> [Value]? {
    withBuilder(at: location) { builder in
      hasRegions = true
      return types.map { type in
        builder.emit(BodyParameter(number: builder.instructionCount, type: type, owner: owner), [])[0]
      }
    }
  }

  func record(_ new: [Diagnostic]) {
    lock.withLock { _ in
      for diagnostic in new where !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
    }
  }

  /// A scalar constant. Only while the builder is at hand.
  func constant(_ scalar: Scalar) -> Value {
    if let value = constants[scalar] { return value }
    let value = builder.splat(scalar, .scalar).value
    constants[scalar] = value
    return value
  }

  /// An array as a constant. Only while the builder is at hand.
  func constant(_ array: NDArray) -> Value {
    let key = ArrayKey(address: array.address, type: array.tensorType)
    if let known = arrays[key] { return known.value }
    let value = builder.emit(Constant(array.referenceTensor), [])[0]
    arrays[key] = (array, value)
    return value
  }

  /// Where the user's code is now. Only so often, lest a loop full of faults takes minutes to find out.
  private func faultLocation() -> SourceLocation? {
    (diagnostics.count < 50 ? FaultLocation.current() : nil) ?? location
  }

  /// Records a fault, at `location` or else where the user's code is now.
  func recordFault(_ message: String, kind: Diagnostic.Kind, at location: SourceLocation?) -> [Diagnostic] {
    lock.withLock { _ in
      let diagnostic = Diagnostic(message, kind: kind, at: location ?? faultLocation())
      if !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
      return [diagnostic]
    }
  }

  /// Ends the trace: its tensors can't be used any more.
  func finish(results: [Function.Result]) throws(Diagnostics) -> Function {
    try lock.withLock { _ throws(Diagnostics) in
      isFinished = true
      if !diagnostics.isEmpty { throw Diagnostics(diagnostics) }
      let function = try builder.finish(name: name, results: results)
      guard hasRegions else { return function }
      // What closures recorded for functions within is dead once these are cut out.
      let live = function.withoutDeadCode() ?? function
      try live.requireNoBodyParameters()
      // Values of a closure that are used outside may be equal to others.
      return try live.composed { (builder, own, _) throws(Diagnostics) in
        zip(live.results, builder.inline(live, own)).map { Function.Result($0.name, $1) }
      }
    }
  }

  /// Ends the trace without a result.
  func abandon() -> [Diagnostic] {
    lock.withLock { _ in
      isFinished = true
      return diagnostics
    }
  }

  /// The latest diagnostics, for the poison that goes with them.
  var latestDiagnostics: [Diagnostic] { lock.withLock { _ in Array(diagnostics.suffix(1)) } }
}

extension Function {
  /// Throws if a parameter of a closure is left, here or in a function within.
  fileprivate func requireNoBodyParameters() throws(Diagnostics) {
    for instruction in instructions {
      let op = op(of: instruction)
      if let parameter = op as? BodyParameter {
        throw Diagnostics([parameter.leaked.located(at: location(of: instruction))])
      }
      guard case .controlFlow(let flow) = op.derivative else { continue }
      for function in flow.functions { try function.requireNoBodyParameters() }
    }
  }
}

extension Trace {
  /// Records a fault that no tensor carries in the trace that runs now, if any.
  static func reportFault(_ message: String) {
    _ = current?.recordFault(message, kind: .error, at: nil)
  }
}

extension Tensor {
  /// Poison that carries a diagnostic, which `trace`, or else the one that runs now, learns at once.
  static func faulty(
    _ message: String, kind: Diagnostic.Kind = .error, at location: SourceLocation?, in trace: Trace? = nil
  ) -> Tensor {
    if let trace = trace ?? Trace.current {
      return Tensor(.poison(Poison(trace.recordFault(message, kind: kind, at: location), in: trace)))
    }
    let diagnostic = Diagnostic(message, kind: kind, at: location ?? FaultLocation.current())
    return Tensor(.poison(Poison([diagnostic], in: nil)))
  }
}
