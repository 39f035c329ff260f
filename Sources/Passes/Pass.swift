package import Basics
package import TensorIR

/// A named rewriting of functions. It neither verifies, times nor prints: the pipeline does.
package struct Pass: Sendable {
  package let name: String
  /// What it does, in a line.
  package let summary: String
  /// The rewritten function, or `nil` if the pass changed nothing.
  package let run: @Sendable (Function) throws(Diagnostics) -> Function?

  package init(
    _ name: String, _ summary: String, run: @escaping @Sendable (Function) throws(Diagnostics) -> Function?
  ) {
    self.name = name
    self.summary = summary
    self.run = run
  }
}

extension Pass {
  /// The function after the pass has run on it and, before that, on all functions within; `nil` if nothing changed.
  package func applied(to function: Function) throws(Diagnostics) -> Function? {
    let nested = try function.replacingNestedFunctions { (function) throws(Diagnostics) in
      try applied(to: function)
    }
    return try run(nested ?? function) ?? nested
  }
}

/// Passes that run in order.
package struct Pipeline: Sendable {
  /// What became of one pass.
  package struct Event: Sendable {
    package let pass: Pass
    package let duration: Duration
    /// The function after the pass.
    package let function: Function
    package let isChanged: Bool
  }

  package let passes: [Pass]

  package init(_ passes: [Pass]) { self.passes = passes }

  /// Runs all passes; `verify` re-checks the function after each that changed something, so that a broken rule is
  /// found where it broke.
  package func run(
    _ function: Function, verify: Bool = false, observe: (Event) -> Void = { _ in }
  ) throws(Diagnostics) -> Function {
    var current = function
    let clock = ContinuousClock()
    for pass in passes {
      let start = clock.now
      let changed = try Span.measure(pass.name) { () throws(Diagnostics) in try pass.applied(to: current) }
      let duration = clock.now - start
      if let changed {
        current = changed
        if verify { try Self.check(changed, after: pass) }
      }
      observe(Event(pass: pass, duration: duration, function: current, isChanged: changed != nil))
    }
    return current
  }

  private static func check(_ function: Function, after pass: Pass) throws(Diagnostics) {
    do {
      try function.verify()
    } catch {
      let notes = error.all.map { Diagnostic($0.message, kind: .bug, at: $0.location) }
      throw Diagnostics([Diagnostic("'\(function.name)' is not valid after pass '\(pass.name)'", kind: .bug)] + notes)
    }
  }
}
