public import GradC
public import GradCNN

extension Model {
  /// The mean squared error of a linear model.
  public static let linearRegression = Model(
    "linear-regression", "mean squared error of a linear model, 64 examples of 8 numbers", differentiated: ["w", "b"]
  ) { dtype in
    try trace(
      "linear_regression", .input("w", dtype, [8]), .input("b", dtype), .input("x", dtype, [64, 8]),
      .input("y", dtype, [64])
    ) { w, b, x, y in
      meanSquaredError(matmul(x, w) + b, y)
    }.graph
  }

  /// The mean binary cross entropy of a linear model, with an L2 penalty.
  public static let logisticRegression = Model(
    "logistic-regression", "logistic regression with an L2 penalty, 128 examples of 16 numbers",
    differentiated: ["w", "b"], ranges: ["y": 0...1]
  ) { dtype in
    try trace(
      "logistic_regression", .input("w", dtype, [16]), .input("b", dtype), .input("x", dtype, [128, 16]),
      .input("y", dtype, [128])
    ) { w, b, x, y in
      binaryCrossEntropy(logits: matmul(x, w) + b, y) + 0.01 * square(w).sum()
    }.graph
  }

  /// The mean cross entropy of classes.
  public static let softmaxCrossEntropy = Model(
    "softmax-cross-entropy", "mean cross entropy of 32 examples of 10 classes", ranges: ["labels": 0...9]
  ) { dtype in
    try trace("softmax_cross_entropy", .input("logits", dtype, [32, 10]), .input("labels", .i32, [32])) {
      logits, labels in
      GradCNN.softmaxCrossEntropy(logits, labels: labels)
    }.graph
  }

  /// The squared error of a small network for one example.
  public static let mlp = Model("mlp", "squared error of a 4-16-16-1 tanh network, one example") { dtype in
    let network = MLP(widths: [4, 16, 16, 1], dtype: dtype, key: RandomKey(seed: 1))
    return try trace("mlp", network, .input("x", dtype, [1, 4]), .input("y", dtype, [1, 1])) { network, x, y in
      meanSquaredError(network(x), y)
    }.graph
  }

  /// The mean cross entropy of the network that `gradc train digits` trains, without its training step.
  public static let digits = Model(
    "digits", "cross entropy of a 64-128-64-10 ReLU network, 32 images of digits",
    differentiated: DigitsNetwork.make(.f32, seed: 0).tensorNames, ranges: ["images": 0...1, "labels": 0...9]
  ) { dtype in
    let network = DigitsNetwork.make(dtype, seed: 0)
    return try trace("digits", network, .input("images", dtype, [32, 64]), .input("labels", .i32, [32])) {
      network, images, labels in
      GradCNN.softmaxCrossEntropy(network(images), labels: labels)
    }.graph
  }

  /// The mean square of what one head of attention gives.
  public static let attention = Model("attention", "mean square of one attention head, 16 positions of 8 numbers") {
    dtype in
    try trace(
      "attention", .input("query", dtype, [16, 8]), .input("key", dtype, [16, 8]), .input("value", dtype, [16, 8])
    ) { query, key, value in
      let scores = matmul(query, key.transposed()) / 8.0.squareRoot()
      return square(matmul(softmax(scores), value)).mean()
    }.graph
  }
}

/// The network of the digits model.
public enum DigitsNetwork {
  /// 64 inputs, hidden layers of 128 and 64 ReLU units, 10 logits, with random weights.
  public static func make(_ dtype: DType = .f32, seed: UInt64) -> MLP {
    MLP(widths: [64, 128, 64, 10], initializer: .heUniform, dtype: dtype, key: RandomKey(seed: seed)) { relu($0) }
  }
}
