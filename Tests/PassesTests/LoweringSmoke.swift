import Basics
import Testing

@testable import KernelIR
@testable import Passes
@testable import TensorIR
@testable import TensorOps
@testable import Transforms

func parse(_ text: String) throws -> Function {
  try Module(parsing: text, file: "test.gir", ops: OpRegistry.make).functions[0]
}

@Test func smoke() throws {
  let f = try parse(
    """
    func @softmax(%x: f32[128,10]) -> (y: f32[128,10]) {
      %1 = reduce_max %x {axes = [1]} : f32[128]
      %2 = broadcast %1 {shape = [128,10], axes = [0]} : f32[128,10]
      %3 = sub %x, %2 : f32[128,10]
      %4 = exp %3 : f32[128,10]
      %5 = reduce_sum %4 {axes = [1]} : f32[128]
      %6 = broadcast %5 {shape = [128,10], axes = [0]} : f32[128,10]
      %7 = div %4, %6 : f32[128,10]
      return %7
    }
    """)
  print(try Pipelines.standard.run(f, verify: true).lowered())
  let g = try parse(
    """
    func @loss(%x: f64[4,3], %w: f64[3,2]) -> (y: f64[]) {
      %2 = dot_general %x, %w {left_contracting = [1], right_contracting = [0], left_batch = [], right_batch = []} : f64[4,2]
      %3 = tanh %2 : f64[4,2]
      %4 = mul %3, %3 : f64[4,2]
      %5 = reduce_sum %4 {axes = [0,1]} : f64[]
      return %5
    }
    """)
  let grad = try g.valueAndGrad(wrt: [0, 1])
  print(grad)
  let simple = try Pipelines.standard.run(grad, verify: true)
  print(simple)
  print(try simple.lowered())
  let h = try Pipelines.standard.run(g.hessian(wrt: [1]), verify: true)
  print(h.instructions.count)
  print(try h.lowered())
}
