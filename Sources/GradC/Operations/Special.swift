internal import KernelIR
internal import TensorIR
internal import TensorOps

// For f32 and f64, element by element; operands are broadcast, and literals take the dtype of the others, f32 if there are
// none.

extension Tensor {
  /// A function made of ops, of operands of one floating dtype, broadcast.
  static func special(
    _ name: String, _ operands: [Tensor], _ file: String, _ line: Int, _ body: ([Term]) -> Term
  ) -> Tensor {
    let dtype = commonDType(operands) ?? .f32
    return record(
      name, operands, literals: .each(operands.map { _ in dtype }), at: SourceLocation(file: file, line: line)
    ) { (recorder, terms) throws(Diagnostic) in
      try recorder.requireOneDType(terms)
      try recorder.requireFloating(terms[0])
      return body(try recorder.broadcast(terms))
    }
  }
}

// MARK: The error function and the normal distribution

/// `y` with `erf y = x`, ±∞ at ±1, NaN outside [-1, 1]; within 2 units of the last place.  `dy/dx = √π/2 e^(y²)`.
public func erfInv(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.special("erfInv", [x], file, line) { $0[0].applying(ErfInv()) }
}

/// `y = e^(x²) erfc(x)`, without underflow for large x.  `dy/dx = 2xy - 2/√π`.
public func erfcx(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.special("erfcx", [x], file, line) { $0[0].erfcx() }
}

/// `y = Φ(x) = ½ erfc(-x/√2)`, the distribution function of the standard normal distribution.  `dy/dx = e^(-x²/2) / √(2π)`.
public func ndtr(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.special("ndtr", [x], file, line) { $0[0].ndtr() }
}

/// `y = ln Φ(x)`, without underflow for x far below 0.  `dy/dx = φ(x) / Φ(x)`.
public func logNdtr(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.special("logNdtr", [x], file, line) { $0[0].logNdtr() }
}

/// `y` with `Φ(y) = x`, ±∞ at 0 and 1, NaN outside [0, 1] (Wichura, Algorithm AS 241, 1988).  `dy/dx = √(2π) e^(y²/2)`.
public func ndtri(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.special("ndtri", [x], file, line) { $0[0].ndtri() }
}

// MARK: The gamma function

/// `y = ψ(x) = d/dx ln Γ(x)`, to about 1e-14 absolutely in f64.  `dy/dx = ψ⁽¹⁾(x)`.  -∞ at 0, infinite at -1, -2, ….
public func digamma(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.special("digamma", [x], file, line) { $0[0].digamma() }
}

/// `y = ψ⁽ⁿ⁾(x)`, the n-th derivative of ``digamma(_:file:line:)`` (Abramowitz and Stegun 6.4).  `dy/dx = ψ⁽ⁿ⁺¹⁾(x)`.
///
/// - Parameter order: n, from 0 to 150.
public func polygamma(
  _ order: Int, _ x: Tensor, file: String = #fileID, line: Int = #line
) -> Tensor {
  guard (0...Polygamma.greatestOrder).contains(order) else {
    return Tensor.faulty(
      "polygamma: order \(order) is not between 0 and \(Polygamma.greatestOrder)",
      at: SourceLocation(file: file, line: line))
  }
  return Tensor.special("polygamma", [x], file, line) { $0[0].applying(Polygamma(order: order)) }
}

// MARK: Logarithms

/// `y = ln(eᵃ + eᵇ)`, without overflow.  `∂y/∂a = σ(a - b)`, `∂y/∂b = σ(b - a)`.
public func logAddExp(_ a: Tensor, _ b: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.special("logAddExp", [a, b], file, line) { $0[0].logAddExp($0[1]) }
}

/// `z = x ln y`, 0 for x = 0 whatever y is, NaN excepted.  `∂z/∂x = ln y`, `∂z/∂y = x / y`.
public func xlogy(_ x: Tensor, _ y: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.special("xlogy", [x, y], file, line) { $0[0].xlogy($0[1]) }
}

/// `z = x ln(1 + y)`, 0 for x = 0 whatever y is, NaN excepted.  `∂z/∂x = ln(1 + y)`, `∂z/∂y = x / (1 + y)`.
public func xlog1py(_ x: Tensor, _ y: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.special("xlog1py", [x, y], file, line) { $0[0].xlog1py($0[1]) }
}

/// `y = -x ln x` for x > 0, 0 at 0, -∞ below: the terms of an entropy.  `dy/dx = -1 - ln x`.
public func entr(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.special("entr", [x], file, line) { $0[0].entropy() }
}

