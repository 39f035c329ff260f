import Basics
import TensorIR

/// All passes and all pipelines.
package enum Passes {
  package static let deadCode = Pass("dce", "drops instructions that no result depends on") {
    (function) throws(Diagnostics) in function.withoutDeadCode()
  }

  package static let commonSubexpressions = Pass("cse", "shares structurally equal instructions") {
    (function) throws(Diagnostics) in try rewritten(function, [])
  }

  package static let folding = Pass("fold", "computes ops on constants") {
    (function) throws(Diagnostics) in try rewritten(function, .folding)
  }

  package static let algebra = Pass("algebra", "applies the named identities and structural rules") {
    (function) throws(Diagnostics) in try rewritten(function, .algebra)
  }

  package static let simplify = Pass("simplify", "folding, algebra and sharing in one walk") {
    (function) throws(Diagnostics) in try rewritten(function, [.folding, .algebra])
  }

  package static let expansion = Pass("expand", "puts formulas in the place of composed ops") {
    (function) throws(Diagnostics) in try function.withoutComposedOps()
  }

  package static let inlining = Pass("inline", "puts functions in the place of their calls") {
    (function) throws(Diagnostics) in try function.withoutCalls()
  }

  package static let pruning = Pass("prune", "drops what loops, branches and checkpoints compute or take for nothing") {
    (function) throws(Diagnostics) in try function.withPrunedNestedFunctions()
  }

  package static let loopSharing = Pass("share-loops", "makes loops over the same states, and branches, one") {
    (function) throws(Diagnostics) in try function.withSharedLoops()
  }

  package static let recordedRows = Pass(
    "fewer-rows", "computes again what while loops would record, where that is cheap"
  ) {
    (function) throws(Diagnostics) in try function.withFewerRecordedRows()
  }

  package static let layout = Pass(
    "layout", "carries transpositions down, so that values stay in the order they are computed in"
  ) {
    (function) throws(Diagnostics) in try function.withCarriedTranspositions()
  }

  package static let shortReductions = Pass(
    "short-reductions", "puts short innermost axes of reductions of broadcast operands outside"
  ) {
    (function) throws(Diagnostics) in try function.withShortReductionsOutside()
  }

  package static let dotOperands = Pass("dot-operands", "puts interleaved axes of product operands in order") {
    (function) throws(Diagnostics) in try function.withDotOperandsInOrder()
  }

  package static let emptyTensors = Pass("empty", "replaces computation on tensors without elements by constants") {
    (function) throws(Diagnostics) in try function.withoutEmptyTensors()
  }

  package static let all = [
    deadCode, commonSubexpressions, folding, algebra, simplify, inlining, pruning, loopSharing, recordedRows, expansion,
    shortReductions, layout, dotOperands, emptyTensors,
  ]

  package static func named(_ name: String) -> Pass? { all.first { $0.name == name } }

  private static func rewritten(_ function: Function, _ options: Rewriter.Options) throws(Diagnostics) -> Function? {
    let result = try Rewriter.rewrite(function, options)
    return result == function ? nil : result
  }
}

package enum Pipelines {
  /// What every function goes through before it is lowered.
  package static let standard = Pipeline([
    Passes.deadCode, Passes.inlining, Passes.emptyTensors, Passes.expansion, Passes.pruning, Passes.simplify,
    Passes.loopSharing, Passes.recordedRows, Passes.shortReductions, Passes.layout, Passes.dotOperands, Passes.pruning,
    Passes.deadCode,
  ])
}
