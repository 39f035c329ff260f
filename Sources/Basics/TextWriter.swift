/// Builds a text as UTF-8 bytes, with indentation. Linear in the length of the text.
package struct TextWriter: Sendable {
  package private(set) var bytes: [UInt8] = []
  /// Levels of two spaces that `newline` writes.
  package var indentation: Int

  package init(indentation: Int = 0) { self.indentation = indentation }

  package mutating func reserve(_ byteCount: Int) { bytes.reserveCapacity(byteCount) }

  package mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }

  package mutating func write(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  package mutating func write(bytes more: [UInt8]) { bytes.append(contentsOf: more) }

  package mutating func write(_ integer: Int) {
    if integer < 0 { bytes.append(UInt8(ascii: "-")) }
    let first = bytes.count
    var rest = integer.magnitude
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    bytes[first...].reverse()
  }

  /// Ends the line and indents the next one.
  package mutating func newline() {
    bytes.append(UInt8(ascii: "\n"))
    for _ in 0..<indentation {
      bytes.append(UInt8(ascii: " "))
      bytes.append(UInt8(ascii: " "))
    }
  }

  /// Writes `items`, a comma and a space between each two.
  package mutating func list<Items: Sequence>(_ items: Items, _ item: (inout TextWriter, Items.Element) -> Void) {
    var isFirst = true
    for element in items {
      if !isFirst { write(", ") }
      isFirst = false
      item(&self, element)
    }
  }

  /// Writes a string in double quotes; control characters, quotes and backslashes are escaped.
  package mutating func write(quoted text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): write("\\\"")
      case UInt8(ascii: "\\"): write("\\\\")
      case UInt8(ascii: "\n"): write("\\n")
      case UInt8(ascii: "\r"): write("\\r")
      case UInt8(ascii: "\t"): write("\\t")
      case 0..<0x20, 0x7F: write("\\u{" + String(byte, radix: 16) + "}")
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Writes a name bare if it is a plain identifier, else quoted.
  package mutating func write(name: String) {
    if Tokenizer.isIdentifier(name) { write(name) } else { write(quoted: name) }
  }

  package var text: String { String(decoding: bytes, as: UTF8.self) }
}
