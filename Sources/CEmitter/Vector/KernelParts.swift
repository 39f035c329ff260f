import Basics
import KernelIR

/// The functions that a long kernel is written as: compilers take more than twice as long for one that is twice as long.
/// Either the kernel has no loops, or the body of its longest loop of tiles is divided.
struct KernelParts {
  /// That of the kernel's function.
  var name = ""
  /// The instructions that are divided; empty if the kernel is one function.
  private(set) var range = 0..<0
  /// Whether they are the body of a loop.
  private(set) var isInLoop = false
  /// Of values, and of tiles, that one part defines and another one uses.
  var spilledDTypes: [DType] = []
  var spilledTileDTypes: [DType] = []
  var tileSpills = SlotPool()
  /// Vectors of a tile.
  var copyCount = 1
  /// Where in the text the parts of the body start that is being written.
  var starts: [Int] = []
  /// The functions so far.
  var functions = ByteWriter()
  var count = 0

  /// Instructions of a part.
  private static let length = 1024

  init() {}

  init(_ flat: FlatKernel, name: String) {
    self.name = name
    if flat.code.count <= 2 * Self.length || flat.code.contains(where: { $0.kind == .accumulator }) { return }
    if flat.scopes.count == 1 {
      range = flat.code.indices
    } else {
      isInLoop = true
      for scope in flat.scopes.dropFirst() where scope.isTile {
        let body = Int(scope.start) + 1..<Int(scope.end)
        if body.count > max(range.count, 2 * Self.length), !body.contains(where: { flat.code[$0].kind == .end }) {
          range = body
        }
      }
    }
  }

  /// The number of the part that an instruction is in, or -1.
  func part(_ position: Int) -> Int {
    range.contains(position) ? (position - range.lowerBound) / Self.length : -1
  }

  /// Whether a part but the first starts with an instruction.
  func isStart(_ position: Int) -> Bool {
    position > range.lowerBound && position < range.upperBound && (position - range.lowerBound) % Self.length == 0
  }
}
