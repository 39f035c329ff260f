internal import TensorIR
internal import TensorOps

// Numbers of a key, by shape and dtype. In a compiled function they are computed where they are used: a kernel that needs
// random numbers makes them on its way, in registers.

extension RandomKey {
  /// Random bits of dtype `i32` or `i64`.
  public func bits(
    _ shape: some Collection<Int>, _ dtype: DType = .i32, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    numbers("bits", Array(shape), file, line) { (recorder, key, shape) throws(Diagnostic) in
      guard dtype.isInteger else { throw recorder.fault("bits are of dtype i32 or i64, not \(dtype)") }
      return key.randomBits(shape, dtype: dtype)
    }
  }

  /// Numbers uniform in `lower..<upper`: `lower + (upper - lower) u` with u a multiple of 2⁻²³, or of 2⁻⁵² for `f64`.
  public func uniform(
    _ shape: some Collection<Int>, from lower: Double = 0, to upper: Double = 1, _ dtype: DType = .f32,
    file: String = #fileID, line: Int = #line
  ) -> Tensor {
    numbers("uniform", Array(shape), floating: dtype, file, line) { key, shape in
      let numbers = key.randomUniform(shape, dtype: dtype)
      if numbers.value == .poison || (lower == 0 && upper == 1) { return numbers }
      // Rounding must not give the upper bound.
      let scaled = numbers * (upper - lower) + lower
      let greatest = scaled.splat(upper).applying(.nextafter, scaled.splat(lower))
      return lower < upper ? scaled.applying(.min, greatest) : scaled
    }
  }

  /// Normal numbers with this mean and standard deviation, as quantiles of uniform ones.
  public func normal(
    _ shape: some Collection<Int>, mean: Double = 0, deviation: Double = 1, _ dtype: DType = .f32,
    file: String = #fileID, line: Int = #line
  ) -> Tensor {
    numbers("normal", Array(shape), floating: dtype, file, line) { key, shape in
      let numbers = key.randomNormal(shape, dtype: dtype)
      return numbers.value == .poison || (mean == 0 && deviation == 1) ? numbers : numbers * deviation + mean
    }
  }

  /// Standard normal numbers between two bounds, by the distribution that is left between them.
  public func truncatedNormal(
    _ shape: some Collection<Int>, from lower: Double = -2, to upper: Double = 2, _ dtype: DType = .f32,
    file: String = #fileID, line: Int = #line
  ) -> Tensor {
    numbers("truncatedNormal", Array(shape), file, line) { (recorder, key, shape) throws(Diagnostic) in
      guard dtype.isFloating else { throw recorder.fault("numbers are of a floating dtype, not \(dtype)") }
      guard lower < upper else { throw recorder.fault("bounds \(lower) and \(upper) leave nothing") }
      let uniform = key.randomUniform(shape, dtype: dtype)
      if uniform.value == .poison { return uniform }
      let (low, high) = (uniform.splat(lower).ndtr(), uniform.splat(upper).ndtr())
      return (low + uniform * (high - low)).ndtri().clamped(lower, upper)
    }
  }

  /// Positive numbers of the exponential distribution with mean 1: `-ln u`.
  public func exponential(
    _ shape: some Collection<Int>, _ dtype: DType = .f32, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    numbers("exponential", Array(shape), floating: dtype, file, line) { $0.randomExponential($1, dtype: dtype) }
  }

  /// Numbers of the standard Gumbel distribution: `-ln(-ln u)`.
  public func gumbel(
    _ shape: some Collection<Int>, _ dtype: DType = .f32, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    numbers("gumbel", Array(shape), floating: dtype, file, line) { $0.randomGumbel($1, dtype: dtype) }
  }

  /// Numbers of the standard Laplace distribution, with density `½ e^-|x|`.
  public func laplace(
    _ shape: some Collection<Int>, _ dtype: DType = .f32, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    numbers("laplace", Array(shape), floating: dtype, file, line) { key, shape in
      let numbers = key.randomUniform(shape, dtype: dtype)
      if numbers.value == .poison { return numbers }
      // In the middle between multiples, so that neither 0 nor 1 occurs.
      let centred = numbers - 0.5 + (dtype == .f32 ? 0x1p-24 : 0x1p-53)
      return (-2 * centred.applying(.abs)).applying(.log1p).applying(.copysign, centred)
    }
  }

