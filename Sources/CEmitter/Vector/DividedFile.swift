import KernelIR

/// A long file as several units that compilers translate side by side. All have what stands before the functions; the
/// first has the entries and the functions that call others, each of the rest some of the functions that call none.
struct DividedFile {
  private let text: [UInt8]
  private let functions: [Range<Int>]

  /// The least text of functions of a unit: a compiler needs a second or less for it.
  private static let unitByteCount = 64 << 10

  /// - Parameter functions: Where in the text its functions are, ascending.
  /// - Returns: `nil` if there is too little for two units.
  init?(_ text: [UInt8], _ functions: [Range<Int>]) {
    func isLong(_ functions: [Range<Int>]) -> Bool {
      functions.count > 1 && functions.reduce(0) { $0 + $1.count } >= 2 * Self.unitByteCount
    }
    guard isLong(functions) else { return nil }
    let names = functions.map { Self.name(text[$0]) }
    let all = Set(names)
    let leaves = zip(functions, names).filter { function, name in
      CText.identifiers(in: text[function]).intersection(all) == [name]
    }.map(\.0)
    guard isLong(leaves) else { return nil }
    (self.text, self.functions) = (text, leaves)
  }

  /// The name of a function: what stands before the first parenthesis but that of an attribute.
  private static func name(_ function: ArraySlice<UInt8>) -> String {
    let head = String(decoding: function.prefix { $0 != newline }, as: UTF8.self)
      .replacing("__attribute__((noinline))", with: "")
    return String(head.prefix { $0 != "(" }.split(separator: " ").last ?? "")
  }

  /// Of variables that units share.
  static let pointerStorage = "GRADC_POINTER"
  private static let functionStorage = "GRADC_FUNCTION"

  static let storageClasses = """
    #ifndef GRADC_UNIT
    #define GRADC_FUNCTION static
    #define GRADC_POINTER static
    #else
    #define GRADC_FUNCTION __attribute__((visibility("hidden")))
    #if GRADC_UNIT
    #define GRADC_POINTER extern __attribute__((visibility("hidden")))
    #else
    #define GRADC_POINTER __attribute__((visibility("hidden")))
    #endif
    #endif

    """

  private static let storage = Array("static".utf8)
  private static let newline = UInt8(ascii: "\n")

  /// The definitions in a text of functions, from `static` to the brace; braces around bodies stand alone in a line.
  static func functions(in text: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var open: Int?
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex(of: newline) ?? text.count
      if let first = open {
        if end - start == 1, text[start] == UInt8(ascii: "}") {
          found.append(first..<min(end + 1, text.count))
          open = nil
        }
      } else if end > start, text[end - 1] == UInt8(ascii: ")"), text[start..<end].starts(with: storage) {
        open = start
      }
      start = end + 1
    }
    return found
  }

  /// Writes the text; what has been written before belongs to all units.
  ///
  /// - Returns: The ranges of what has been written that make up each unit.
  func write(to out: inout ByteWriter) -> [[Range<Int>]] {
    let head = 0..<out.bytes.count
    for function in functions {
      let line = text[function].prefix { $0 != Self.newline }
      out.write(string: Self.functionStorage)
      out.write(bytes: Array(line.dropFirst(Self.storage.count)))
      out.write(";\n")
    }
    var units = [[head, head.upperBound..<out.bytes.count]]
    var (position, byteCount) = (0, Self.unitByteCount)
    for function in functions {
      let start = out.bytes.count
      out.write(bytes: Array(text[position..<function.lowerBound]))
      let middle = out.bytes.count
      out.write(string: Self.functionStorage)
      out.write(bytes: Array(text[(function.lowerBound + Self.storage.count)..<function.upperBound]))
      position = function.upperBound
      units[0].append(start..<middle)
      if byteCount >= Self.unitByteCount {
        units.append([head])
        byteCount = 0
      }
      units[units.count - 1].append(middle..<out.bytes.count)
      byteCount += function.count
    }
    let start = out.bytes.count
    out.write(bytes: Array(text[position...]))
    units[0].append(start..<out.bytes.count)
    return units
  }
}

extension Range<Int> {
  func shifted(by count: Int) -> Range<Int> { (lowerBound + count)..<(upperBound + count) }
}
