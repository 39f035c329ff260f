package import Basics

extension Function {
  /// Everything a function consists of, open to change. For tests of the verifier, and for readers of stored tables,
  /// who must verify what they made.
  package struct Tables: Sendable {
    package var name: String
    package var parameters: [Parameter]
    package var ops: [any Op]
    package var types: [TensorType]
    package var instructions: [Instruction]
    package var operandPool: [Value]
    package var valueTypes: [Int32]
    package var definitions: [Int32]
    package var results: [Result]
    package var locations: [SourceLocation]
  }

  package var tables: Tables {
    Tables(
      name: name, parameters: parameters, ops: ops, types: types, instructions: instructions,
      operandPool: operandPool, valueTypes: valueTypes, definitions: definitions, results: results,
      locations: locations)
  }

  /// The function with these tables, whatever they hold.
  package init(unchecked tables: Tables) {
    self.init(
      name: tables.name, parameters: tables.parameters, ops: tables.ops, types: tables.types,
      instructions: tables.instructions, operandPool: tables.operandPool, valueTypes: tables.valueTypes,
      definitions: tables.definitions, results: tables.results, locations: tables.locations)
  }
}
