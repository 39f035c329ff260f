internal import KernelIR
internal import TensorIR
internal import TensorOps

// Operands are broadcast, and literals take the dtype of the others.

/// `y = |x|`, for numbers.  `dy/dx = sign(x)`.
public func abs(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.abs, "abs", at: SourceLocation(file: file, line: line))
}

/// `y = -1, 0, 1` for x below, at and above 0, for numbers; NaN for NaN.  The derivative is 0.
public func sign(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.sign, "sign", at: SourceLocation(file: file, line: line))
}

/// `y = x²`, for numbers.  `dy/dx = 2x`.
public func square(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.binary(.mul, "square", x, at: SourceLocation(file: file, line: line))
}

/// `y = aᵇ`, for floating dtypes.  `∂y/∂a = b aᵇ⁻¹`, `∂y/∂b = y ln a`.
public func pow(_ a: Tensor, _ b: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  a.binary(.pow, "pow", b, at: SourceLocation(file: file, line: line))
}

/// The angle of the point (x, y) in (-π, π], for floating dtypes.  `∂/∂y = x/(x²+y²)`, `∂/∂x = -y/(x²+y²)`.
public func atan2(_ y: Tensor, _ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  y.binary(.atan2, "atan2", x, at: SourceLocation(file: file, line: line))
}

/// `√(a² + b²)` without overflow on the way, for floating dtypes.
public func hypot(_ a: Tensor, _ b: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  a.binary(.hypot, "hypot", b, at: SourceLocation(file: file, line: line))
}

/// The greater of two elements, for numbers; NaN if either is.
public func maximum(_ a: Tensor, _ b: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  a.binary(.max, "maximum", b, at: SourceLocation(file: file, line: line))
}

/// The lesser of two elements, for numbers; NaN if either is.
public func minimum(_ a: Tensor, _ b: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  a.binary(.min, "minimum", b, at: SourceLocation(file: file, line: line))
}

/// `a · b + c`, rounded once, for floating dtypes.
public func fma(_ a: Tensor, _ b: Tensor, _ c: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.elementwise(.fma, "fma", [a, b, c], at: SourceLocation(file: file, line: line))
}

/// `min(max(x, lower), upper)`, for numbers.
public func clamp(
  _ x: Tensor, _ lower: Tensor, _ upper: Tensor, file: String = #fileID, line: Int = #line
) -> Tensor {
  let location = SourceLocation(file: file, line: line)
  return x.binary(.max, "clamp", lower, at: location).binary(.min, "clamp", upper, at: location)
}

/// `a` where the condition holds, `b` elsewhere.
///
/// Gradients are strong zeros: what is not chosen gets 0 even where its own derivative is NaN.
///
/// - Parameters:
///   - condition: A tensor of `bool`.
///   - a: A tensor of any dtype.
///   - b: A tensor of the dtype of `a`.
/// - Returns: A tensor of that dtype and the common shape of all three; poison if shapes or dtypes do not fit.
public func select(
  _ condition: Tensor, _ a: Tensor, _ b: Tensor, file: String = #fileID, line: Int = #line
) -> Tensor {
  let branches = Tensor.commonDType([a, b])
  return Tensor.record(
    "select", [condition, a, b], literals: .each([nil, branches, branches]),
    at: SourceLocation(file: file, line: line)
  ) { (recorder, terms) throws(Diagnostic) in
    guard terms[0].dtype == .bool else {
      throw recorder.fault("the condition must be bool, not \(terms[0].type); compare it first, as in x .!= 0")
    }
    try recorder.requireOneDType(Array(terms.dropFirst()))
    let operands = try recorder.broadcast(terms)
    return operands[0].select(operands[1], operands[2])
  }
}
