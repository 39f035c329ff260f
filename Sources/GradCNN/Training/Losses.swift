public import GradC

/// How the losses of examples become one number.
public enum LossReduction: Hashable, Sendable {
  /// The mean over all elements.
  case mean
  /// The sum over all elements.
  case sum
  /// No reduction: one loss for every element.
  case none
}

/// `-ln softmax(logits)[label]`, the cross entropy of classes.
///
/// - Parameters:
///   - logits: `[…, classes]`, floating.
///   - labels: `[…]`, `i32` or `i64`; an example whose label is no class has loss 0.
/// - Returns: A scalar, or `[…]` without reduction; poison if shapes or dtypes do not fit.
public func softmaxCrossEntropy(
  _ logits: Tensor, labels: Tensor, reduction: LossReduction = .mean, file: String = #fileID, line: Int = #line
) -> Tensor {
  let chosen = oneHot(labels, count: logits.shape[-1], dtype: logits.dtype, file: file, line: line)
  // The sign next to the logarithm meets that of its derivative there.
  let losses = (chosen * -logSoftmax(logits, axis: -1, file: file, line: line)).sum(axes: [-1], file: file, line: line)
  return reduction.applied(to: losses, file, line)
}

/// `(prediction - target)²`, reduced; for floating dtypes.
///
/// - Parameters:
///   - prediction: Any shape.
///   - target: A shape that broadcasts with it, of the same dtype.
/// - Returns: A scalar, or the common shape without reduction; poison if shapes or dtypes do not fit.
public func meanSquaredError(
  _ prediction: Tensor, _ target: Tensor, reduction: LossReduction = .mean, file: String = #fileID, line: Int = #line
) -> Tensor {
  reduction.applied(to: square(prediction - target, file: file, line: line), file, line)
}

/// `|prediction - target|`, reduced; its derivative is 0 where they are equal. Shapes and dtypes are as for
/// ``meanSquaredError(_:_:reduction:file:line:)``.
public func meanAbsoluteError(
  _ prediction: Tensor, _ target: Tensor, reduction: LossReduction = .mean, file: String = #fileID, line: Int = #line
) -> Tensor {
  reduction.applied(to: abs(prediction - target, file: file, line: line), file, line)
}

/// `½ e²` for errors `e = prediction - target` up to `delta`, `delta (|e| - ½ delta)` beyond (Huber 1964),
/// reduced. Shapes and dtypes are as for ``meanSquaredError(_:_:reduction:file:line:)``.
public func huberLoss(
  _ prediction: Tensor, _ target: Tensor, delta: Double = 1, reduction: LossReduction = .mean,
  file: String = #fileID, line: Int = #line
) -> Tensor {
  let error = prediction - target
  let size = abs(error, file: file, line: line)
  let near = 0.5 * error * error
  let far = delta * (size - 0.5 * delta)
  return reduction.applied(to: select(size .<= delta, near, far, file: file, line: line), file, line)
}

/// `-y ln σ(z) - (1 - y) ln(1 - σ(z))` of logits z and probabilities y, computed as
/// `softplus(z) - y z`, reduced. Shapes and dtypes are as for ``meanSquaredError(_:_:reduction:file:line:)``.
public func binaryCrossEntropy(
  logits: Tensor, _ target: Tensor, reduction: LossReduction = .mean, file: String = #fileID, line: Int = #line
) -> Tensor {
  reduction.applied(to: softplus(logits, file: file, line: line) - target * logits, file, line)
}

extension LossReduction {
  fileprivate func applied(to losses: Tensor, _ file: String, _ line: Int) -> Tensor {
    switch self {
    case .mean: losses.mean(file: file, line: line)
    case .sum: losses.sum(file: file, line: line)
    case .none: losses
    }
  }
}
