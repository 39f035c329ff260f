package import TensorIR

extension Term {
  /// `ln Σ eˣ` over axes, which leave the shape; without overflow, and -∞ where all elements are.
  package func logSumExp(axes: [Int]) -> Term {
    guard let axes = checkedFloating(axes, for: "log_sum_exp") else { return poison }
    let shift = shift(axes)
    let sum = (self - shift.broadcast(back: axes, of: shape)).applying(.exp).sum(axes: axes)
    // The sum is 0 only where all elements are -∞; there the gradient is 0, not 0 / 0.
    let isEmpty = sum.applying(.eq, sum.zeros)
    let logarithm = isEmpty.select(sum.ones, sum).applying(.log) + shift
    return isEmpty.select(sum.splat(-.infinity), logarithm)
  }

  /// `eˣ / Σ eˣ` over axes, without overflow.
  package func softmax(axes: [Int]) -> Term {
    guard let axes = checkedFloating(axes, for: "softmax") else { return poison }
    let exponentials = (self - shift(axes).broadcast(back: axes, of: shape)).applying(.exp)
    return exponentials / exponentials.sum(axes: axes).broadcast(back: axes, of: shape)
  }

  /// `x - ln Σ eˣ` over axes, without overflow.
  package func logSoftmax(axes: [Int]) -> Term {
    guard let axes = checkedFloating(axes, for: "log_softmax") else { return poison }
    let shifted = self - shift(axes).broadcast(back: axes, of: shape)
    let logarithm = shifted.applying(.exp).sum(axes: axes).applying(.log)
    return shifted - logarithm.broadcast(back: axes, of: shape)
  }

  /// What is taken off before exponentials: the maximum, where that is finite. It cancels, so derivatives need not
  /// see it.
  private func shift(_ axes: [Int]) -> Term {
    let maximum = stoppingGradient().max(axes: axes)
    let isFinite = maximum.applying(.abs).applying(.lt, maximum.splat(.infinity))
    return isFinite.select(maximum, maximum.zeros)
  }
}
