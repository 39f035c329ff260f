internal import TensorIR
internal import TensorOps
internal import Transforms

// Derivatives of closures at a point. The closure sees parameters of its own: what it uses of the trace around is constant
// to the derivative, be it equal to the point or not, so that d/dx (x · d/dy (x + y)) at y = x is 1.

/// `f(x)` and `∂f/∂x` of a closure, the gradient in the form of x.
///
/// - Parameters:
///   - xs: The point: floating tensors.
///   - body: Gives a floating scalar.
/// - Returns: Value and gradient; poison if the closure gives no floating scalar, or x is not floating.
public func valueAndGradient<Structure: TensorStructure>(
  wrt xs: Structure, file: String = #fileID, line: Int = #line, of body: (Structure) throws -> Tensor
) rethrows -> ValueAndGradient<Tensor, Structure> {
  let location = SourceLocation(file: file, line: line)
  return try Region.record("valueAndGradient", xs.tensors, at: location) { region in
    var output = Tensor(0)
    let results = try region.derive(xs, [], { output = try body($0) }, { [output] }) {
      (f, wrt) throws(Diagnostics) in try f.valueAndGrad(wrt: wrt)
    }
    var rest = results[...]
    return ValueAndGradient(value: Tensor(0), gradient: xs).filled(from: &rest)
  }
}

/// `∂f/∂x` of a closure at a point, in the form of x.
///
/// - Returns: The gradient; poison if the closure gives no floating scalar, or x is not floating.
public func gradient<Structure: TensorStructure>(
  at xs: Structure, file: String = #fileID, line: Int = #line, of body: (Structure) throws -> Tensor
) rethrows -> Structure {
  try valueAndGradient(wrt: xs, file: file, line: line, of: body).gradient
}

/// `f(x)` and `∂f/∂x · ẋ` of a closure at a point, along a tangent in the form of x.
///
/// - Returns: Value and tangent; poison if a result or x is not floating, or tangents do not have the types of x.
public func pushforward<Structure: TensorStructure, Output: TensorStructure>(
  at xs: Structure, along tangents: Structure, file: String = #fileID, line: Int = #line,
  of body: (Structure) throws -> Output
) rethrows -> ValueAndTangent<Output> {
  let location = SourceLocation(file: file, line: line)
  return try Region.record("pushforward", xs.tensors + tangents.tensors, at: location) { region in
    var output: Output?
    let results = try region.derive(
      xs, tangents.tensors, { output = try body($0) }, { output?.tensors ?? [] }
    ) { (f, wrt) throws(Diagnostics) in try f.jvp(wrt: wrt) }
    // The closure has run, whatever else was wrong.
    guard let output else { return try ValueAndTangent(value: body(xs), tangent: body(xs)) }
    var rest = results[...]
    return ValueAndTangent(value: output, tangent: output).filled(from: &rest)
  }
}

/// `f(x)` and `(∂f/∂x)ᵀ ȳ` of a closure at a point, for a cotangent that another closure makes of the value.
///
/// - Parameters:
///   - xs: The point: floating tensors.
///   - cotangents: Gives ȳ, in the form of f(x), from f(x).
///   - body: The function, of floating results.
/// - Returns: Value and cotangent; poison if a result or x is not floating, or cotangents do not have the types of f(x).
public func pullback<Structure: TensorStructure, Output: TensorStructure>(
  at xs: Structure, cotangents: (Output) throws -> Output, file: String = #fileID, line: Int = #line,
  of body: (Structure) throws -> Output
) rethrows -> ValueAndCotangent<Output, Structure> {
  let location = SourceLocation(file: file, line: line)
  return try Region.record("pullback", xs.tensors, at: location) { region in
    var output: Output?
    var seeds: [Tensor] = []
    let results = try region.derive(
      xs, nil,
      {
        let value = try body($0)
        output = value
        seeds = try cotangents(value).tensors
      }, { (output?.tensors ?? []) + seeds }
    ) { (f, wrt) throws(Diagnostics) in
      // Cotangents of the results follow them.
      let count = f.results.count - seeds.count
      let (types, found) = (f.resultTypes.prefix(count), f.resultTypes.dropFirst(count))
      guard types.elementsEqual(found) else {
        throw Diagnostics([Diagnostic("cotangents are \(Array(found)), but results \(Array(types))")])
      }
      let pulled = try f.selectingResults(Array(0..<count)).vjp(wrt: wrt)
      return try f.composed { (builder, own, _) throws(Diagnostics) in
        let values = builder.inline(f, own)
        return builder.inline(pulled, own + values[count...]).enumerated().map { .init("y\($0.offset)", $0.element) }
      }
    }
    guard let output else { return try ValueAndCotangent(value: body(xs), cotangent: xs) }
    var rest = results[...]
    return ValueAndCotangent(value: output, cotangent: xs).filled(from: &rest)
  }
}

