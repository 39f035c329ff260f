internal import TensorIR
internal import TensorOps
internal import Transforms

/// A function applied to many examples at once: `vmap(x, f)[i] = f(x[i])`.
///
/// Works in a trace and on tensors in memory, nests, and may be differentiated, as derivatives may be vectorised: inside
/// the closure a tensor stands for one example. Tensors of the trace around that it uses are the same for all.
///
/// - Parameters:
///   - x: The examples, stacked along an axis of one extent in all of its tensors.
///   - axis: That axis, negative from the end.
///   - outAxis: The axis of the results along which examples are stacked, negative from the end of a result.
///   - body: The function of one example.
/// - Returns: Stacked results; poison if there is no tensor, or axes or extents do not fit.
public func vmap<Input: TensorStructure, Output: TensorStructure>(
  _ x: Input, axis: Int = 0, outAxis: Int = 0, file: String = #fileID, line: Int = #line,
  _ body: (Input) throws -> Output
) rethrows -> Output {
  let location = SourceLocation(file: file, line: line)
  return try Region.record("vmap", x.tensors, at: location) { region in
    var (operands, size): ([Value], Int) = ([], 0)
    var (tensors, parameters): ([Tensor], [Value]) = ([], [])
    do throws(Diagnostic) {
      operands = try region.values(x.tensors, literals: x.tensors.map { $0.type?.dtype })
      let (rows, count) = try region.examples(operands, axis)
      size = count
      (tensors, parameters, _) = region.parameters(rows)
    } catch {
      let poison = region.fault(error)
      return try body(x.mapTensors { _ in poison }).mapTensors { _ in poison }
    }
    var rest = tensors[...]
    let output = try body(x.filled(from: &rest))
    let results = region.mapped(output.tensors, parameters, operands, size: size, axis: axis, outAxis: outAxis)
    var all = results[...]
    return output.filled(from: &all)
  }
}

extension Region {
  /// The types of one example, and how many there are.
  fileprivate func examples(_ operands: [Value], _ axis: Int) throws(Diagnostic) -> ([TensorType], Int) {
    var size: Int?
    var rows: [TensorType] = []
    for type in types(of: operands) {
      guard -type.rank <= axis, axis < type.rank else {
        throw Diagnostic("axis \(axis) of \(type) is outside \(-type.rank)..<\(type.rank)")
      }
      let place = axis < 0 ? axis + type.rank : axis
      if let size, size != type.shape[place] {
        throw Diagnostic("examples are stacked \(size) and \(type.shape[place]) high")
      }
      size = type.shape[place]
      rows.append(type.with(type.shape.removing([place])))
    }
    guard let size else { throw Diagnostic("there is no tensor to take examples from") }
    return (rows, size)
  }

  fileprivate func mapped(
    _ outputs: [Tensor], _ parameters: [Value], _ operands: [Value], size: Int, axis: Int, outAxis: Int
  ) -> [Tensor] {
    do throws(Diagnostic) {
      let values = try self.values(outputs, literals: outputs.map { $0.type?.dtype })
      for type in types(of: values) where outAxis < -type.rank - 1 || outAxis > type.rank {
        throw Diagnostic("axis \(outAxis) of a result is outside \(-type.rank - 1)...\(type.rank)")
      }
      return emit { builder in
        let (function, captures) = try builder.extract(values, from: parameters)
        let flags = parameters.map { _ in true } + captures.map { _ in false }
        let stacked = operands.map { operand in
          let term = Term(builder, operand)
          return term.movingAxis(axis < 0 ? axis + term.shape.rank : axis, to: 0).value
        }
        return builder.inline(try function.vmap(batched: flags, size: size), stacked + captures).map { value in
          let term = Term(builder, value)
          return term.movingAxis(0, to: outAxis < 0 ? outAxis + term.shape.rank : outAxis).value
        }
      }
    } catch {
      return [fault(error)]
    }
  }
}
