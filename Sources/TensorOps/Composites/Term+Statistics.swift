package import TensorIR

extension Term {
  /// `Σ x / n` over axes, which leave the shape.
  package func mean(axes: [Int]) -> Term {
    guard let axes = checkedFloating(axes, for: "mean") else { return poison }
    return sum(axes: axes) / Double(count(along: axes))
  }

  /// `Σ (x - mean)² / (n - correction)` over axes, which leave the shape.
  package func variance(axes: [Int], correction: Int = 0) -> Term {
    guard let axes = checkedFloating(axes, for: "variance") else { return poison }
    let deviations = self - mean(axes: axes).broadcast(back: axes, of: shape)
    return deviations.squared().sum(axes: axes) / (Double(count(along: axes)) - Double(correction))
  }

  private func count(along axes: [Int]) -> Int { axes.reduce(1) { $0 * shape[$1] } }
}
