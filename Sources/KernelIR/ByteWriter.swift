/// Text under construction, as UTF-8. A kernel can have millions of statements, which `String` is too slow for.
package struct ByteWriter {
  package var bytes: [UInt8] = []
  /// Two spaces each at the start of a line.
  package var indentation = 0

  package init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  @inline(__always)
  package mutating func write(_ text: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  @inline(__always)
  package mutating func write(bytes more: [UInt8]) { bytes.append(contentsOf: more) }

  package mutating func write(string: String) { bytes.append(contentsOf: string.utf8) }

  @inline(__always)
  package mutating func write(byte: UInt8) { bytes.append(byte) }

  /// The decimal digits of a number.
  package mutating func write(_ number: Int) {
    var magnitude = number.magnitude
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    if magnitude < 10 {
      bytes.append(UInt8(ascii: "0") + UInt8(magnitude))
      return
    }
    let start = bytes.count
    while magnitude > 0 {
      let (quotient, digit) = magnitude.quotientAndRemainder(dividingBy: 10)
      bytes.append(UInt8(ascii: "0") + UInt8(digit))
      magnitude = quotient
    }
    var low = start
    var high = bytes.count - 1
    while low < high {
      bytes.swapAt(low, high)
      low += 1
      high -= 1
    }
  }

  /// Starts a line.
  @inline(__always)
  package mutating func indent() {
    for _ in 0..<indentation {
      bytes.append(UInt8(ascii: " "))
      bytes.append(UInt8(ascii: " "))
    }
  }

  @inline(__always)
  package mutating func newline() { bytes.append(UInt8(ascii: "\n")) }

  /// A whole line.
  package mutating func line(_ text: String) {
    indent()
    write(string: text)
    newline()
  }

  /// What was written.
  package var string: String { String(decoding: bytes, as: UTF8.self) }
}
