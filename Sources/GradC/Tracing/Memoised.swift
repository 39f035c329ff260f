internal import TensorIR

/// A function of tensors, perhaps a recursive one, that is traced once for the same arguments: equal operations of a trace
/// are one operation, so that equal arguments are known by being the same tensors.
///
/// Naive recursion over minors is `n!` calls; so written it is one for every set of columns:
///
/// ```swift
/// let det = memoised { (det: ([[Tensor]]) -> Tensor, a: [[Tensor]]) in
///   guard a.count > 1 else { return a[0][0] }
///   return a.indices.map { j in
///     let minor = a.dropFirst().map { row in row.indices.filter { $0 != j }.map { row[$0] } }
///     return (j % 2 == 0 ? 1 : -1) * a[0][j] * det(minor)
///   }.reduce(0, +)
/// }
/// ```
///
/// - Parameter body: The function, given itself to call.
/// - Returns: The function that remembers. It is for the trace in which it is made; arguments in memory are not remembered.
public func memoised<Input: TensorStructure, Output: TensorStructure>(
  _ body: @escaping (_ recurse: (Input) -> Output, _ input: Input) -> Output
) -> (Input) -> Output {
  let memory = Memory<Input, Output>(body)
  return { memory.call($0) }
}

/// What a function gave for the values it was called with.
private final class Memory<Input: TensorStructure, Output: TensorStructure> {
  private struct Key: Hashable {
    let trace: ObjectIdentifier
    let values: [Value]
    let form: [ContainerForm]
  }

  private let body: ((Input) -> Output, Input) -> Output
  private var known: [Key: Output] = [:]

  init(_ body: @escaping ((Input) -> Output, Input) -> Output) { self.body = body }

  func call(_ input: Input) -> Output {
    guard let key = key(input) else { return body({ self.call($0) }, input) }
    if let output = known[key] { return output }
    let output = body({ self.call($0) }, input)
    known[key] = output
    return output
  }

  /// `nil` unless all tensors are of one trace.
  private func key(_ input: Input) -> Key? {
    let (tensors, form) = input.tensorsAndForm
    var trace: Trace?
    var values: [Value] = []
    for tensor in tensors {
      guard case .traced(let owner, let value) = tensor.storage, trace == nil || trace === owner else { return nil }
      trace = owner
      values.append(value)
    }
    return trace.map { Key(trace: ObjectIdentifier($0), values: values, form: form) }
  }
}
