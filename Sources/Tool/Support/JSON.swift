import Foundation

/// Prints a value as JSON, the same for the same value.
func printJSON(_ value: some Encodable) throws { print(try encodedJSON(value)) }

/// A value as JSON, the same for the same value.
func encodedJSON(_ value: some Encodable) throws -> String {
  try encoded(value, [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
}

/// A value as JSON in one line.
func encodedLine(_ value: some Encodable) throws -> String {
  try encoded(value, [.sortedKeys, .withoutEscapingSlashes])
}

private func encoded(_ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = formatting
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}
