internal import KernelIR
internal import TensorIR
internal import TensorOps

// Axes may be negative, which counts from the last one; `nil` is all axes. Reduced axes leave the shape, or stay with
// extent 1 if `keepingAxes` says so. Over no elements a reduction gives its identity: 0, 1, -∞, ∞, true, false.

extension Tensor {
  /// `y = Σ x` over axes, for numbers.
  public func sum(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    reduced("sum", .add, axes, keepingAxes, SourceLocation(file: file, line: line))
  }

  /// `y = Π x` over axes, for numbers.
  public func product(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    reduced("product", .mul, axes, keepingAxes, SourceLocation(file: file, line: line))
  }

  /// The greatest element over axes, for numbers; NaN if there is one. The gradient is shared by equal maxima.
  public func max(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    reduced("max", .max, axes, keepingAxes, SourceLocation(file: file, line: line))
  }

  /// The least element over axes, for numbers; NaN if there is one. The gradient is shared by equal minima.
  public func min(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    reduced("min", .min, axes, keepingAxes, SourceLocation(file: file, line: line))
  }

  /// Whether all elements over axes are true, for `bool`.
  public func all(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    reduced("all", .and, axes, keepingAxes, SourceLocation(file: file, line: line))
  }

  /// Whether some element over axes is true, for `bool`.
  public func any(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    reduced("any", .or, axes, keepingAxes, SourceLocation(file: file, line: line))
  }

  private func reduced(
    _ name: String, _ combiner: Combiner, _ axes: [Int]?, _ keepingAxes: Bool, _ location: SourceLocation
  ) -> Tensor {
    Tensor.record(name, [self], at: location) { (recorder, terms) throws(Diagnostic) in
      let isLogic = combiner == .and || combiner == .or
      guard isLogic == (terms[0].dtype == .bool) else {
        throw recorder.fault("is for \(isLogic ? "bool" : "numbers"), not \(terms[0].type)")
      }
      let axes = try recorder.axes(axes, of: terms[0])
      return recorder.restoring(axes, of: terms[0], in: terms[0].reduce(combiner, axes: axes), if: keepingAxes)
    }
  }
}

extension Tensor {
  /// `y = Σ x / n` over axes with n elements, for floating dtypes; NaN over none.
  public func mean(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    floatingReduction("mean", axes, keepingAxes, SourceLocation(file: file, line: line)) { $0.mean(axes: $1) }
  }

  /// `y = Σ (x - mean)² / (n - correction)` over axes with n elements, for floating dtypes.
  ///
  /// - Parameter correction: 0 for the variance of the elements themselves, 1 to estimate that of what they were drawn
  ///   from.
  public func variance(
    axes: [Int]? = nil, keepingAxes: Bool = false, correction: Int = 0, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    floatingReduction("variance", axes, keepingAxes, SourceLocation(file: file, line: line)) {
      $0.variance(axes: $1, correction: correction)
    }
  }

  /// `y = m + ln Σ e^(x - m)` over axes with m the greatest element, for floating dtypes.
  public func logSumExp(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    floatingReduction("logSumExp", axes, keepingAxes, SourceLocation(file: file, line: line)) {
      $0.logSumExp(axes: $1)
    }
  }

  private func floatingReduction(
    _ name: String, _ axes: [Int]?, _ keepingAxes: Bool, _ location: SourceLocation,
    _ body: (Term, [Int]) -> Term
  ) -> Tensor {
    Tensor.record(name, [self], literals: .each([.f32]), at: location) { (recorder, terms) throws(Diagnostic) in
      try recorder.requireFloating(terms[0])
      let axes = try recorder.axes(axes, of: terms[0])
      return recorder.restoring(axes, of: terms[0], in: body(terms[0], axes), if: keepingAxes)
    }
  }

  /// `√variance`; its derivative is infinite where the variance is 0.
  public func standardDeviation(
    axes: [Int]? = nil, keepingAxes: Bool = false, correction: Int = 0, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    sqrt(
      variance(axes: axes, keepingAxes: keepingAxes, correction: correction, file: file, line: line),
      file: file, line: line)
  }

  /// The first place of the greatest element along an axis, as `i64`; the axis leaves the shape. With a NaN among the
  /// elements it is the place of the first NaN.
  public func argMax(axis: Int = -1, file: String = #fileID, line: Int = #line) -> Tensor {
    argument("argMax", .max, axis, SourceLocation(file: file, line: line))
  }

  /// The first place of the least element along an axis, as `i64`; the axis leaves the shape. With a NaN among the
  /// elements it is the place of the first NaN.
  public func argMin(axis: Int = -1, file: String = #fileID, line: Int = #line) -> Tensor {
    argument("argMin", .min, axis, SourceLocation(file: file, line: line))
  }

  private func argument(_ name: String, _ combiner: Combiner, _ axis: Int, _ location: SourceLocation) -> Tensor {
    Tensor.record(name, [self], at: location) { (recorder, terms) throws(Diagnostic) in
      let x = terms[0]
      guard x.dtype != .bool else { throw recorder.fault("is for numbers, not \(x.type)") }
      let axis = try recorder.axis(axis, of: x)
      guard x.shape[axis] > 0 else { throw recorder.fault("axis \(axis) of \(x.type) has no elements") }
      return combiner == .max ? x.argMax(axis: axis) : x.argMin(axis: axis)
    }
  }
}
