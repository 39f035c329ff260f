internal import TensorIR
internal import TensorOps

/// One of two results: that of `then` where the predicate holds, else that of `otherwise`. Only the one taken is computed.
///
/// It is a branch in C, too. Derivatives are those of the branch taken: a NaN or an infinity of the other never reaches
/// them. What a closure computes belongs to its branch; under ``vmap(_:axis:outAxis:file:line:_:)`` with a predicate of
/// its own for every example both are computed, and one is picked.
///
/// - Parameters:
///   - predicate: A scalar of dtype bool.
///   - then: The result if it is true.
///   - otherwise: The result if it is false, of the same form, shapes and dtypes.
/// - Returns: The result; poison if the predicate is no truth value, or the results of both differ in shapes or dtypes.
public func cond<Output: TensorStructure>(
  _ predicate: Tensor, file: String = #fileID, line: Int = #line, then: () throws -> Output,
  else otherwise: () throws -> Output
) rethrows -> Output {
  let location = SourceLocation(file: file, line: line)
  return try Region.record("cond", [predicate], at: location) { region in
    if let type = predicate.type, type != TensorType(.bool, .scalar) {
      let poison = region.fault("the predicate must be a scalar of dtype bool, not \(type)")
      return try then().mapTensors { _ in poison }
    }
    return try region.choose(by: predicate, among: 2) { try $0 == 0 ? otherwise() : then() }
  }
}

/// One of several results: that of branch i. Only the one taken is computed.
///
/// - Parameters:
///   - index: A scalar of dtype `i32` or `i64`, clamped into `0..<count`.
///   - count: The number of branches, at least 1.
///   - branch: Gives the result of the branch of a number; it is called for each. Results have one form, and the same
///     shapes and dtypes.
/// - Returns: The result; poison if the index is no integer, there is no branch, or results differ.
public func choose<Output: TensorStructure>(
  _ index: Tensor, among count: Int, file: String = #fileID, line: Int = #line,
  branch: (_ number: Int) throws -> Output
) rethrows -> Output {
  let location = SourceLocation(file: file, line: line)
  return try Region.record("choose", [index], at: location) { region in
    let isInteger = index.type.map { $0.rank == 0 && $0.dtype.isInteger } ?? true
    if !isInteger || count < 1 {
      let poison = region.fault(
        count < 1
          ? "\(count) branches are too few"
          : "the index must be a scalar of dtype i32 or i64, not \(index.dtype)\(index.shape)")
      return try branch(0).mapTensors { _ in poison }
    }
    return try region.choose(by: index, among: count, branch)
  }
}

extension Region {
  fileprivate func choose<Output: TensorStructure>(
    by selector: Tensor, among count: Int, _ branch: (Int) throws -> Output
  ) rethrows -> Output {
    let (output, branches) = try inScope { start in
      let output = try branch(0)
      let outputs = try [output] + (1..<count).map { try branch($0) }
      return (output, recorded(outputs.map(\.tensors), since: start))
    }
    var all = choose(by: selector, among: branches)[...]
    return output.filled(from: &all)
  }

  /// Branches, and what they capture.
  private typealias Branches = (branches: [Function], captures: [Value])

  private func choose(by selector: Tensor, among recorded: Result<Branches, Diagnostic>) -> [Tensor] {
    do throws(Diagnostic) {
      let (branches, captures) = try recorded.get()
      let selected = try values([selector], literals: [selector.type?.dtype])
      return emit { builder in builder.emit(Conditional(branches: branches), selected + captures) }
    } catch {
      return [fault(error)]
    }
  }

  /// What was recorded from an instruction on as branches that give these tensors.
  private func recorded(_ outputs: [[Tensor]], since start: Int) -> Result<Branches, Diagnostic> {
    do throws(Diagnostic) {
      let count = outputs[0].count
      guard outputs.allSatisfy({ $0.count == count }) else {
        throw Diagnostic("its branches give \(outputs.map(\.count)) tensors")
      }
      // Numbers take the dtype of their counterparts.
      let dtypes = (0..<count).map { place in
        outputs.lazy.map { $0[place] }.first { !$0.isLiteral }?.type?.dtype
          ?? outputs[0][place].type?.dtype
      }
      let branches = try outputs.map { (output) throws(Diagnostic) in try values(output, literals: dtypes) }
      for branch in branches {
        for (expected, found) in zip(types(of: branches[0]), types(of: branch)) where expected != found {
          throw Diagnostic("its branches give tensors of different types, \(expected) and \(found)")
        }
      }
      let (function, captures) = try extract(branches.flatMap { $0 }, since: start)
      let named = function.renamedPositionally(operation)
      let functions = branches.indices.map { index in
        named.selectingResults(Array(index * count..<(index + 1) * count))
          .renamedPositionally(operation).withoutDeadInstructions
      }
      return .success((functions, captures))
    } catch {
      return .failure(error)
    }
  }
}
