internal import TensorIR
internal import Transforms

// Derivatives inside a trace: of tensors of the graph by tensors of the graph, again in the graph. So a whole training
// step is one function, and a gradient may feed a further one.

/// `∂y/∂x` for every tensor x of a structure, in its form: zeros where y does not depend on x.
///
/// - Parameters:
///   - y: A floating scalar of the trace that runs.
///   - xs: Tensors of it that y was computed from: parameters, or anything on the way, each once. Everything else is
///     constant, and so is each x to the others.
/// - Returns: Tensors of the shapes of xs; poison if y is no floating scalar or an x is not of this trace or not of a
///   floating dtype.
public func gradient<Structure: TensorStructure>(
  of y: Tensor, wrt xs: Structure, file: String = #fileID, line: Int = #line
) -> Structure {
  let location = SourceLocation(file: file, line: line)
  let leaves = xs.tensors
  if let type = y.type, !type.dtype.isFloating || type.rank != 0 {
    let poison = Tensor.faulty(
      "gradient: of \(type), which is no floating scalar; sum() or mean() it first", at: location)
    return xs.mapTensors { _ in poison }
  }
  let gradients = Tensor.differentiated("gradient", [y], wrt: leaves, extra: [], at: location) {
    (f, wrt) throws(Diagnostics) in try f.grad(wrt: wrt)
  }
  return xs.replacingTensors(gradients.count == leaves.count ? gradients : leaves.map { _ in gradients[0] })
}

/// `∂y/∂x · ẋ`, the tangents of tensors for given tangents of others; everything else is constant.
///
/// - Parameters:
///   - ys: Floating tensors of the trace that runs.
///   - xs: Floating tensors of it that ys were computed from.
///   - tangents: One for every tensor of xs, of its type.
/// - Returns: Tensors of the shapes of ys; poison if something does not fit.
public func jvp<Result: TensorStructure, Structure: TensorStructure>(
  of ys: Result, wrt xs: Structure, tangents: Structure, file: String = #fileID, line: Int = #line
) -> Result {
  let results = ys.tensors
  let location = SourceLocation(file: file, line: line)
  if xs.tensors.isEmpty {
    // Nothing moves.
    if tangents.tensors.isEmpty { return ys.mapTensors { zeros(like: $0, file: file, line: line) } }
    let poison = Tensor.faulty("jvp: \(tangents.tensors.count) tangents of no tensor", at: location)
    return ys.mapTensors { _ in poison }
  }
  let tangents = Tensor.differentiated(
    "jvp", results, wrt: xs.tensors, extra: tangents.tensors, at: location
  ) { (f, wrt) throws(Diagnostics) in try f.jvp(wrt: wrt).keepingResults(from: results.count) }
  return ys.replacingTensors(tangents.count == results.count ? tangents : results.map { _ in tangents[0] })
}

/// `(∂y/∂x)ᵀ ȳ`, the cotangents of tensors for given cotangents of others.
///
/// - Parameters:
///   - ys: Floating tensors of the trace that runs.
///   - xs: Floating tensors of it that ys were computed from.
///   - cotangents: One for every tensor of ys, of its type.
/// - Returns: Tensors of the shapes of xs; poison if something does not fit.
public func vjp<Result: TensorStructure, Structure: TensorStructure>(
  of ys: Result, wrt xs: Structure, cotangents: Result, file: String = #fileID, line: Int = #line
) -> Structure {
  let (results, leaves) = (ys.tensors, xs.tensors)
  let cotangents = Tensor.differentiated(
    "vjp", results, wrt: leaves, extra: cotangents.tensors, at: SourceLocation(file: file, line: line)
  ) { (f, wrt) throws(Diagnostics) in try f.vjp(wrt: wrt).keepingResults(from: results.count) }
  return xs.replacingTensors(cotangents.count == leaves.count ? cotangents : leaves.map { _ in cotangents[0] })
}

extension Tensor {
  /// Cuts the graph from `xs` to `ys` out as a function, transforms that, and puts it in again; the transformed
  /// function takes the function's operands and then `extra`.
  fileprivate static func differentiated(
    _ operation: String, _ ys: [Tensor], wrt xs: [Tensor], extra: [Tensor], at location: SourceLocation,
    _ transform: (Function, [Int]) throws(Diagnostics) -> Function
  ) -> [Tensor] {
    if xs.isEmpty { return [] }
    for x in xs {
      switch x.storage {
      case .traced, .poison: break
      case .concrete, .literal, .placeholder:
        return [
          faulty(
            "\(operation): with respect to \(x), which is constant; pass it to trace(_:_:body:) and use the closure's"
              + " parameter", at: location)
        ]
      }
    }
    let types = (ys + xs).compactMap(\.type)
    if let type = types.first(where: { !$0.dtype.isFloating }) {
      return [faulty("\(operation): a tensor of type \(type) has no derivative", at: location)]
    }
    let literals = (ys + xs).map { $0.type?.dtype } + extra.map { _ in types.first?.dtype }
    return recordAll(operation, ys + xs + extra, literals: .each(literals), at: location) {
      (recorder, terms) throws(Diagnostic) in
      let results = terms[..<ys.count].map(\.value)
      let inputs = terms[ys.count..<ys.count + xs.count].map(\.value)
      guard Set(inputs).count == inputs.count else { throw recorder.fault("a tensor is named twice in wrt") }
      let seeds = terms[(ys.count + xs.count)...].map(\.value)
      do {
        let (function, captures) = try recorder.builder.extract(results, from: inputs)
        let transformed = try transform(function, Array(inputs.indices))
        let operands = inputs + captures + seeds
        guard operands.count == transformed.parameters.count else {
          throw recorder.fault("\(seeds.count) tangents or cotangents do not go with these tensors")
        }
        for (parameter, operand) in zip(transformed.parameterTypes, operands) {
          let type = recorder.builder.type(of: operand)
          if type != parameter { throw recorder.fault("a tangent or cotangent is \(type), not \(parameter)") }
        }
        return recorder.builder.terms(recorder.builder.inline(transformed, operands))
      } catch let error as Diagnostic {
        throw error
      } catch {
        let all = Diagnostics(wrapping: error).all
        throw all.first ?? recorder.fault("failed")
      }
    }
  }
}
