internal import Passes
internal import TensorIR
internal import TensorOps

/// Records closures as functions within an operation: their operations go into the trace that runs, and are cut out of it
/// when they are complete. What a closure uses of the trace around it becomes an operand.
struct Region {
  let operation: String
  let location: SourceLocation
  let trace: Trace

  /// Runs `body` with a region in the trace that runs; without one, in a trace of its own whose results are computed at
  /// once.
  static func record<Result: TensorStructure>(
    _ operation: String, _ operands: [Tensor], at location: SourceLocation, _ body: (Region) throws -> Result
  ) rethrows -> Result {
    if let trace = Tensor.firstTrace(operands) ?? Trace.current {
      return try body(Region(operation: operation, location: location, trace: trace))
    }
    let trace = Trace(operation, at: location)
    let results = try Trace.$current.withValue(trace) {
      try body(Region(operation: operation, location: location, trace: trace))
    }
    let computed = Trace.evaluate(results.tensors, in: trace)
    var rest = computed[...]
    return results.filled(from: &rest)
  }

  /// New parameters of a closure, and the number of the first instruction that belongs to it.
  func parameters(_ types: [TensorType]) -> (tensors: [Tensor], values: [Value], start: Int) {
    let start = trace.withBuilder(at: location) { $0.instructionCount } ?? 0
    let values = trace.bodyParameters(types, of: operation, at: location) ?? types.map { _ in .poison }
    return (values.map { $0 == .poison ? fault("its trace has ended") : Tensor(.traced(trace, $0)) }, values, start)
  }

  /// The values of tensors; literals take the dtypes given. Throws what is wrong.
  func values(_ tensors: [Tensor], literals: [DType?]) throws(Diagnostic) -> [Value] {
    let traced = Tensor.recordAll(operation, tensors, literals: .each(literals), at: location) { (_, terms) in terms }
    var values: [Value] = []
    for tensor in traced {
      switch tensor.storage {
      case .traced(let owner, let value) where owner === trace: values.append(value)
      case .poison(let poison): throw poison.diagnostics.first ?? Diagnostic("\(operation): an operand is faulty")
      default: throw Diagnostic("\(operation): an operand belongs to another trace")
      }
    }
    return values
  }

  /// Runs `body`, which is given the number of its first instruction. What it records is its own: nothing of it is shared
  /// with what else computes the same.
  func inScope<Result>(_ body: (_ start: Int) throws -> Result) rethrows -> Result {
    let start = parameters([]).start
    trace.withBuilder(at: location) { $0.openScope() }
    defer { trace.withBuilder(at: location) { $0.closeScope() } }
    return try body(start)
  }

  /// What was recorded from an instruction on as a function of what it captures.
  func extract(
    _ results: [Value], since start: Int
  ) throws(Diagnostic) -> (function: Function, captures: [Value]) {
    let found = trace.withBuilder(at: location) { builder in
      Result { try builder.extract(results, from: [], since: start) }
    }
    guard let found else { throw Diagnostic("its trace '\(trace.name)' has ended") }
    do {
      return try found.get()
    } catch {
      throw Diagnostics(wrapping: error).all.first ?? Diagnostic("failed", kind: .bug)
    }
  }

  /// Records an op made from the builder, in which closures have been recorded.
  func emit(_ body: (FunctionBuilder) throws -> [Value]) -> [Tensor] {
    var fault: Diagnostic?
    let values = trace.withBuilder(at: location) { builder -> [Value] in
      do {
        let values = try body(builder)
        if let value = values.first, let op = builder.definition(of: value)?.op { try Self.requireRoom(around: op) }
        return values
      } catch {
        fault = Diagnostics(wrapping: error).all.first
        return []
      }
    }
    if let fault { return [self.fault(fault)] }
    guard let values else {
      return [Tensor.faulty("\(operation): its trace '\(trace.name)' has ended", at: location)]
    }
    if values.contains(.poison) { return [Tensor(.poison(Poison(trace.latestDiagnostics, in: trace)))] }
    return values.map { Tensor(.traced(trace, $0)) }
  }

  /// Throws if an op has no room for a function around it.
  private static func requireRoom(around op: any Op) throws(Diagnostic) {
    guard case .controlFlow(let flow) = op.lowering else { return }
    if flow.functions.contains(where: { $0.nesting + 1 > Function.maximumNesting }) {
      throw Diagnostic("functions are nested more than \(Function.maximumNesting) deep")
    }
  }

  /// Poison with a message of this operation.
  func fault(_ message: String) -> Tensor { Tensor.faulty("\(operation): \(message)", at: location, in: trace) }

  func fault(_ diagnostic: Diagnostic) -> Tensor {
    let prefix = "\(operation): "
    let message = diagnostic.message.hasPrefix(prefix) ? diagnostic.message : prefix + diagnostic.message
    return Tensor.faulty(message, kind: diagnostic.kind, at: location, in: trace)
  }
}

extension Function {
  /// The function without instructions that no result depends on.
  var withoutDeadInstructions: Function { withoutDeadCode() ?? self }
}

extension TensorStructure {
  /// The structure with the first tensors of a list, which it takes off; all poison if the list is one poison.
  func filled(from tensors: inout ArraySlice<Tensor>) -> Self {
    let count = self.tensors.count
    if let first = tensors.first, first.isPoisoned, tensors.count < count || tensors.count == 1 {
      return mapTensors { _ in first }
    }
    defer { tensors = tensors.dropFirst(count) }
    return replacingTensors(Array(tensors.prefix(count)))
  }
}
