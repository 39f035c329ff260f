internal import TensorIR

extension Trace {
  /// The numbers of tensors recorded in a trace without parameters, by the reference interpreter.
  static func evaluate(_ tensors: [Tensor], in trace: Trace) -> [Tensor] {
    var results: [Function.Result] = []
    for tensor in tensors {
      switch tensor.storage {
      case .traced(_, let value): results.append(Function.Result("result", value))
      case .poison(let poison): return [Tensor(.poison(Poison(poison.diagnostics, in: nil)))]
      default: return [tensor]
      }
    }
    do {
      let function = try trace.finish(results: results)
      try function.requireMemory()
      return try Interpreter.evaluate(function, []).map { Tensor(.concrete(try NDArray(reference: $0))) }
    } catch {
      return [Tensor(.poison(Poison(Diagnostics(wrapping: error).all, in: nil)))]
    }
  }
}

extension Diagnostics {
  /// Any error as diagnostics.
  init(wrapping error: any Error) {
    switch error {
    case let error as Diagnostics: self = error
    case let error as Diagnostic: self.init([error])
    default: self.init([Diagnostic("\(error)", kind: .bug)])
    }
  }
}
