import Foundation
import GradC

/// Where the time of a compilation went: phases one after the other, and below each what it consists of.
struct FlameChart {
  /// A bar, with those below it.
  private struct Bar {
    var name: String
    var seconds: Double
    var parts: [Bar]

    init(_ name: String, _ duration: Duration, _ parts: [Timings.Part]) {
      self.name = name
      seconds = duration.seconds
      self.parts = parts.map { Bar($0.name, $0.duration, $0.parts) }
    }

    var depth: Int { 1 + (parts.map(\.depth).max() ?? 0) }
  }

  private let title: String
  private let phases: [Bar]
  private let total: Double

  init(_ title: String, _ timings: Timings) {
    self.title = title
    phases = Timings.Phase.allCases.map { Bar($0.rawValue, timings[$0], timings.parts(of: $0)) }
    total = phases.reduce(0) { $0 + $1.seconds }
  }

  // MARK: Text

  /// A line for every phase, and every part of one of at least a hundredth of all: its name, its time and a picture of both ends.
  func text(indentation: String = "  ") -> String {
    var rows: [(name: String, time: String, bar: String)] = []
    var start = 0.0
    for phase in phases {
      append(phase, from: start, depth: 0, to: &rows)
      start += phase.seconds
    }
    let widths = (rows.map(\.name.count).max() ?? 0, rows.map(\.time.count).max() ?? 0)
    return rows.map { row in
      let name = row.name.padding(toLength: widths.0, withPad: " ", startingAt: 0)
      let time = String(repeating: " ", count: widths.1 - row.time.count) + row.time
      return "\(indentation)\(name)  \(time)  \(row.bar)"
    }.joined(separator: "\n")
  }

  private static let columns = 60.0

  private func append(
    _ bar: Bar, from start: Double, depth: Int, to rows: inout [(name: String, time: String, bar: String)]
  ) {
    guard total > 0, depth == 0 || bar.seconds >= total / 100 else { return }
    let first = Int((start / total * Self.columns).rounded())
    let last = max(first + 1, Int(((start + bar.seconds) / total * Self.columns).rounded()))
    let picture = String(repeating: " ", count: first) + String(repeating: "█", count: last - first)
    rows.append((String(repeating: "  ", count: depth) + bar.name, Measurement.text(bar.seconds), picture))
    var next = start
    for part in bar.parts {
      append(part, from: next, depth: depth + 1, to: &rows)
      next += part.seconds
    }
  }

  // MARK: Picture

  /// The same as an SVG picture, phases at the top; pointing at a bar tells its name and time.
  var svg: String {
    let (width, height) = (1000.0, 22.0)
    let rowCount = 1 + (phases.map(\.depth).max() ?? 0)
    var shapes = ""
    func draw(_ bar: Bar, from start: Double, row: Int, hue: Int) {
      let (x, length) = (start / total * width, bar.seconds / total * width)
      guard length >= 0.2 else { return }
      let y = Double(row) * height
      let label = "\(bar.name) \(Measurement.text(bar.seconds))"
      shapes += "<g><title>\(escaped(label))</title>"
      shapes +=
        "<rect x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(length))\" height=\"\(number(height - 1))\""
      shapes += " rx=\"2\" fill=\"hsl(\(hue),65%,\(72 + 3 * min(row, 6))%)\"/>"
      if length > Double(7 * bar.name.count) {
        let text = length > Double(7 * label.count) ? label : bar.name
        shapes += "<text x=\"\(number(x + 4))\" y=\"\(number(y + 15))\">\(escaped(text))</text>"
      }
      shapes += "</g>\n"
      var next = start
      for part in bar.parts {
        draw(part, from: next, row: row + 1, hue: hue)
        next += part.seconds
      }
    }
    var start = 0.0
    if total > 0 {
      for (index, phase) in phases.enumerated() {
        draw(phase, from: start, row: 1, hue: (25 + 55 * index) % 360)
        start += phase.seconds
      }
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(width)) \(number(Double(rowCount) * height))" \
      font-family="sans-serif" font-size="12">
      <text x="4" y="15">\(escaped(title)): \(Measurement.text(total)) from closure to machine code</text>
      \(shapes)</svg>
      """
  }

  private func number(_ value: Double) -> String { String(format: "%.1f", value) }

  private func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: ">", with: "&gt;")
  }
}
