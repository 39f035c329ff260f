import Basics
package import TensorIR

extension ControlFlow {
  /// The op that runs so.
  package var op: any Op {
    switch self {
    case .call(let call): call
    case .conditional(let conditional): conditional
    case .scan(let scan): scan
    case .whileLoop(let loop): loop
    case .customDerivative(let custom): custom
    case .linearCall(let call): call
    }
  }
}

extension Op {
  /// Throws unless `types` are those of the parameters of a function within; `what` says whose.
  func checkArguments(_ types: [TensorType], of function: Function, _ what: String) throws(Diagnostic) {
    guard types.count == function.parameters.count else {
      throw Diagnostic("\(what) of '\(name)' takes \(function.parameters.count) value(s), but gets \(types.count)")
    }
    for (parameter, type) in zip(function.parameters, types) where parameter.type != type {
      throw Diagnostic("\(what) of '\(name)' takes \(parameter.type) as '\(parameter.name)', but gets \(type)")
    }
  }

  /// Throws unless `types` are those of the results of a function within.
  func checkResults(_ types: [TensorType], of function: Function, _ what: String) throws(Diagnostic) {
    let found = function.resultTypes
    guard found.count == types.count else {
      throw Diagnostic("\(what) of '\(name)' should give \(types.count) value(s), but gives \(found.count)")
    }
    for (result, (type, due)) in zip(function.results, zip(found, types)) where type != due {
      throw Diagnostic("\(what) of '\(name)' should give \(due) as '\(result.name)', but gives \(type)")
    }
  }
}
