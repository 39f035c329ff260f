import Basics
package import TensorIR
import TensorOps

extension Function {
  /// The value at a point, and the linear function `ẋ… ↦ ẏ…` with `ẏ = ∂y/∂x · ẋ` there.
  ///
  /// Forward mode is run once: what it needs of the point is computed here and is a constant of the linear function,
  /// whose parameters are tangents of the parameters in `wrt` and whose results are tangents of the floating results.
  package func linearized(
    at point: [ReferenceTensor], wrt: [Int]
  ) throws -> (values: [ReferenceTensor], linear: Function) {
    let forward = try jvp(wrt: wrt)
    let builder = FunctionBuilder()
    let inputs = forward.parameters.map { builder.parameter($0.name, $0.type) }
    let tangents = Array(inputs[parameters.count...])
    let outputs = builder.inline(forward, inputs)
    let (part, residuals) = try builder.extract(Array(outputs[results.count...]), from: tangents)

    let own = zip(results, outputs).map { Result($0.name, $1) }
    let kept = residuals.enumerated().map { Result("residual\($0)", $1) }
    let primal = try builder.finish(name: name, results: own + kept)
    let zeros = tangents.indices.map { ReferenceTensor(zerosOf: forward.parameters[parameters.count + $0].type) }
    let computed = try Interpreter.evaluate(primal, point + zeros)

    let linear = FunctionBuilder()
    let directions = forward.parameters[parameters.count...].map { linear.parameter($0.name, $0.type) }
    let constants = computed[results.count...].map { linear.emit(Constant($0), [])[0] }
    let pushed = linear.inline(part, directions + constants)
    return (
      Array(computed[..<results.count]),
      try linear.finish(
        name: "\(name)_linear", results: zip(forward.results[results.count...], pushed).map { Result($0.name, $1) })
    )
  }
}

extension ReferenceTensor {
  fileprivate init(zerosOf type: TensorType) {
    self.init(floating: [Double](repeating: 0, count: type.elementCount), type: type)
  }
}
