extension Tensor: TensorStructure {
  /// Visits this tensor itself.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) { visitor.visitLeaf(&self) }
}

extension Array: TensorStructure where Element: TensorStructure {
  /// Visits the elements as `[0]`, `[1]`, ….
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.enter(.count(count))
    for index in indices { visitor.visit(element: index, &self[index]) }
  }
}

extension Dictionary: TensorStructure where Key == String, Value: TensorStructure {
  /// Visits the values under their keys, in alphabetical order.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    let sorted = keys.sorted()
    visitor.enter(.keys(sorted))
    for key in sorted {
      guard var value = self[key] else { continue }
      visitor.visit(key, &value)
      self[key] = value
    }
  }
}

extension Optional: TensorStructure where Wrapped: TensorStructure {
  /// Visits what is there.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.enter(.count(self == nil ? 0 : 1))
    self?.visitTensors(&visitor)
  }
}
