package import Basics

extension OpExample {
  /// The elements of matrices in the last two axes of a shape: 2, 3, 4 … on the diagonal, and everywhere something of
  /// at most 0.3 added.
  ///
  /// Their lower triangles make positive definite matrices as long as there are few rows, eigenvalues and singular values
  /// lie apart, and no pivot is in doubt.
  package static func wellConditionedMatrices(
    _ shape: Shape, uniform: (ClosedRange<Double>) -> Double
  ) -> [Double] {
    (0..<shape.elementCount).map { position in
      let index = shape.index(at: position)
      let isDiagonal = index.count >= 2 && index[index.count - 1] == index[index.count - 2]
      return (isDiagonal ? 2 + Double(index[index.count - 1]) : 0) + uniform(-0.3...0.3)
    }
  }
}
