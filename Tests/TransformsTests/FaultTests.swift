import Basics
import TensorIR
import TensorOps
import Testing
import Transforms

/// What can't be differentiated is said, not trapped at.
@Suite struct FaultTests {
  private let transforms: [@Sendable (Function, [Int]) throws -> Function] = [
    { try $0.jvp(wrt: $1) }, { try $0.vjp(wrt: $1) }, { try $0.grad(wrt: $1) }, { try $0.valueAndGrad(wrt: $1) },
    { try $0.hessian(wrt: $1) }, { try $0.hvp(wrt: $1) }, { try $0.jacobianForward(wrt: $1) },
    { try $0.jacobianReverse(wrt: $1) },
  ]

  @Test(arguments: [
    ([2], "'f' has 2 parameter(s), so no parameter 2"), ([-1], "'f' has 2 parameter(s), so no parameter -1"),
    ([0, 0], "'f' is differentiated twice by one parameter"),
    ([1], "can't differentiate 'f' by 'i': i32[] is not floating"),
  ])
  func parameters(_ wrt: [Int], _ message: String) throws {
    let builder = FunctionBuilder()
    let x = builder.parameter("x", TensorType(.f64, .scalar))
    _ = builder.parameter("i", TensorType(.i32, .scalar))
    let f = try builder.finish(name: "f", results: [.init("y", builder.emit(ElementwiseOp.exp, x))])
    for transform in transforms {
      do {
        _ = try transform(f, wrt)
        Issue.record("no error")
      } catch let error as Diagnostics {
        #expect(error.all.map(\.message) == [message])
      }
    }
  }
}
