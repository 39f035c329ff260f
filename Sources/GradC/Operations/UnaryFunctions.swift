internal import KernelIR

// All of these are for f32 and f64, keep the shape and are computed element by element; on a literal they give a literal.

/// `y = √x`.  `dy/dx = ½ y⁻¹`.  NaN below 0.
public func sqrt(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.sqrt, "sqrt", at: SourceLocation(file: file, line: line))
}

/// `y = 1 / √x`.  `dy/dx = -½ y³`.  NaN below 0, ∞ at 0.
public func rsqrt(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.rsqrt, "rsqrt", at: SourceLocation(file: file, line: line))
}

/// `y = ∛x`.  `dy/dx = ⅓ y⁻²`.
public func cbrt(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.cbrt, "cbrt", at: SourceLocation(file: file, line: line))
}

/// `y = eˣ`.  `dy/dx = y`.
public func exp(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.exp, "exp", at: SourceLocation(file: file, line: line))
}

/// `y = 2ˣ`.  `dy/dx = y ln 2`.
public func exp2(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.exp2, "exp2", at: SourceLocation(file: file, line: line))
}

/// `y = eˣ - 1, accurate near 0`.  `dy/dx = y + 1`.
public func expm1(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.expm1, "expm1", at: SourceLocation(file: file, line: line))
}

/// `y = ln x`.  `dy/dx = 1/x`.  -∞ at 0, NaN below.
public func log(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.log, "log", at: SourceLocation(file: file, line: line))
}

/// `y = log₂ x`.  `dy/dx = 1/(x ln 2)`.  -∞ at 0, NaN below.
public func log2(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.log2, "log2", at: SourceLocation(file: file, line: line))
}

/// `y = log₁₀ x`.  `dy/dx = 1/(x ln 10)`.  -∞ at 0, NaN below.
public func log10(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.log10, "log10", at: SourceLocation(file: file, line: line))
}

/// `y = ln(1 + x), accurate near 0`.  `dy/dx = 1/(1 + x)`.  -∞ at -1, NaN below.
public func log1p(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.log1p, "log1p", at: SourceLocation(file: file, line: line))
}

/// `y = sin x, x in radians`.  `dy/dx = cos x`.
public func sin(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.sin, "sin", at: SourceLocation(file: file, line: line))
}

/// `y = cos x, x in radians`.  `dy/dx = -sin x`.
public func cos(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.cos, "cos", at: SourceLocation(file: file, line: line))
}

/// `y = tan x, x in radians`.  `dy/dx = 1 + y²`.
public func tan(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.tan, "tan", at: SourceLocation(file: file, line: line))
}

/// `y = the angle in [-π/2, π/2] whose sine is x`.  `dy/dx = 1/√(1 - x²)`.  NaN outside [-1, 1].
public func asin(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.asin, "asin", at: SourceLocation(file: file, line: line))
}

/// `y = the angle in [0, π] whose cosine is x`.  `dy/dx = -1/√(1 - x²)`.  NaN outside [-1, 1].
public func acos(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.acos, "acos", at: SourceLocation(file: file, line: line))
}

/// `y = the angle in (-π/2, π/2) whose tangent is x`.  `dy/dx = 1/(1 + x²)`.
public func atan(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.atan, "atan", at: SourceLocation(file: file, line: line))
}

/// `y = (eˣ - e⁻ˣ) / 2`.  `dy/dx = cosh x`.
public func sinh(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.sinh, "sinh", at: SourceLocation(file: file, line: line))
}

/// `y = (eˣ + e⁻ˣ) / 2`.  `dy/dx = sinh x`.
public func cosh(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.cosh, "cosh", at: SourceLocation(file: file, line: line))
}

/// `y = (eˣ - e⁻ˣ) / (eˣ + e⁻ˣ)`.  `dy/dx = 1 - y²`.
public func tanh(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.tanh, "tanh", at: SourceLocation(file: file, line: line))
}

/// `y = the inverse of sinh`.  `dy/dx = 1/√(x² + 1)`.
public func asinh(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.asinh, "asinh", at: SourceLocation(file: file, line: line))
}

/// `y = the inverse of cosh on x ≥ 1`.  `dy/dx = 1/√(x² - 1)`.  NaN below 1.
public func acosh(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.acosh, "acosh", at: SourceLocation(file: file, line: line))
}

/// `y = the inverse of tanh`.  `dy/dx = 1/(1 - x²)`.  NaN outside [-1, 1].
public func atanh(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.atanh, "atanh", at: SourceLocation(file: file, line: line))
}

/// `y = 2/√π ∫₀ˣ e^(-t²) dt`.  `dy/dx = 2/√π e^(-x²)`.
public func erf(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.erf, "erf", at: SourceLocation(file: file, line: line))
}

/// `y = 1 - erf(x), accurate for large x`.  `dy/dx = -2/√π e^(-x²)`.
public func erfc(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.erfc, "erfc", at: SourceLocation(file: file, line: line))
}

/// `y = ln |Γ(x)|`.  `dy/dx = ψ(x)`.  ∞ at 0, -1, -2, ….
public func lgamma(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.lgamma, "lgamma", at: SourceLocation(file: file, line: line))
}

/// `y = Γ(x)`.  `dy/dx = y ψ(x)`.  NaN at -1, -2, ….
public func gamma(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.tgamma, "gamma", at: SourceLocation(file: file, line: line))
}

/// `y = 1 / (1 + e⁻ˣ), the logistic function`.  `dy/dx = y (1 - y)`.
public func sigmoid(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.logistic, "sigmoid", at: SourceLocation(file: file, line: line))
}

/// `y = the greatest integer ≤ x`.  The derivative is 0.
public func floor(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.floor, "floor", at: SourceLocation(file: file, line: line))
}

/// `y = the least integer ≥ x`.  The derivative is 0.
public func ceil(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.ceil, "ceil", at: SourceLocation(file: file, line: line))
}

/// `y = the nearest integer, of two equally near the even one`.  The derivative is 0.
public func round(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.round, "round", at: SourceLocation(file: file, line: line))
}

/// `y = x without its fraction`.  The derivative is 0.
public func trunc(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.trunc, "trunc", at: SourceLocation(file: file, line: line))
}
