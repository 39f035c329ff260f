import Basics
import Passes
import TensorIR
import Transforms

/// The linear function of tangents that a Jacobian is: `(x…, ẋ…) ↦ ẏ…`, and how its rows and columns are numbered.
struct Tangents {
  /// Its results are groups of rows: instead of one that is a concat and has no lanes there are its parts, each of which
  /// may have some.
  let function: Function
  /// The parameters x of the function that is differentiated.
  let parameters: [Function.Parameter]
  /// The parameters that are tangents.
  var linear: [Int] { Array(parameters.count..<function.parameters.count) }
  /// Where the columns of each tangent start, and where the last one ends.
  let columnOffsets: [Int]
  /// Where the rows of each result start, and where the last one ends.
  let rowOffsets: [Int]
  let known: KnownIntegers
  let search: LaneSearch

  var columnCount: Int { columnOffsets[columnOffsets.count - 1] }
  var rowCount: Int { rowOffsets[rowOffsets.count - 1] }

  /// - Parameters:
  ///   - results: The results to differentiate, floating ones.
  ///   - given: The elements of integer parameters that are known.
  init(of source: Function, wrt: [Int], results: [Int], given: [Int: [Int]]) throws(Diagnostics) {
    let floating = source.results.indices.filter { source.type(of: source.results[$0].value).dtype.isFloating }
    let tangents = try results.map { (result) throws(Diagnostics) -> Int in
      guard let place = floating.firstIndex(of: result) else {
        throw Diagnostics([Diagnostic("result \(result) of '\(source.name)' is not floating and has no derivative")])
      }
      return source.results.count + place
    }
    let tangent = try source.jvp(wrt: wrt).selectingResults(tangents)
    let (whole, groups) = try tangent.simplifiedForSparsity().rowGroups()
    known = KnownIntegers(whole, given: given)
    search = LaneSearch(whole, linear: Array(source.parameters.count..<whole.parameters.count), known: known)
    let found = search
    function = whole.replacingResults(
      zip(whole.results, groups).flatMap { result, parts in
        guard let parts, found.lanes(of: result.value) == nil else { return [result] }
        return parts.map { Function.Result(result.name, $0) }
      })
    parameters = source.parameters
    columnOffsets = try offsets(wrt.map { source.parameters[$0].type }, "columns", source.name)
    rowOffsets = try offsets(function.resultTypes, "rows", source.name)
  }
}

/// Running sums of numbers of elements.
private func offsets(_ types: [TensorType], _ what: String, _ name: String) throws(Diagnostics) -> [Int] {
  var offsets = [0]
  for type in types { offsets.append(offsets[offsets.count - 1] + type.elementCount) }
  if offsets[offsets.count - 1] >= Int(Int32.max) {
    throw Diagnostics([Diagnostic("a sparse Jacobian of '\(name)' has too many \(what)", kind: .unsupported)])
  }
  return offsets
}

extension Function {
  /// Simplified such that less depends on less, and can still be transposed.
  func simplifiedForSparsity() throws(Diagnostics) -> Function {
    var function = self
    for pass in [Passes.deadCode, Passes.inlining, Passes.expansion, Passes.simplify, Passes.deadCode] {
      do {
        function = try pass.applied(to: function) ?? function
      } catch {
        // A derivative that is given as reverse mode alone can't be inlined.
        if pass.name != Passes.inlining.name { throw error }
      }
    }
    return function
  }

  /// The function without what no result needs.
  func pruned() throws(Diagnostics) -> Function { try Passes.deadCode.applied(to: self) ?? self }
}
