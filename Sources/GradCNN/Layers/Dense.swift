public import GradC

/// `y = x W + b`: x of shape `[…, inputs]`, W `[inputs, outputs]`, b `[outputs]`.
public struct Dense: TensorStructure {
  /// W.
  public var weight: Tensor
  /// b; `nil` if there is none.
  public var bias: Tensor?

  /// A layer of these tensors, placeholders or numbers.
  public init(weight: Tensor, bias: Tensor? = nil) {
    self.weight = weight
    self.bias = bias
  }

  /// A layer of random weights and a bias of zeros. The same key always gives the same weights; extents or a dtype that
  /// can't be give poison.
  public init(
    _ inputs: Int, _ outputs: Int, bias hasBias: Bool = true, initializer: Initializer = .glorotUniform,
    dtype: DType = .f32, key: RandomKey, file: String = #fileID, line: Int = #line
  ) {
    weight = initializer.tensor([inputs, outputs], dtype, key: key, file: file, line: line)
    bias = hasBias ? zeros([outputs], dtype, file: file, line: line) : nil
  }

  /// `x W + b`.
  ///
  /// - Parameter x: `[…, inputs]` of the weights' dtype.
  /// - Returns: `[…, outputs]`; poison if the last axis is not that of inputs.
  public func callAsFunction(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    let product = matmul(x, weight, file: file, line: line)
    return bias.map { product + $0 } ?? product
  }

  /// Visits `weight` and `bias`.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit("weight", &weight)
    visitor.visit("bias", &bias)
  }
}
