/// What arguments of a function must look like: how many tensors each has, and what its containers hold.
struct InputForm: Sendable {
  private(set) var tensorCounts: [Int] = []
  private var containers: [ContainerForm] = []

  mutating func add(_ input: some TensorStructure) {
    let (tensors, form) = input.tensorsAndForm
    tensorCounts.append(tensors.count)
    containers += form
  }

  /// The tensors of arguments in the order of parameters.
  ///
  /// - Throws: `Diagnostics` if a structure among the arguments has another form.
  func leaves<each Input: TensorStructure>(
    of arguments: repeat each Input, for name: String
  ) throws(Diagnostics) -> [Tensor] {
    var tensors: [Tensor] = []
    var form: [ContainerForm] = []
    for argument in repeat each arguments {
      let (leaves, containers) = argument.tensorsAndForm
      tensors += leaves
      form += containers
    }
    let expected = tensorCounts.reduce(0, +)
    if tensors.count == expected, form == containers { return tensors }
    throw Diagnostics([
      Diagnostic(
        "'\(name)' takes \(expected) tensors, but the arguments hold \(tensors.count)"
          + (expected == tensors.count ? " under other names or in other containers" : "")
          + ": a structure among them has another form than the one that was traced")
    ])
  }
}

extension TensorStructure {
  /// This structure with a number in place of every tensor, to find out what a closure picks.
  func numbered(from next: inout Int) -> Self {
    var number = next
    let result = mapTensors { _ in
      defer { number += 1 }
      return Tensor(.placeholder(Placeholder(name: "", type: TensorType(.f32, .scalar), number: number)))
    }
    next = number
    return result
  }
}

extension Tensor {
  /// The number that ``TensorStructure/numbered(from:)`` made of a tensor, if nothing was computed from it.
  var number: Int? {
    if case .placeholder(let placeholder) = storage { placeholder.number } else { nil }
  }
}
