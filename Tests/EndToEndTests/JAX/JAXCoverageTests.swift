import Basics
import Foundation
import TensorIR
import TensorOps
import Testing

/// What the fixtures of JAX are about.
@Suite struct JAXCoverageTests {
  /// Ops for which JAX has nothing to compare with, and why.
  private let withoutCounterpart: [String: String] = [:]

  private func names(in function: Function) -> Set<String> {
    var names: Set<String> = []
    for op in function.ops {
      names.insert(op.name)
      if case .controlFlow(let flow) = op.derivative {
        for inner in flow.functions { names.formUnion(self.names(in: inner)) }
      }
    }
    return names
  }

  @Test func everyOpIsCompared() throws {
    let fixtures = try Fixture.topics.flatMap { try Fixture.all(in: $0) }
    let covered = fixtures.reduce(into: Set<String>()) { $0.formUnion(names(in: $1.function)) }
    let missing = OpRegistry.names.filter { !covered.contains($0) && withoutCounterpart[$0] == nil }
    #expect(missing.isEmpty, "no fixture has \(missing); add cases to scripts/jax_fixtures")
    for name in withoutCounterpart.keys {
      #expect(OpRegistry.names.contains(name) && !covered.contains(name), "'\(name)' needs no excuse")
    }
  }

  @Test func thereAreManyPrograms() throws {
    let fixtures = try Fixture.topics.flatMap { try Fixture.all(in: $0) }
    #expect(Set(fixtures.map(\.name)).count == fixtures.count)
    #expect(fixtures.count { !$0.isSingle } >= 300)
    #expect(fixtures.count { $0.isSingle } >= 150)
    #expect(fixtures.count { $0.expected[.hvp] != nil } >= 200)
    #expect(fixtures.count { $0.expected[.hessian] != nil } >= 30)
  }

  @Test func exceptionsAreDocumented() throws {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../docs/differences-from-jax.md").standardized
    let text = try String(contentsOf: page, encoding: .utf8)
    for fixture in try Fixture.topics.flatMap({ try Fixture.all(in: $0) }) where fixture.isException {
      let name = fixture.name.hasSuffix("_f32") ? String(fixture.name.dropLast(4)) : fixture.name
      #expect(text.contains("`\(fixture.name)`") || text.contains("`\(name)`"), "\(page.path) leaves out \(name)")
    }
  }
}
