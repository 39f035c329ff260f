public import GradC

/// Dense layers with an activation a between any two of them: `y = a(… a(x W₁ + b₁) …) Wₙ + bₙ`.
public struct MLP: TensorStructure {
  /// The layers, first to last.
  public var layers: [Dense]
  /// What stands between them.
  public var activation: @Sendable (Tensor) -> Tensor

  /// These layers, of placeholders or numbers.
  public init(layers: [Dense], activation: @escaping @Sendable (Tensor) -> Tensor = { tanh($0) }) {
    self.layers = layers
    self.activation = activation
  }

  /// Layers of random weights: `widths` are the numbers of inputs, of the units of every hidden layer, and of outputs.
  public init(
    widths: [Int], initializer: Initializer = .glorotUniform, dtype: DType = .f32, key: RandomKey,
    file: String = #fileID, line: Int = #line, activation: @escaping @Sendable (Tensor) -> Tensor = { tanh($0) }
  ) {
    layers = zip(widths, widths.dropFirst()).enumerated().map { index, width in
      Dense(
        width.0, width.1, initializer: initializer, dtype: dtype, key: key.child(index), file: file, line: line)
    }
    self.activation = activation
  }

  /// The last layer's output; there is no activation after it.
  ///
  /// - Parameter x: `[…, inputs]` of the weights' dtype.
  /// - Returns: `[…, outputs]`; poison if the last axis is not that of inputs.
  public func callAsFunction(_ x: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    var h = x
    for (index, layer) in layers.enumerated() {
      h = layer(index == 0 ? h : activation(h), file: file, line: line)
    }
    return h
  }

  /// Visits `layers`.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) { visitor.visit("layers", &layers) }
}