/// `∂f/∂x` of a closure at a point: `shape(∂y/∂x) = shape(y) + shape(x)`, in whichever mode needs fewer passes.
///
/// - Returns: The Jacobian; poison if x or f(x) is not floating.
public func jacobian(
  at x: Tensor, mode: JacobianMode = .automatic, file: String = #fileID, line: Int = #line,
  of body: (Tensor) throws -> Tensor
) rethrows -> Tensor {
  try derivative("jacobian", at: x, [], SourceLocation(file: file, line: line), body) { (f, wrt) throws(Diagnostics) in
    switch mode {
    case .automatic: try f.jacobian(wrt: wrt)
    case .forward: try f.jacobianForward(wrt: wrt)
    case .reverse: try f.jacobianReverse(wrt: wrt)
    }
  }
}

/// `∂²f/∂x²` of a closure at a point, with shape `shape(x) + shape(x)`.
///
/// - Returns: The Hessian; poison if the closure gives no floating scalar, or x is not floating.
public func hessian(
  at x: Tensor, file: String = #fileID, line: Int = #line, of body: (Tensor) throws -> Tensor
) rethrows -> Tensor {
  try derivative("hessian", at: x, [], SourceLocation(file: file, line: line), body) {
    (f, wrt) throws(Diagnostics) in try f.hessian(wrt: wrt)
  }
}

/// `∂²f/∂x² · v` of a closure at a point, without forming the Hessian.
///
/// - Returns: The product, of the shape of x; poison if the closure gives no floating scalar, x is not floating, or v is
///   not of its type.
public func hessianVectorProduct(
  at x: Tensor, _ v: Tensor, file: String = #fileID, line: Int = #line, of body: (Tensor) throws -> Tensor
) rethrows -> Tensor {
  try derivative("hessianVectorProduct", at: x, [v], SourceLocation(file: file, line: line), body) {
    (f, wrt) throws(Diagnostics) in try f.hvp(wrt: wrt).keepingResults(from: wrt.count)
  }
}

private func derivative(
  _ operation: String, at x: Tensor, _ extra: [Tensor], _ location: SourceLocation,
  _ body: (Tensor) throws -> Tensor, _ transform: (Function, [Int]) throws(Diagnostics) -> Function
) rethrows -> Tensor {
  try Region.record(operation, [x] + extra, at: location) { region in
    var output = Tensor(0)
    return try region.derive(x, extra, { output = try body($0) }, { [output] }, transform)[0]
  }
}

extension Region {
  /// Records a closure as a function, transforms that, and puts it in at the point; the transformed function takes the
  /// point, captures, and `extra`.
  ///
  /// - Parameter results: What the closure gave, once it has run.
  fileprivate func derive<Structure: TensorStructure>(
    _ xs: Structure, _ extra: [Tensor]?, _ body: (Structure) throws -> Void, _ results: () -> [Tensor],
    _ transform: (Function, [Int]) throws(Diagnostics) -> Function
  ) rethrows -> [Tensor] {
    let leaves = xs.tensors
    var operands: [Value] = []
    var (tensors, parameters): ([Tensor], [Value]) = ([], [])
    // A number that is differentiated by is of the dtype that the closure makes of it.
    let dtype = try Tensor.dtype(of: xs, trying: body, results)
    do throws(Diagnostic) {
      operands = try values(leaves + (extra ?? []), literals: (leaves + (extra ?? [])).map { _ in dtype })
      let types = types(of: operands)
      for type in types where !type.dtype.isFloating {
        throw Diagnostic("a tensor of type \(type) has no derivative")
      }
      (tensors, parameters, _) = self.parameters(Array(types[..<leaves.count]))
    } catch {
      let poison = fault(error)
      try body(xs.mapTensors { _ in poison })
      return [poison]
    }
    var rest = tensors[...]
    try body(xs.filled(from: &rest))
    let outputs = results()
    do throws(Diagnostic) {
      let values = try self.values(outputs, literals: outputs.map { $0.type?.dtype })
      for type in types(of: values) where !type.dtype.isFloating {
        throw Diagnostic("a result of type \(type) has no derivative")
      }
      return emit { builder in
        let (function, captures) = try builder.extract(values, from: parameters)
        let transformed = try transform(
          function.renamedPositionally(operation), Array(parameters.indices))
        let given = operands[..<leaves.count] + captures + operands[leaves.count...]
        for (parameter, operand) in zip(transformed.parameterTypes, given) where parameter != builder.type(of: operand)
        {
          throw Diagnostic("a tangent is \(builder.type(of: operand)), not \(parameter)")
        }
        guard transformed.parameters.count == given.count else {
          throw Diagnostic("\(extra?.count ?? 0) tangents do not go with \(leaves.count) tensors")
        }
        return builder.inline(transformed, Array(given))
      }
    } catch {
      return [fault(error)]
    }
  }
}
