/// C that has been written.
enum CText {
  /// The words in a text: identifiers, keywords, and what of numbers looks like them.
  static func identifiers(in text: ArraySlice<UInt8>) -> Set<String> {
    var found: Set<String> = []
    var position = text.startIndex
    while position < text.endIndex {
      guard isPartOfWord(text[position]) else {
        position += 1
        continue
      }
      let start = position
      while position < text.endIndex, isPartOfWord(text[position]) { position += 1 }
      found.insert(String(decoding: text[start..<position], as: UTF8.self))
    }
    return found
  }

  private static func isPartOfWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
