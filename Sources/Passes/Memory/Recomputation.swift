package import Basics
package import KernelIR
package import TensorIR

extension Function {
  /// The kernel IR of this function with no more than so many bytes for temporaries, if some values are computed again at
  /// every use instead of being kept.
  ///
  /// What is kept only because it costs more than a load to compute again, the largest first, is computed again where that
  /// makes the arena smaller, until it fits. Whatever a product, a reduction or a routine gives is kept.
  ///
  /// - Throws: `Diagnostics` if it does not fit so either.
  package func lowered(
    updating updates: [Int: Int] = [:], parallelism: Parallelism? = .current, memoryBound: Int
  ) throws(Diagnostics) -> Program {
    try loweredWithReasons(updating: updates, parallelism: parallelism, memoryBound: memoryBound).program
  }

  /// The same, with the reason by name of a kernel why it is a kernel of its own.
  package func loweredWithReasons(
    updating updates: [Int: Int] = [:], parallelism: Parallelism? = .current, memoryBound: Int
  ) throws(Diagnostics) -> (program: Program, reasons: [String: String]) {
    let recomputation = Recomputation()
    func attempt() throws(Diagnostics) -> (program: Program, reasons: [String: String]) {
      try loweredWithReasons(updating: updates, parallelism: parallelism, recomputation: recomputation)
    }
    var best = try attempt()
    let first = best.program.arenaByteCount
    var tried = 0
    for value in recomputation.candidates
    where best.program.arenaByteCount > memoryBound && tried < Self.greatestTryCount {
      tried += 1
      recomputation.recomputed.insert(value)
      let next = try attempt()
      if next.program.arenaByteCount < best.program.arenaByteCount {
        best = next
      } else {
        recomputation.recomputed.remove(value)
      }
    }
    if best.program.arenaByteCount <= memoryBound { return best }
    let leastBytes = best.program.arenaByteCount
    let least = leastBytes < first ? "\(leastBytes) bytes with" : "\(first) bytes without and with"
    throw Diagnostics([
      Diagnostic(
        "'\(name)' needs \(least) recomputation for intermediate values, more than the bound of \(memoryBound)",
        kind: .unsupported)
    ])
  }

  /// Lowering takes a while, and large values come first.
  private static var greatestTryCount: Int { 64 }
}

/// The values of a function that are computed again at every use although they are costly, and those that could be.
final class Recomputation {
  var recomputed: Set<Value> = []
  /// Values kept for their cost alone, the largest first; known once the function has been lowered.
  private(set) var candidates: [Value] = []

  func note(_ values: [Value], of function: Function) {
    guard candidates.isEmpty else { return }
    candidates = values.sorted {
      let (a, b) = (function.type(of: $0).byteCount, function.type(of: $1).byteCount)
      return a == b ? $0.index < $1.index : a > b
    }
  }
}
