// Calls of several threads while the code that they run is replaced: for the thread sanitizer, by
// scripts/sanitize-tiers.sh. Ends with 1 if a result changes, or if there is no compiler.
import Foundation
import GradC
import Synchronization

/// Threads that call until the last has made some calls of the new code.
private func callWhileReplaced(_ compiled: CompiledGraph, _ inputs: [NDArray], _ expected: [NDArray]) -> Int {
  let differences = Atomic(0)
  DispatchQueue.concurrentPerform(iterations: 4) { _ in
    var callsAfter = 0
    while callsAfter < 20 {
      if compiled.tierState != .building { callsAfter += 1 }
      if (try? compiled(inputs)) != expected { differences.add(1, ordering: .relaxed) }
    }
  }
  return differences.load(ordering: .relaxed)
}

private func run() throws -> Bool {
  let graph = try trace("swap", .input("x", .f64, [64])) { x in (sin(x) * tanh(x) + exp(-x * x)).sum() }
    .graph.transformed(.valueAndGrad)
  let inputs = [NDArray((0..<64).map { Double($0) / 32 - 1 })]
  let expected = try graph.compile(.tier0)(inputs)
  var isRight = true
  for round in 0..<3 {
    let compiled = try graph.compile(.automatic)
    let differences = callWhileReplaced(compiled, inputs, expected)
    print("round \(round): \(compiled.tierState), \(differences) results differ")
    isRight = isRight && differences == 0 && compiled.tierState == .tier1
  }
  // What is given up while it is built.
  for _ in 0..<10 { _ = try graph.compile(.automatic) }
  return isRight
}

exit(try run() ? 0 : 1)