  /// Integers of dtype `i32` or `i64` in a range, which is not empty. The share of each differs from that of others by
  /// at most `count / 2⁶³`.
  public func integers(
    _ shape: some Collection<Int>, in range: Range<Int>, _ dtype: DType = .i32, file: String = #fileID,
    line: Int = #line
  ) -> Tensor {
    numbers("integers", Array(shape), file, line) { (recorder, key, shape) throws(Diagnostic) in
      guard dtype.isInteger else { throw recorder.fault("integers are of dtype i32 or i64, not \(dtype)") }
      let fits = dtype == .i64 || (range.lowerBound >= Int(Int32.min) && range.upperBound <= Int(Int32.max) + 1)
      guard !range.isEmpty, fits, !range.upperBound.subtractingReportingOverflow(range.lowerBound).overflow else {
        throw recorder.fault("range \(range) is empty or does not fit \(dtype)")
      }
      return key.randomIntegers(shape, range.lowerBound, range.upperBound, dtype: dtype)
    }
  }

  /// The numbers `0..<count` in random order, of dtype `i64`.
  public func permutation(_ count: Int, file: String = #fileID, line: Int = #line) -> Tensor {
    numbers("permutation", [count], file, line) { (_, key, shape) in key.randomPermutation(shape[0]) }
  }

  private func numbers(
    _ operation: String, _ shape: [Int], _ file: String, _ line: Int,
    _ body: (Recorder, Term, Shape) throws(Diagnostic) -> Term
  ) -> Tensor {
    Tensor.record(operation, [words], at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      try recorder.requireKey(terms[0])
      return try body(recorder, terms[0], try recorder.checkedShape(shape))
    }
  }

  private func numbers(
    _ operation: String, _ shape: [Int], floating dtype: DType, _ file: String, _ line: Int,
    _ body: (Term, Shape) -> Term
  ) -> Tensor {
    numbers(operation, shape, file, line) { (recorder, key, shape) throws(Diagnostic) in
      guard dtype.isFloating else { throw recorder.fault("numbers are of a floating dtype, not \(dtype)") }
      return body(key, shape)
    }
  }
}

// MARK: Choices

extension RandomKey {
  /// Truth values that hold with a probability, a tensor of a floating dtype, element by element.
  ///
  /// - Parameter shape: That of the result, to which the probabilities broadcast; theirs unless given.
  public func bernoulli(
    _ probability: Tensor, _ shape: [Int]? = nil, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    Tensor.record(
      "bernoulli", [words, probability], literals: .each([nil, .f32]), at: SourceLocation(file: file, line: line)
    ) { (recorder, terms) throws(Diagnostic) in
      try recorder.requireKey(terms[0])
      try recorder.requireFloating(terms[1])
      let shape = try shape.map { extents throws(Diagnostic) in try recorder.checkedShape(extents) }
      let target = shape ?? terms[1].shape
      guard try recorder.broadcastShape([terms[1].shape, target]) == target else {
        throw recorder.fault("probabilities of \(terms[1].type) do not broadcast to shape \(target)")
      }
      let uniform = terms[0].randomUniform(target, dtype: terms[1].dtype)
      return uniform.value == .poison ? uniform : uniform.applying(.lt, terms[1].broadcast(to: target))
    }
  }

  /// Places along an axis, as `i64`, each with a probability proportional to `e^logits`, by the greatest of logits with
  /// Gumbel numbers added. The axis leaves the shape.
  public func categorical(
    _ logits: Tensor, axis: Int = -1, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    Tensor.record("categorical", [words, logits], at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      let (key, logits) = (terms[0], terms[1])
      try recorder.requireKey(key)
      try recorder.requireFloating(logits)
      let axis = try recorder.axis(axis, of: logits)
      guard logits.shape[axis] > 0 else { throw recorder.fault("axis \(axis) of \(logits.type) has no elements") }
      let gumbel = key.randomGumbel(logits.shape, dtype: logits.dtype)
      return gumbel.value == .poison ? gumbel : (logits + gumbel).argMax(axis: axis)
    }
  }

  /// A tensor of any dtype with its slices along an axis in random order.
  public func shuffled(
    _ x: Tensor, axis: Int = 0, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    Tensor.record("shuffled", [words, x], at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      try recorder.requireKey(terms[0])
      let axis = try recorder.axis(axis, of: terms[1])
      let order = terms[0].randomPermutation(terms[1].shape[axis])
      return order.value == .poison ? order : terms[1].take(order, axis: axis)
    }
  }
}
