public import GradC

// An optimiser is a function inside the trace: parameters, their gradients and its state go in, the new parameters and
// the new state come out. Its rates are tensors, so they can be inputs of the function and change from step to step.

/// `p ← p - α g`.
public struct SGD: Sendable {
  /// α.
  public var learningRate: Tensor

  /// Gradient descent with this rate.
  public init(learningRate: Tensor = 0.01) { self.learningRate = learningRate }

  /// `p - α g` for every tensor p of the parameters and its gradient g.
  ///
  /// - Returns: The new parameters, of the same shapes and dtypes; poison where the structures' forms, shapes or dtypes
  ///   differ.
  public func update<Parameters: TensorStructure>(
    _ parameters: Parameters, _ gradients: Parameters, file: String = #fileID, line: Int = #line
  ) -> Parameters {
    parameters.mapTensors(with: gradients, file: file, line: line) { p, g in p - learningRate.cast(like: p) * g }
  }
}

/// `v ← μ v + g`, `p ← p - α v`, or `p ← p - α (g + μ v)` after Nesterov.
public struct Momentum: Sendable {
  /// α.
  public var learningRate: Tensor
  /// μ.
  public var momentum: Tensor
  /// Whether the step looks ahead.
  public var isNesterov: Bool

  /// Gradient descent with a memory.
  public init(learningRate: Tensor = 0.01, momentum: Tensor = 0.9, nesterov: Bool = false) {
    self.learningRate = learningRate
    self.momentum = momentum
    isNesterov = nesterov
  }

  /// The velocity of parameters that have not moved yet: zeros.
  public func initialState<Parameters: TensorStructure>(for parameters: Parameters) -> Parameters {
    parameters.mapTensors { zeros(like: $0) }
  }

  /// The new parameters and the new velocity, of the shapes and dtypes of the old; poison where the structures' forms,
  /// shapes or dtypes differ.
  public func update<Parameters: TensorStructure>(
    _ parameters: Parameters, _ gradients: Parameters, velocity: Parameters, file: String = #fileID,
    line: Int = #line
  ) -> (parameters: Parameters, velocity: Parameters) {
    let velocity = velocity.mapTensors(with: gradients, file: file, line: line) { v, g in momentum.cast(like: v) * v + g
    }
    let steps =
      isNesterov
      ? velocity.mapTensors(with: gradients, file: file, line: line) { v, g in g + momentum.cast(like: v) * v }
      : velocity
    let moved = parameters.mapTensors(with: steps, file: file, line: line) { p, s in p - learningRate.cast(like: p) * s
    }
    return (moved, velocity)
  }
}

/// Adam (Kingma and Ba 2015), with decoupled weight decay (Loshchilov and Hutter 2019):
/// `m ← β₁ m + (1 - β₁) g`, `v ← β₂ v + (1 - β₂) g²`, `p ← p - α (m̂ / (√v̂ + ε) + λ p)`, with `m̂ = m / (1 - β₁ᵗ)` and
/// `v̂ = v / (1 - β₂ᵗ)`.
public struct Adam: Sendable {
  /// α.
  public var learningRate: Tensor
  /// β₁.
  public var beta1: Double
  /// β₂.
  public var beta2: Double
  /// ε.
  public var epsilon: Double
  /// λ.
  public var weightDecay: Double

  /// Adam with the paper's constants and no weight decay.
  public init(
    learningRate: Tensor = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// What Adam remembers.
  public struct State<Parameters: TensorStructure>: TensorStructure {
    /// t, the number of steps made: an `f32` scalar.
    public var step: Tensor
    /// m, in the form of the parameters.
    public var mean: Parameters
    /// v, in the form of the parameters.
    public var variance: Parameters

    /// Visits `step`, `mean` and `variance`.
    public mutating func visitTensors(_ visitor: inout TensorVisitor) {
      visitor.visit("step", &step)
      visitor.visit("mean", &mean)
      visitor.visit("variance", &variance)
    }
  }

  /// The state before the first step: zeros.
  public func initialState<Parameters: TensorStructure>(for parameters: Parameters) -> State<Parameters> {
    let zeros = parameters.mapTensors { GradC.zeros(like: $0) }
    return State(step: GradC.zeros([], .f32), mean: zeros, variance: zeros)
  }

  /// The new parameters and the new state, of the shapes and dtypes of the old; poison where the structures' forms,
  /// shapes or dtypes differ, or a parameter is not floating.
  public func update<Parameters: TensorStructure>(
    _ parameters: Parameters, _ gradients: Parameters, state: State<Parameters>, file: String = #fileID,
    line: Int = #line
  ) -> (parameters: Parameters, state: State<Parameters>) {
    let step = state.step + 1
    let mean = state.mean.mapTensors(with: gradients, file: file, line: line) { m, g in beta1 * m + (1 - beta1) * g }
    let variance = state.variance.mapTensors(with: gradients, file: file, line: line) { v, g in
      beta2 * v + (1 - beta2) * g * g
    }
    let meanScale = 1 / (1 - pow(Tensor(beta1), step, file: file, line: line))
    let varianceScale = 1 / (1 - pow(Tensor(beta2), step, file: file, line: line))
    let directions = mean.mapTensors(with: variance, file: file, line: line) { m, v in
      m * meanScale.cast(like: m) / (sqrt(v * varianceScale.cast(like: v), file: file, line: line) + epsilon)
    }
    let moved = parameters.mapTensors(with: directions, file: file, line: line) { p, d in
      let direction = weightDecay == 0 ? d : d + weightDecay * p
      return p - learningRate.cast(like: p) * direction
    }
    return (moved, State(step: step, mean: mean, variance: variance))
  }
}

/// `g · min(1, norm / ‖g‖)`: the gradients scaled down so that their common Euclidean norm is at most `norm` (Pascanu,
/// Mikolov and Bengio 2013).
///
/// - Parameter gradients: Floating tensors; the norm is computed in the dtype of the first.
/// - Returns: Gradients of the same shapes and dtypes.
public func clipped<Gradients: TensorStructure>(
  _ gradients: Gradients, norm limit: Double, file: String = #fileID, line: Int = #line
) -> Gradients {
  let squares = gradients.tensors.map { square($0, file: file, line: line).sum(file: file, line: line) }
  guard let first = squares.first else { return gradients }
  let total = squares.dropFirst().reduce(first) { $0 + $1.cast(like: first) }
  let scale = minimum(limit / sqrt(total, file: file, line: line), 1, file: file, line: line)
  return gradients.mapTensors { $0 * scale.cast(like: $0) }
}

extension Tensor {
  /// This scalar in the dtype of another tensor.
  fileprivate func cast(like other: Tensor) -> Tensor { cast(to: other.dtype) }
}
