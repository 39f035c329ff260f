import TensorIR

/// The ops that a kernel computes, by the line of the user's code they come from.
struct KernelOrigins {
  private struct Line {
    let location: Int32
    /// Op numbers, each once.
    var ops: [Int32]
  }

  private let view: LoweringView
  private var lines: [Line] = []
  /// By location: its place in `lines`. No table of all locations: there are many kernels of few lines.
  private var lineOf: [Int32: Int] = [:]
  private var lastLine = -1
  private static let greatestOpCount = 12
  private static let greatestLineCount = 12

  init(_ view: LoweringView) { self.view = view }

  /// Notes an instruction that is computed; what only moves elements is not worth a word.
  mutating func add(_ instruction: Function.Instruction) {
    switch view.rule(instruction) {
    case .constant, .view, .reshape, .iota: return
    default: break
    }
    let line = line(at: instruction.location)
    let known = lines[line].ops
    if known.count <= Self.greatestOpCount, !known.contains(instruction.op) { lines[line].ops.append(instruction.op) }
  }

  private mutating func line(at location: Int32) -> Int {
    // Instructions of one line mostly follow each other.
    if lastLine >= 0, lines[lastLine].location == location { return lastLine }
    if let known = lineOf[location] {
      lastLine = known
    } else {
      lastLine = lines.count
      lineOf[location] = lastLine
      lines.append(Line(location: location, ops: []))
    }
    return lastLine
  }

  /// `mul, add (Model.swift:12)` for every line.
  var texts: [String] {
    let shown = lines.prefix(Self.greatestLineCount).map { line in
      var ops = line.ops.prefix(Self.greatestOpCount).map { view.function.ops[Int($0)].name }
      var seen: Set<String> = []
      ops.removeAll { !seen.insert($0).inserted }
      let text = ops.joined(separator: ", ") + (line.ops.count > Self.greatestOpCount ? ", ..." : "")
      return line.location < 0 ? text : "\(text) (\(view.function.locations[Int(line.location)]))"
    }
    return lines.count > shown.count ? shown + ["and \(lines.count - shown.count) more lines"] : Array(shown)
  }
}
