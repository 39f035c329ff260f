import Basics
package import TensorIR

extension Term {
  /// `√Σ x²` over axes; the derivative where all are 0 is 0.
  package func norm2(axes: [Int]) -> Term {
    guard let axes = checkedFloating(axes, for: "norm") else { return poison }
    let sum = squared().sum(axes: axes)
    let isZero = sum.applying(.eq, sum.zeros)
    return isZero.select(sum.zeros, isZero.select(sum.ones, sum).applying(.sqrt))
  }

  /// `(Σ |x|ᵖ)^(1/p)` over axes; the derivative where all are 0 is 0.
  package func norm(p: Double, axes: [Int]) -> Term {
    guard let axes = checkedFloating(axes, for: "norm") else { return poison }
    let magnitudes = applying(.abs)
    if p == 1 { return magnitudes.sum(axes: axes) }
    if p == 2 { return norm2(axes: axes) }
    if p == .infinity { return magnitudes.reduceOrZero(axes: axes) }
    let isNothing = magnitudes.applying(.eq, magnitudes.zeros)
    let powers = isNothing.select(
      magnitudes.zeros, isNothing.select(magnitudes.ones, magnitudes).applying(.pow, splat(p)))
    let sum = powers.sum(axes: axes)
    let isZero = sum.applying(.eq, sum.zeros)
    return isZero.select(sum.zeros, isZero.select(sum.ones, sum).applying(.pow, sum.splat(1 / p)))
  }

  /// The maximum over axes of what is not negative; 0 over no elements.
  private func reduceOrZero(axes: [Int]) -> Term {
    axes.contains { shape[$0] == 0 }
      ? builder.zeros(type.with(shape.removing(axes))) : max(axes: axes)
  }

  /// `Σ s` of the singular values: the nuclear norm.
  package func nuclearNorm() -> Term {
    let values = singularValues()
    return values.isPoison ? values : values.sum(axes: [values.shape.rank - 1])
  }

  /// The greatest singular value.
  package func spectralNorm() -> Term {
    let values = singularValues()
    return values.isPoison ? values : values.reduceOrZero(axes: [values.shape.rank - 1])
  }
}
