import Foundation

/// A bar that fills up on a terminal; a line now and then where there is none.
struct ProgressBar {
  private let total: Int
  private let isTerminal = isatty(STDOUT_FILENO) == 1

  init(total: Int) { self.total = total }

  mutating func show(_ done: Int, _ text: String) {
    if isTerminal {
      let width = 30
      let filled = total > 0 ? width * done / total : width
      let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
      print("\r\(bar) \(done)/\(total)  \(text)\u{1B}[K", terminator: "")
      fflush(nil)
    } else if done == total || done % max(1, total / 10) == 0 {
      print("epoch \(done)/\(total)  \(text)")
    }
  }

  func finish() { if isTerminal && total > 0 { print() } }
}