/// `y = ln σ(x) = -ln(1 + e⁻ˣ)`, without overflow.  `dy/dx = σ(-x)`.
public func logSigmoid(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.special("logSigmoid", [x], file, line) { $0[0].logSigmoid() }
}

/// `y = ln(p / (1 - p))`, the inverse of ``sigmoid(_:file:line:)``.  `dy/dp = 1 / (p (1 - p))`.
public func logit(_ p: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.special("logit", [p], file, line) { $0[0].applying(.log) - (-$0[0]).applying(.log1p) }
}

/// `y = ln(1 - e⁻ˣ)` for x > 0, accurate near 0 and far from it.  `dy/dx = 1 / (eˣ - 1)`.
public func log1mExp(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.special("log1mExp", [x], file, line) { $0[0].log1mExp() }
}

// MARK: Others

/// `y = sin πx / πx`, 1 at 0.  `dy/dx = (cos πx - y) / x`.
public func sinc(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.special("sinc", [x], file, line) { $0[0].sinc() }
}

/// `y = 10ˣ`.  `dy/dx = y ln 10`.
public func exp10(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.exp10, "exp10", at: SourceLocation(file: file, line: line))
}

/// `y = |a|` with the sign of b, that of a zero included.  `∂y/∂a = sign(a) sign(b)`, `∂y/∂b = 0`.
public func copysign(_ a: Tensor, _ b: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  a.binary(.copysign, "copysign", b, at: SourceLocation(file: file, line: line))
}

/// The number of the dtype next to a in the direction of b; b if they are equal.  The derivative is 0.
public func nextafter(_ a: Tensor, _ b: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  a.binary(.nextafter, "nextafter", b, at: SourceLocation(file: file, line: line))
}

/// `y = x 2ⁿ` for a tensor of integers n, of any numeric dtype; exact unless it leaves the range.  `∂y/∂x = 2ⁿ`.
public func ldexp(_ x: Tensor, _ n: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.record(
    "ldexp", [x, n], literals: .each([.f32, .i32]), at: SourceLocation(file: file, line: line)
  ) { (recorder, terms) throws(Diagnostic) in
    try recorder.requireFloating(terms[0])
    guard terms[1].dtype != .bool else { throw recorder.fault("exponents must be numbers, not \(terms[1].type)") }
    let operands = try recorder.broadcast(terms)
    return operands[0].ldexp(operands[1])
  }
}

/// `a - b ⌊a / b⌋`, for numbers: the remainder with the sign of b, where `%` has that of a.  `∂/∂a = 1`, `∂/∂b = -⌊a / b⌋`.
public func flooredRemainder(_ a: Tensor, _ b: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.record("flooredRemainder", [a, b], at: SourceLocation(file: file, line: line)) {
    (recorder, terms) throws(Diagnostic) in
    try recorder.requireOneDType(terms)
    guard terms[0].dtype != .bool else { throw recorder.fault("is for numbers, not \(terms[0].type)") }
    let operands = try recorder.broadcast(terms)
    return operands[0].flooredRemainder(operands[1])
  }
}

// MARK: What kind of number

/// Whether an element is NaN; the result is `bool`.
public func isNaN(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.special("isNaN", [x], file, line) { $0[0].isNaN() }
}

/// Whether an element is ∞ or -∞; the result is `bool`.
public func isInfinite(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.special("isInfinite", [x], file, line) { $0[0].isInfinite() }
}

/// Whether an element is neither infinite nor NaN; the result is `bool`.
public func isFinite(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.special("isFinite", [x], file, line) { $0[0].isFinite() }
}

// MARK: Bits

/// `a 2ᵇ`, wrapping, for i32 and i64: bits shifted to the left. 0 unless b is at least 0 and below the width.
public func shiftLeft(_ a: Tensor, _ b: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  a.binary(.shl, "shiftLeft", b, at: SourceLocation(file: file, line: line))
}

/// `⌊a / 2ᵇ⌋`, for i32 and i64: bits shifted to the right, copies of the sign moving in; nothing but these unless b is at
/// least 0 and below the width.
public func shiftRight(_ a: Tensor, _ b: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  a.binary(.ashr, "shiftRight", b, at: SourceLocation(file: file, line: line))
}

/// Bits shifted to the right, zeros moving in, for i32 and i64. 0 unless b is at least 0 and below the width.
public func logicalShiftRight(_ a: Tensor, _ b: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  a.binary(.lshr, "logicalShiftRight", b, at: SourceLocation(file: file, line: line))
}

/// How many bits are 1, for i32 and i64.
public func popcount(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  x.unary(.popcount, "popcount", at: SourceLocation(file: file, line: line))
}
