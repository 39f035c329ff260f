public import GradC

/// How the weights of a layer start. Fans are the numbers of inputs and outputs one weight connects.
public enum Initializer: Hashable, Sendable {
  /// All 0.
  case zeros
  /// All 1.
  case ones
  /// All equal.
  case constant(Double)
  /// Uniform in ±bound.
  case uniform(Double)
  /// Normal with this standard deviation.
  case normal(Double)
  /// Uniform in `±√(6 / (fanIn + fanOut))` (Glorot and Bengio 2010), for tanh and sigmoid.
  case glorotUniform
  /// Normal with variance `2 / (fanIn + fanOut)` (Glorot and Bengio 2010).
  case glorotNormal
  /// Uniform in `±√(6 / fanIn)` (He et al. 2015), for ReLU.
  case heUniform
  /// Normal with variance `2 / fanIn` (He et al. 2015).
  case heNormal
  /// Normal with variance `1 / fanIn` (LeCun et al. 1998).
  case lecunNormal

  /// A tensor that starts so. The last axis is of outputs, the others are of inputs.
  public func tensor(
    _ shape: some Collection<Int>, _ dtype: DType = .f32, key: RandomKey, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let shape = Array(shape)
    let fanOut = Double(shape.last ?? 1)
    let fanIn = shape.dropLast().reduce(1.0) { $0 * Double($1) }
    func uniform(_ bound: Double) -> Tensor {
      key.uniform(shape, from: -bound, to: bound, dtype, file: file, line: line)
    }
    func normal(_ variance: Double) -> Tensor {
      key.normal(shape, deviation: variance.squareRoot(), dtype, file: file, line: line)
    }
    switch self {
    case .zeros: return full(shape, 0, dtype, file: file, line: line)
    case .ones: return full(shape, 1, dtype, file: file, line: line)
    case .constant(let value): return full(shape, value, dtype, file: file, line: line)
    case .uniform(let bound): return uniform(bound)
    case .normal(let deviation): return normal(deviation * deviation)
    case .glorotUniform: return uniform((6 / (fanIn + fanOut)).squareRoot())
    case .glorotNormal: return normal(2 / (fanIn + fanOut))
    case .heUniform: return uniform((6 / fanIn).squareRoot())
    case .heNormal: return normal(2 / fanIn)
    case .lecunNormal: return normal(1 / fanIn)
    }
  }
}
