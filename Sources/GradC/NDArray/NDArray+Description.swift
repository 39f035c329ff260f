import Basics

extension NDArray: CustomStringConvertible, CustomDebugStringConvertible {
  /// The elements in nested brackets, columns aligned, floating numbers rounded to 8 digits after the point. Of more
  /// than 1,000 elements only 3 at either end of each axis are shown.
  public var description: String { rank == 0 ? scalar(atPosition: 0).description : ArrayPrinter(self).text() }

  /// The type on a line of its own, then the elements.
  public var debugDescription: String { "\(tensorType)\n\(description)" }
}

/// Lays out the elements of one array that has axes.
private struct ArrayPrinter {
  let array: NDArray
  let isElided: Bool
  static let elisionThreshold = 1000
  static let edgeCount = 3
  static let lineWidth = 75

  init(_ array: NDArray) {
    self.array = array
    isElided = array.count > Self.elisionThreshold
  }

  func text() -> String {
    let positions = shownPositions()
    let cells = Dictionary(uniqueKeysWithValues: zip(positions, cellTexts(positions)))
    var result = ""
    append(axis: 0, offset: 0, cells, to: &result)
    return result
  }

  /// The indices shown along an axis; `nil` stands for those left out.
  private func shownIndices(_ axis: Int) -> [Int?] {
    let extent = array.shape[axis]
    guard isElided, extent > 2 * Self.edgeCount else { return Array(0..<extent) }
    return Array(0..<Self.edgeCount) + [nil] + Array(extent - Self.edgeCount..<extent)
  }

  private func shownPositions() -> [Int] {
    guard array.count > 0 else { return [] }
    var positions = [0]
    for axis in 0..<array.rank {
      let indices = shownIndices(axis).compactMap { $0 }
      positions = positions.flatMap { position in indices.map { position * array.shape[axis] + $0 } }
    }
    return positions
  }

  private func append(axis: Int, offset: Int, _ cells: [Int: String], to result: inout String) {
    guard axis < array.rank else {
      result += cells[offset] ?? ""
      return
    }
    let isInnermost = axis == array.rank - 1
    let lineBreak = String(repeating: "\n", count: array.rank - 1 - axis) + String(repeating: " ", count: axis + 1)
    var lineLength = axis + 1
    result += "["
    guard array.count > 0 else {
      result += "]"
      return
    }
    for (number, index) in shownIndices(axis).enumerated() {
      let position = index.map { offset * array.shape[axis] + $0 }
      guard isInnermost else {
        if number > 0 { result += lineBreak }
        if let position { append(axis: axis + 1, offset: position, cells, to: &result) } else { result += "..." }
        continue
      }
      let cell = position.flatMap { cells[$0] } ?? "..."
      if number > 0 {
        if lineLength + 1 + cell.count >= Self.lineWidth {
          result += "\n" + String(repeating: " ", count: axis + 1)
          lineLength = axis + 1
        } else {
          result += " "
          lineLength += 1
        }
      }
      result += cell
      lineLength += cell.count
    }
    result += "]"
  }

  /// The texts of the shown elements, padded to one width.
  private func cellTexts(_ positions: [Int]) -> [String] {
    let scalars = positions.map { array.scalar(atPosition: $0) }
    if array.dtype.isFloating { return floatingTexts(scalars) }
    return padded(scalars.map(\.description))
  }

  private func padded(_ texts: [String]) -> [String] {
    let width = texts.map(\.count).max() ?? 0
    return texts.map { String(repeating: " ", count: width - $0.count) + $0 }
  }

  private func floatingTexts(_ scalars: [Scalar]) -> [String] {
    let magnitudes = scalars.map(\.doubleValue.magnitude).filter { $0.isFinite && $0 > 0 }
    let largest = magnitudes.max() ?? 0
    let smallest = magnitudes.min() ?? 0
    let isScientific = largest >= 1e8 || (smallest > 0 && (smallest < 1e-4 || largest / smallest > 1000))
    var numbers = scalars.map { $0.doubleValue.isFinite ? DecimalText($0.description) : nil }
    for index in numbers.indices {
      if isScientific {
        numbers[index]?.round(significantDigits: 9)
      } else {
        numbers[index]?.round(fractionDigits: 8)
      }
    }
    // Fractions are padded on the right, so that the points of a column are below each other.
    let fractionWidth =
      numbers.compactMap { $0 }.map { isScientific ? $0.scientific.fraction.count : $0.fractionDigitCount }.max() ?? 0
    let powers = numbers.compactMap { $0?.scientific.power.magnitude }
    let powerWidth = max(2, String(powers.max() ?? 0).count)
    let texts = zip(scalars, numbers).map { scalar, number in
      guard let number else { return scalar.doubleValue.isNaN ? "nan" : scalar.description }
      if isScientific {
        let (whole, fraction, power) = number.scientific
        return whole + "." + padding(fraction, to: fractionWidth, with: "0") + "e"
          + exponentText(power, width: powerWidth)
      }
      let (whole, fraction) = number.fixed
      return whole + "." + padding(fraction, to: fractionWidth, with: " ")
    }
    return padded(texts)
  }

  private func padding(_ text: String, to width: Int, with character: String) -> String {
    text + String(repeating: character, count: width - text.count)
  }

  private func exponentText(_ power: Int, width: Int) -> String {
    let digits = String(power.magnitude)
    return (power < 0 ? "-" : "+") + String(repeating: "0", count: width - digits.count) + digits
  }
}
