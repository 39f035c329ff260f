public import GradC

/// A table of vectors: `y[…] = table[index[…]]`.
public struct Embedding: TensorStructure {
  /// `[count, features]`.
  public var table: Tensor

  /// A table of random vectors.
  public init(
    count: Int, features: Int, initializer: Initializer = .normal(0.02), dtype: DType = .f32, key: RandomKey,
    file: String = #fileID, line: Int = #line
  ) {
    table = initializer.tensor([count, features], dtype, key: key, file: file, line: line)
  }

  /// The vectors of indices, which are `i32` or `i64` and are clamped into range: `[…, features]`.
  public func callAsFunction(_ indices: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    table.take(indices, axis: 0, file: file, line: line)
  }

  /// Visits `table`.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) { visitor.visit("table", &table) }
}
