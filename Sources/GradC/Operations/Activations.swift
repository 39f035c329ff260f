internal import TensorIR
internal import TensorOps

// For floating dtypes; a literal counts as f32.

/// `y = max(x, 0)`, its derivative 0 at 0.
public func relu(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.activation("relu", x, file, line) { x in x.applying(.gt, x.zeros).select(x, x.zeros) }
}

/// `y = x` above 0, `slope · x` below.
public func leakyReLU(
  _ x: Tensor, slope: Double = 0.01, file: String = #fileID, line: Int = #line
) -> Tensor {
  Tensor.activation("leakyReLU", x, file, line) { x in x.applying(.gt, x.zeros).select(x, x * slope) }
}

/// `y = ln(1 + eˣ)`, computed as `max(x, 0) + ln(1 + e^-|x|)`.
public func softplus(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.activation("softplus", x, file, line) { $0.softplus }
}

/// `y = x / (1 + e⁻ˣ)`.
public func silu(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.activation("silu", x, file, line) { x in x * x.applying(.logistic) }
}

/// `y = x Φ(x) = x/2 (1 + erf(x/√2))`.
public func gelu(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.activation("gelu", x, file, line) { x in
    x * 0.5 * ((x * 0.5.squareRoot()).applying(.erf) + 1)
  }
}

/// `y = e^(x - m) / Σ e^(x - m)` along an axis with m the greatest element: positive numbers that add up to 1.
public func softmax(_ x: Tensor, axis: Int = -1, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.alongAxis("softmax", x, axis, file, line) { (recorder, x, axis) in
    let shifted = recorder.shifted(x, [axis])
    let powers = shifted.applying(.exp)
    return powers / recorder.reduceAndRepeat(.add, powers, axes: [axis])
  }
}

/// `y = x - m - ln Σ e^(x - m)` along an axis with m the greatest element: the logarithm of softmax.
public func logSoftmax(_ x: Tensor, axis: Int = -1, file: String = #fileID, line: Int = #line) -> Tensor {
  Tensor.alongAxis("logSoftmax", x, axis, file, line) { (recorder, x, axis) in
    let shifted = recorder.shifted(x, [axis])
    return shifted - recorder.reduceAndRepeat(.add, shifted.applying(.exp), axes: [axis]).applying(.log)
  }
}

extension Tensor {
  /// `y = m + ln Σ e^(x - m)` over axes with m the greatest element, for floating dtypes.
  public func logSumExp(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    Tensor.record("logSumExp", [self], at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      try recorder.requireFloating(terms[0])
      let axes = try recorder.axes(axes, of: terms[0])
      let greatest = recorder.greatest(terms[0], axes)
      let powers = (terms[0] - greatest.broadcast(back: axes, of: terms[0].shape)).applying(.exp)
      let result = powers.sum(axes: axes).applying(.log) + greatest
      return keepingAxes ? result.reshaped(to: terms[0].shape.collapsing(axes)) : result
    }
  }

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
    _ name: String, _ x: Tensor, _ axis: Int, _ file: String, _ line: Int, _ body: (Recorder, Term, Int) -> Term
  ) -> Tensor {
    record(name, [x], at: SourceLocation(file: file, line: line)) { (recorder, terms) throws(Diagnostic) in
      try recorder.requireFloating(terms[0])
      return body(recorder, terms[0], try recorder.axis(axis, of: terms[0]))
    }
  }
}

extension Recorder {
  /// The greatest elements over axes, constant to derivatives; 0 where they are infinite, so that -∞ throughout stays
  /// -∞ instead of becoming NaN.
  fileprivate func greatest(_ x: Term, _ axes: [Int]) -> Term {
    let greatest = x.max(axes: axes).stoppingGradient()
    let isFinite = greatest.applying(.abs).applying(.lt, greatest.splat(.infinity))
    return isFinite.select(greatest, greatest.zeros)
  }

  fileprivate func shifted(_ x: Term, _ axes: [Int]) -> Term {
    x - x.max(axes: axes).stoppingGradient().broadcast(back: axes, of: x.shape)
  }
}

extension Term {
  /// `ln(1 + eˣ)` without overflow.
  var softplus: Term {
    applying(.max, zeros) + (-applying(.abs)).applying(.exp).applying(.log1p)
  }
}
