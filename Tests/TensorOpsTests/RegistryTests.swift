import Basics
import KernelIR
import TensorIR
import TensorOps
import Testing

@Suite struct RegistryTests {
  @Test func everyNameIsMadeByOneFamily() {
    #expect(Set(OpRegistry.names).count == OpRegistry.names.count)
  }

  @Test func everyNameHasAnExample() {
    let shown = Set(OpRegistry.examples.map(\.op.name))
    #expect(Set(OpRegistry.names) == shown)
  }

  @Test func everyScalarOpIsAnOp() {
    for scalar in ScalarOp.allCases { #expect(OpRegistry.names.contains(scalar.name), "\(scalar)") }
    #expect(ElementwiseOp.members.count == ScalarOp.allCases.count - 1)
  }

  @Test func everyElementwiseOpShowsEveryDTypeItAccepts() {
    for scalar in ScalarOp.allCases {
      let shown = Set(
        OpRegistry.examples.filter { $0.op.name == scalar.name }.map { $0.operands[scalar == .select ? 1 : 0].dtype })
      #expect(shown == Set(DType.allCases.filter { scalar.accepts($0) }), "\(scalar)")
    }
  }

  @Test func denseNumbersAreUnique() {
    var owners: [Int: String] = [:]
    for op in OpRegistry.examples.map(\.op) {
      guard let number = op.denseNumber else { continue }
      #expect(owners[number] == nil || owners[number] == op.name)
      #expect(op.attributes.isEmpty)
      owners[number] = op.name
    }
  }

  @Test func opsAreMadeAgainFromNameAndAttributes() throws {
    for op in OpRegistry.examples.map(\.op) {
      let made = try OpRegistry.make(op.name, AttributeReader(opName: op.name, attributes: op.attributes))
      #expect(made.isEqual(to: op), "\(op.name)")
      #expect(made.hashValue == op.hashValue, "\(op.name)")
    }
  }

  @Test func missingAttributesAndUnknownNamesAreErrors() {
    #expect(throws: Diagnostic.self) { try OpRegistry.make("no_such_op", AttributeReader(opName: "", attributes: [])) }
    for op in OpRegistry.examples.map(\.op) where !op.attributes.isEmpty {
      for missing in op.attributes {
        let rest = op.attributes.filter { $0 != missing }
        // What may be left out is not written then.
        let shorter = Result { try OpRegistry.make(op.name, AttributeReader(opName: op.name, attributes: rest)) }
        switch shorter {
        case .success(let made): #expect(made.attributes == rest, "\(op.name) without \(missing.name)")
        case .failure(let error): #expect(error is Diagnostic, "\(op.name) without \(missing.name)")
        }
        let wrong = rest + [Attribute(missing.name, .string("?"))]
        #expect(throws: Diagnostic.self, "\(op.name) with \(missing.name) a string") {
          try OpRegistry.make(op.name, AttributeReader(opName: op.name, attributes: wrong))
        }
      }
    }
  }
}
