internal import TensorIR
internal import TensorOps

/// An operation of tensor IR and the kinds of its rules, of which every operation has all.
public struct OperationInfo: Sendable, Hashable {
  /// Its name in the text of a graph.
  public let name: String
  /// How forward mode differentiates it.
  public let forward: String
  /// How reverse mode does: what is linear is transposed, of the rest the tangent is.
  public let reverse: String
  /// How it is applied to stacks of examples.
  public let batching: String
  /// What it becomes in kernels.
  public let lowering: String

  /// All operations, in the order of the registry.
  public static let all: [OperationInfo] = {
    var names: Set<String> = []
    return OpRegistry.examples.compactMap { example in
      names.insert(example.op.name).inserted ? OperationInfo(example.op) : nil
    }
  }()

  private init(_ op: any Op) {
    name = op.name
    (forward, reverse) =
      switch op.derivative {
      case .zero: ("zero", "zero")
      case .elementwise: ("partial derivatives", "of the tangent")
      case .signedSum: ("linear", "sign")
      case .linear: ("linear", "transpose")
      case .bilinear: ("bilinear", "transposes of both sides")
      case .custom(_, let transpose): ("rule", transpose == nil ? "of the tangent" : "transpose")
      case .controlFlow: ("through the functions within", "transposes within")
      }
    batching =
      switch op.batching {
      case .elementwise: "elementwise"
      case .custom: "rule"
      case .controlFlow: "through the functions within"
      }
    lowering =
      switch op.lowering {
      case .scalar, .cast: "one operation an element"
      case .constant: "constant"
      case .iota: "index"
      case .view: "view"
      case .reshape: "the same memory"
      case .place: "boxes"
      case .reduce: "reduction"
      case .dot: "matrix product"
      case .take, .dynamicSlice: "gather"
      case .scatter, .dynamicUpdate: "scatter"
      case .cumulate: "running reduction"
      case .foldWindows: "overlapping sum"
      case .library: "routine"
      case .composed: "composed of others"
      case .controlFlow: "loop, branch or call"
      }
  }
}
