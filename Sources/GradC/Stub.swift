internal import TensorIR
extension Function {
  func interpreted(_ arguments: [ReferenceTensor]) throws -> [ReferenceTensor] {
    var values = arguments
    for instruction in instructions {
      values += try op(of: instruction).reference(operands(of: instruction).map { values[Int($0.index)] })
    }
    return results.map { values[Int($0.value.index)] }
  }
}
