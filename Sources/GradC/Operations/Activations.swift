internal import TensorIR
internal import TensorOps

// For floating dtypes; a literal counts as f32.

/// `y = max(x, 0)`, element by element, for floating dtypes.  `dy/dx = 1` for x > 0, else 0.
public func relu(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.activation("relu", x, file, line) { $0.relu() }
}

/// `y = x` for x > 0, else `slope · x`, element by element, for floating dtypes.  `dy/dx` is 1 or `slope`.
public func leakyReLU(
  _ x: Tensor, slope: Double = 0.01, file: String = #fileID, line: Int = #line
) -> Tensor {
  Tensor.activation("leakyReLU", x, file, line) { x in x.applying(.gt, x.zeros).select(x, x * slope) }
}

/// `y = ln(1 + eˣ)`, computed as `max(x, 0) + ln(1 + e^-|x|)`, element by element, for floating dtypes.
/// `dy/dx = 1 / (1 + e⁻ˣ)`.
public func softplus(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.activation("softplus", x, file, line) { $0.softplus() }
}

/// `y = x σ(x) = x / (1 + e⁻ˣ)`, element by element, for floating dtypes (Elfwing, Uchibe and Doya 2018).
/// `dy/dx = σ(x) (1 + x (1 - σ(x)))`.
public func silu(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.activation("silu", x, file, line) { x in x * x.applying(.logistic) }
}

/// `y = x Φ(x) = x/2 (1 + erf(x/√2))`, element by element, for floating dtypes (Hendrycks and Gimpel 2016).
/// `dy/dx = Φ(x) + x φ(x)`, with Φ and φ of the standard normal distribution.
public func gelu(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.activation("gelu", x, file, line) { x in
    x * 0.5 * ((x * 0.5.squareRoot()).applying(.erf) + 1)
  }
}

/// `y = x` for x > 0, else `α (eˣ - 1)`, for floating dtypes (Clevert, Unterthiner and Hochreiter 2015).  `dy/dx` is 1 or
/// `α eˣ`.
public func elu(_ x: Tensor, alpha: Double = 1, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.activation("elu", x, file, line) { $0.elu(alpha) }
}

/// `y = 1.0507 · elu(x)` with `α = 1.6733`, for floating dtypes (Klambauer et al. 2017).
public func selu(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.activation("selu", x, file, line) { $0.elu(1.6732632423543772) * 1.0507009873554805 }
}

/// `y = x / (1 + |x|)`, for floating dtypes.  `dy/dx = 1 / (1 + |x|)²`.
public func softsign(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.activation("softsign", x, file, line) { x in x / (x.applying(.abs) + 1) }
}

/// `y = x tanh(ln(1 + eˣ))`, for floating dtypes (Misra 2019).
public func mish(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.activation("mish", x, file, line) { x in x * x.softplus().applying(.tanh) }
}

/// `y = min(max(x, -1), 1)`, for floating dtypes.
public func hardTanh(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.activation("hardTanh", x, file, line) { $0.clamped(-1, 1) }
}

/// `y = min(max(x / 6 + ½, 0), 1)`, for floating dtypes.
public func hardSigmoid(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.activation("hardSigmoid", x, file, line) { ($0 / 6 + 0.5).clamped(0, 1) }
}

/// `y = e^(x - m) / Σ e^(x - m)` along an axis with m the greatest element, for floating dtypes: positive
/// numbers that add up to 1, in the shape of x.  `x̄ = y (ȳ - Σ ȳ y)`.
public func softmax(_ x: Tensor, axis: Int = -1, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.alongAxis("softmax", x, axis, file, line) { $0.softmax(axes: [$1]) }
}

/// `y = x - m - ln Σ e^(x - m)` along an axis with m the greatest element, for floating dtypes: the logarithm of softmax,
/// in the shape of x.  `x̄ = ȳ - eʸ Σ ȳ`.
public func logSoftmax(_ x: Tensor, axis: Int = -1, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.alongAxis("logSoftmax", x, axis, file, line) { $0.logSoftmax(axes: [$1]) }
}

extension Term {
  fileprivate func elu(_ alpha: Double) -> Term {
    let isPositive = applying(.gt, zeros)
    return isPositive.select(self, isPositive.select(zeros, self).applying(.expm1) * alpha)
  }
}

extension Tensor {
  fileprivate static func activation(
    _ name: String, _ x: Tensor, _ file: String, _ line: Int, _ body: (Term) -> Term
  ) -> Tensor {
    record(name, [x], literals: .each([.f32]), at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      try recorder.requireFloating(terms[0])
      return body(terms[0])
    }
  }

  fileprivate static func alongAxis(
    _ name: String, _ x: Tensor, _ axis: Int, _ file: String, _ line: Int, _ body: (Term, Int) -> Term
  ) -> Tensor {
    record(name, [x], at: SourceLocation(file: file, line: line)) { (recorder, terms) throws(Diagnostic) in
      try recorder.requireFloating(terms[0])
      return body(terms[0], try recorder.axis(axis, of: terms[0]))
    }
  }
}
