internal import TensorIR

/// Runs a closure on symbolic tensors and gives the program it computes.
///
/// ```swift
/// let loss = try trace("loss", .input("w", .f32, [3]), .input("x", .f32, [8, 3])) { w, x in
///   matmul(x, w).sum()
/// }
/// ```
///
/// - Parameters:
///   - name: The function's name, from which those of emitted C functions are made.
///   - inputs: One structure for every parameter of the closure: of placeholders made by ``Tensor/input(_:_:_:file:line:)``,
///     or of tensors in memory, whose types are taken.
///   - body: The program. It runs once.
/// - Returns: The traced function.
/// - Throws: `Diagnostics` with everything that is wrong in the closure, each with its place; or what the closure throws.
public func trace<each Input: TensorStructure, Output: TensorStructure>(
  _ name: String, _ inputs: repeat each Input, file: String = #fileID, line: Int = #line,
  @TraceBody body: (repeat each Input) throws -> Output
) throws -> TracedFunction<repeat each Input, Output> {
  var timings = Timings()
  let trace = Trace(name, at: SourceLocation(file: file, line: line))
  var (function, output): (Function?, Output?) = (nil, nil)
  try timings.measure(.trace) {
    var names = ParameterNames()
    var index = 0
    func parameters<Structure: TensorStructure>(of structure: Structure) -> Structure {
      defer { index += 1 }
      let parameters = structure.namedTensors.map { path, tensor in
        trace.parameter(names.name(of: tensor, path: path, input: index), of: tensor)
      }
      return structure.replacingTensors(parameters)
    }
    let symbols = (repeat parameters(of: each inputs))
    do {
      try Trace.$current.withValue(trace) {
        let result = try body(repeat each symbols)
        function = try trace.finish(output: result)
        output = result
      }
    } catch let error as Diagnostics {
      _ = trace.abandon()
      throw error
    } catch {
      // A fault in the graph often makes the closure throw, and is the better explanation.
      let known = trace.abandon()
      if known.isEmpty { throw error }
      throw Diagnostics(known)
    }
  }
  guard let function, let output else {
    throw Diagnostics([Diagnostic("trace '\(name)' ended without result", kind: .bug)])
  }
  return TracedFunction<repeat each Input, Output>(
    Graph(function, timings: timings), inputs: repeat each inputs, output: output)
}

/// Makes the compiler check a closure of ``trace(_:_:file:line:body:)`` statement by statement, after the types of its
/// parameters are known: as one expression with the call around it, a formula of ten terms takes it seconds. The last
/// expression of such a closure is its result, with or without `return`.
@resultBuilder
public enum TraceBody {
  /// The expression itself.
  public static func buildExpression<Expression>(_ expression: Expression) -> Expression { expression }

  /// The one expression that the closure consists of.
  public static func buildBlock<Output>(_ output: Output) -> Output { output }
}

/// Names for parameters that are unique and are paths where there are any.
struct ParameterNames {
  private var used: Set<String> = []

  mutating func name(of tensor: Tensor, path: String, input: Int) -> String {
    var name = path
    if path.isEmpty {
      if case .placeholder(let placeholder) = tensor.storage {
        name = placeholder.name
      } else {
        name = "input\(input)"
      }
    }
    return unique(name)
  }

  mutating func unique(_ name: String) -> String {
    let name = name.isEmpty ? "_" : name
    var candidate = name
    var suffix = 2
    while !used.insert(candidate).inserted {
      candidate = "\(name)_\(suffix)"
      suffix += 1
    }
    return candidate
  }
}

extension Trace {
  /// A parameter of the type of `tensor`.
  func parameter(_ name: String, of tensor: Tensor) -> Tensor {
    if case .poison(let poison) = tensor.storage {
      record(poison.diagnostics)
      return Tensor(.poison(Poison(poison.diagnostics, in: self)))
    }
    guard let type = tensor.type else { return tensor }
    let value = withBuilder(at: nil) { $0.parameter(name, type) } ?? .poison
    return Tensor(.traced(self, value))
  }

  /// Ends the trace with the tensors of a structure as results.
  func finish(output: some TensorStructure) throws(Diagnostics) -> Function {
    var results: [Function.Result] = []
    var names = ParameterNames()
    for (path, tensor) in output.namedTensors {
      let name = names.unique(path.isEmpty ? "result" : path)
      switch tensor.storage {
      case .traced(let owner, let value) where owner === self:
        results.append(Function.Result(name, value))
      case .traced(let owner, _):
        record([
          Diagnostic("result '\(name)' belongs to trace '\(owner.name)', not to '\(self.name)'", at: location)
        ])
      case .concrete, .literal, .placeholder:
        // A copy into this trace: a constant.
        let constant = Tensor.recordAll("result '\(name)'", [tensor], at: location) { (_, terms) in terms }[0]
        if case .traced(_, let value) = constant.storage { results.append(Function.Result(name, value)) }
      case .poison(let poison):
        if poison.trace !== self { record(poison.diagnostics) }
      }
    }
    return try finish(results: results)
  }
}
