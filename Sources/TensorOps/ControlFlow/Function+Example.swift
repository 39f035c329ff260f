import Basics
import TensorIR

extension Function {
  /// A function for the examples of an op.
  static func example(
    _ name: String, _ types: [TensorType], _ body: (_ parameters: [Term]) -> [Term]
  ) -> Function {
    let builder = FunctionBuilder()
    let parameters = types.enumerated().map { Term(builder, builder.parameter("x\($0.offset)", $0.element)) }
    let results = body(parameters).enumerated().map { Result("y\($0.offset)", $0.element.value) }
    do {
      return try builder.finish(name: name, results: results)
    } catch {
      // The examples are ours; a test that finds them empty fails.
      return FunctionBuilder().emptyFunction
    }
  }
}
