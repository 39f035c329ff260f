/// Tensors under one name: parameters of a model, the state of an optimiser, a batch.
///
/// Tensors, arrays, dictionaries with `String` keys and optionals of structures are structures. A type of one's own
/// becomes one by naming its fields; the one method serves for reading and for writing:
///
/// ```swift
/// struct Dense: TensorStructure {
///   var weight: Tensor
///   var bias: Tensor
///
///   mutating func visitTensors(_ visitor: inout TensorVisitor) {
///     visitor.visit("weight", &weight)
///     visitor.visit("bias", &bias)
///   }
/// }
/// ```
///
/// Gradients with respect to a structure have its type, and so do their leaves have the leaves' shapes.
public protocol TensorStructure: Sendable {
  /// Shows every field that holds tensors to the visitor, always in the same order.
  mutating func visitTensors(_ visitor: inout TensorVisitor)
}

/// Walks over the tensors of a structure and reads or replaces them.
public struct TensorVisitor {
  enum Mode {
    case collect
    case replace([Tensor])
  }

  private var mode: Mode
  private let namesLeaves: Bool
  private var path: [String] = []
  /// What was collected.
  private(set) var leaves: [Tensor] = []
  /// What the containers on the way hold, in order: what the number of leaves alone does not tell.
  private(set) var form: [ContainerForm] = []
  /// The path of every leaf, if asked for.
  private(set) var names: [String] = []
  private var position = 0

  init(_ mode: Mode, namesLeaves: Bool = false) {
    self.mode = mode
    self.namesLeaves = namesLeaves
  }

  /// Visits a field. Its name becomes part of the names of parameters: `layers[0].weight`.
  public mutating func visit(_ name: String, _ field: inout some TensorStructure) {
    guard namesLeaves else {
      field.visitTensors(&self)
      return
    }
    path.append(path.isEmpty || name.hasPrefix("[") ? name : "." + name)
    field.visitTensors(&self)
    path.removeLast()
  }

  /// Visits the element of a collection.
  mutating func visit(element index: Int, _ field: inout some TensorStructure) {
    visit(namesLeaves ? "[\(index)]" : "", &field)
  }

  /// Notes what a container holds that is about to be visited.
  mutating func enter(_ container: ContainerForm) {
    if case .collect = mode { form.append(container) }
  }

  mutating func visitLeaf(_ tensor: inout Tensor) {
    switch mode {
    case .collect:
      leaves.append(tensor)
      if namesLeaves { names.append(path.joined()) }
    case .replace(let tensors):
      if position < tensors.count { tensor = tensors[position] }
      position += 1
    }
  }
}

/// What a container in a structure holds; arguments must hold the same as the inputs that were traced.
enum ContainerForm: Hashable, Sendable {
  case count(Int)
  case keys([String])
}

extension TensorStructure {
  /// The tensors of this structure, in the order in which it visits them.
  public var tensors: [Tensor] {
    var copy = self
    var visitor = TensorVisitor(.collect)
    copy.visitTensors(&visitor)
    return visitor.leaves
  }

  /// The tensors, and what the containers hold.
  var tensorsAndForm: (tensors: [Tensor], form: [ContainerForm]) {
    var copy = self
    var visitor = TensorVisitor(.collect)
    copy.visitTensors(&visitor)
    return (visitor.leaves, visitor.form)
  }

  /// The names of the tensors of this structure: the paths of fields and elements that lead to them.
  public var tensorNames: [String] { namedTensors.map(\.name) }

  var namedTensors: [(name: String, tensor: Tensor)] {
    var copy = self
    var visitor = TensorVisitor(.collect, namesLeaves: true)
    copy.visitTensors(&visitor)
    return Array(zip(visitor.names, visitor.leaves)).map { (name: $0, tensor: $1) }
  }

  /// This structure with other tensors, in the order of ``tensors``; tensors beyond its own number are not used, and
  /// where there are too few it keeps its own.
  public func replacingTensors(_ tensors: [Tensor]) -> Self {
    var copy = self
    var visitor = TensorVisitor(.replace(tensors))
    copy.visitTensors(&visitor)
    return copy
  }

  /// This structure with `transform` applied to every tensor.
  public func mapTensors(_ transform: (Tensor) throws -> Tensor) rethrows -> Self {
    replacingTensors(try tensors.map(transform))
  }

  /// This structure with `transform` applied to every tensor and its counterpart in a structure of the same form. Where
  /// the forms differ the result is poisoned.
  public func mapTensors(
    with other: Self, file: String = #fileID, line: Int = #line, _ transform: (Tensor, Tensor) throws -> Tensor
  ) rethrows -> Self {
    let (mine, others) = (tensors, other.tensors)
    guard mine.count == others.count else {
      let poison = Tensor.faulty(
        "mapTensors: structures of \(mine.count) and \(others.count) tensors",
        at: SourceLocation(file: file, line: line))
      return replacingTensors(mine.map { _ in poison })
    }
    return replacingTensors(try zip(mine, others).map(transform))
  }
}
