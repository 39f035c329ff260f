import Passes
import TensorIR
import TensorOps
import TestSupport
import Testing

/// `Rules/*.gir`: for every rewrite rule functions in which it applies, named after it (`"rule"` or `"rule: why"`), and
/// for some functions in which it must not (`"no rule: why not"`).
@Suite struct RuleFileTests {
  private static let ruleNames =
    AlgebraRules.all.map(\.name) + StructuralRules.all.map(\.name) + [Rewriter.hoistRuleName, Rewriter.addPadsRuleName]

  @Test func rulesDoWhatTheirFilesSay() throws {
    let pipeline = Pipeline([Passes.algebra, Passes.deadCode])
    for file in try textFiles(in: "Rules") {
      let failures = checkRewrite(file.text) { try pipeline.run($0, verify: true) }
      #expect(failures.isEmpty, "Rules/\(file.name).gir: \(failures.joined(separator: "\n"))")
    }
  }

  @Test func everyRuleHasACaseAndAppliesThere() throws {
    #expect(Set(Self.ruleNames).count == Self.ruleNames.count)
    var shown: Set<String> = []
    for file in try textFiles(in: "Rules") {
      for function in try Module(parsing: file.text, ops: OpRegistry.make).functions {
        let title = function.name.split(separator: ":")[0]
        let isRefusal = title.hasPrefix("no ")
        let rule = String(isRefusal ? title.dropFirst(3) : title)
        guard Self.ruleNames.contains(rule) else {
          Issue.record("Rules/\(file.name).gir: '\(function.name)' is named after no rule")
          continue
        }
        var applied: Set<String> = []
        _ = try Rewriter.rewrite(function, .algebra) { applied.insert($0) }
        #expect(applied.contains(rule) != isRefusal, "'\(function.name)': applied \(applied.sorted())")
        if !isRefusal { shown.insert(rule) }
      }
    }
    for rule in Self.ruleNames where !shown.contains(rule) { Issue.record("no function is named after rule '\(rule)'") }
  }

  /// What a case becomes is the same function: on a few inputs, to the bit but for the order of sums.
  @Test func casesKeepTheirMeaning() throws {
    var random = SplitMix(seed: 7)
    for file in try textFiles(in: "Rules") {
      for function in try Module(parsing: file.text, ops: OpRegistry.make).functions {
        let inputs = function.parameters.map { parameter in
          ReferenceTensor.sample(parameter.type, from: .range(-4...4), &random)
        }
        let before = try Interpreter.evaluate(function, inputs)
        let after = try Interpreter.evaluate(try Rewriter.rewrite(function, .algebra), inputs)
        let difference = firstDifference(before, after) { $0 == .f32 ? 1e-6 : 1e-15 }
        #expect(difference == nil, "'\(function.name)': \(difference ?? "")")
      }
    }
  }
}
