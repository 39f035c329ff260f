extension Tensor: TensorStructure {
  /// Visits this tensor itself.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) { visitor.visitLeaf(&self) }
}

extension Array: TensorStructure where Element: TensorStructure {
  /// Visits the elements as `[0]`, `[1]`, ….
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    for index in indices { visitor.visit(element: index, &self[index]) }
  }
}

extension Dictionary: TensorStructure where Key == String, Value: TensorStructure {
  /// Visits the values under their keys, in alphabetical order.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    for key in keys.sorted() {
      guard var value = self[key] else { continue }
      visitor.visit(key, &value)
      self[key] = value
    }
  }
}

extension Optional: TensorStructure where Wrapped: TensorStructure {
  /// Visits what is there.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) { self?.visitTensors(&visitor) }
}
