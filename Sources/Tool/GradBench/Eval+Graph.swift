import GradBenchModels
import GradC

extension Eval {
  /// The graph of a function for its eval's first generated input: `gradbench/gmm/jacobian`, or for another of these
  /// inputs: `gradbench/gmm/jacobian/10_10_1000`; `nil` if that is not how the name begins.
  ///
  /// - Throws: `Diagnostic` if there is none of this name.
  static func graph(_ name: String) throws -> Graph? {
    let parts = name.split(separator: "/", maxSplits: 3).map(String.init)
    guard parts.first == "gradbench", parts.count >= 3, let eval = named(parts[1]) else { return nil }
    let function = try eval.function(parts[2])
    let workload = parts.count == 3 ? eval.workloads.first : eval.workloads.first { $0.name == parts[3] }
    guard let workload else {
      throw Diagnostic(
        "'\(eval.name)' has no input '\(parts[3])', but \(eval.workloads.map(\.name).joined(separator: ", "))")
    }
    return try function.tracer(workload)().graph
  }
}
