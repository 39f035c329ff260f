internal import TensorIR
internal import TensorOps

/// A loop without bound: `c = body(c)` as long as `condition(c)` holds.
///
/// It is a loop in C too. Forward mode carries tangents along; reverse mode runs the loop again, keeps what it needs of
/// every step on a tape that grows, and runs backwards over it.
///
/// - Parameters:
///   - initial: The first carry. A number takes the dtype that the body gives back.
///   - condition: A scalar of dtype bool: whether there is a further step.
///   - body: Gives the next carry, of the shapes and dtypes of the first.
/// - Returns: The first carry for which the condition does not hold; poison if shapes or dtypes do not fit.
public func whileLoop<Carry: TensorStructure>(
  _ initial: Carry, while condition: (Carry) throws -> Tensor, file: String = #fileID, line: Int = #line,
  do body: (Carry) throws -> Carry
) rethrows -> Carry {
  let carries = initial.tensors
  let location = SourceLocation(file: file, line: line)
  return try Region.record("whileLoop", carries, at: location) { region in
    var literals = carries.map { $0.type?.dtype }
    var isTrial = carries.contains { $0.isLiteral }
    while true {
      var operands: [Value]?
      var (tensors, parameters): ([Tensor], [Value]) = ([], [])
      do throws(Diagnostic) {
        let values = try region.values(carries, literals: literals)
        (tensors, parameters, _) = region.parameters(region.types(of: values))
        operands = values
      } catch {
        let poison = region.fault(error)
        tensors = carries.map { _ in poison }
      }
      if isTrial {
        var given = tensors
        for index in carries.indices where carries[index].isLiteral { given[index] = carries[index] }
        var rest = given[...]
        literals = region.adopted(literals, try body(initial.filled(from: &rest)).tensors, carries)
        isTrial = false
        continue
      }
      var rest = tensors[...]
      let carry = initial.filled(from: &rest)
      let runs = try condition(carry)
      let next = try body(carry)
      var results = tensors[...]
      if let operands {
        results = region.loop(runs, next.tensors, initial.tensorNames, operands, parameters)[...]
      }
      return initial.filled(from: &results)
    }
  }
}

extension Region {
  fileprivate func loop(
    _ runs: Tensor, _ next: [Tensor], _ names: [String], _ operands: [Value], _ parameters: [Value]
  ) -> [Tensor] {
    do throws(Diagnostic) {
      let types = types(of: parameters)
      let values = try carried(next, [runs], from: types, names)
      let condition = self.types(of: Array(values.suffix(1)))[0]
      guard condition == TensorType(.bool, .scalar) else {
        throw Diagnostic("the condition must be a scalar of dtype bool, not \(condition)")
      }
      return emit { builder in
        let (function, captures) = try builder.extract(values, from: parameters)
        let named = function.renamedPositionally(operation)
        let count = operands.count
        let loop = WhileLoop(
          condition: named.selectingResults([count]).withoutDeadInstructions,
          stages: [
            .init(
              body: named.selectingResults(Array(0..<count)).withoutDeadInstructions, carryCount: count,
              isReversed: false)
          ])
        return builder.emit(loop, operands + captures)
      }
    } catch {
      return [fault(error)]
    }
  }
}
