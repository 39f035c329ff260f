public import GradC

/// `y = (x - mean) / √(variance + ε) · scale + offset` over the last axis (Ba, Kiros and Hinton 2016).
public struct LayerNorm: TensorStructure {
  /// `[features]`.
  public var scale: Tensor
  /// `[features]`.
  public var offset: Tensor
  /// Keeps the root from 0.
  public var epsilon: Double

  /// A layer that starts with scale 1 and offset 0.
  public init(_ features: Int, epsilon: Double = 1e-5, dtype: DType = .f32, file: String = #fileID, line: Int = #line) {
    scale = ones([features], dtype, file: file, line: line)
    offset = zeros([features], dtype, file: file, line: line)
    self.epsilon = epsilon
  }

  /// The normalised x.
  ///
  /// - Parameter x: `[…, features]` of the dtype of `scale`.
  /// - Returns: The shape of x; poison if the last axis is not that of features.
  public func callAsFunction(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    let mean = x.mean(axes: [-1], keepingAxes: true, file: file, line: line)
    let variance = x.variance(axes: [-1], keepingAxes: true, file: file, line: line)
    return (x - mean) * rsqrt(variance + epsilon, file: file, line: line) * scale + offset
  }

  /// Visits `scale` and `offset`.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit("scale", &scale)
    visitor.visit("offset", &offset)
  }
}
