import GradC
import GradCModels

/// Bundle adjustment: how far from where they were seen cameras put points, and how far weights are from one.
enum BundleAdjustmentEval {
  struct Input: Decodable {
    /// The numbers of cameras, points and observations.
    let n, m, p: Int
    /// One of each, of which there are many equal ones.
    let cam, x: [Double]
    let w: Double
    let feat: [Double]
  }

  static let eval = Eval(
    name: "ba",
    functions: [
      .init("objective") { (input: Input) in
        Problem(try arrays(input), try residuals(input).graph) { Residuals(try $0[0].array(of: Double.self)) }
      },
      .init("jacobian") { (input: Input) in
        let arrays = try arrays(input)
        let jacobian = try residuals(input).sparseJacobian(
          wrt: { cameras, points, weights, _, _, _ in [cameras, points, weights] },
          indices: ["camera": arrays[4], "point": arrays[5]])
        let structure = jacobian.structure
        return Problem(arrays, jacobian.values.graph) {
          Entries(try SparseMatrix(structure, values: $0[0]), input)
        }
      },
    ], workloads: workloads)

  static func arrays(_ input: Input) throws -> [NDArray] {
    for (name, size) in [("n", input.n), ("m", input.m), ("p", input.p)] { try checkSize(name, size, 1...1 << 24) }
    func repeated(_ name: String, _ numbers: [Double], _ length: Int, _ count: Int) throws -> NDArray {
      guard numbers.count == length else { throw Diagnostic("'\(name)' has \(numbers.count) numbers, not \(length)") }
      return try NDArray(Array(repeatElement(numbers, count: count).joined()), shape: [count, length])
    }
    return [
      try repeated("cam", input.cam, BundleAdjustment.cameraSize, input.n), try repeated("x", input.x, 3, input.m),
      NDArray([Double](repeating: input.w, count: input.p)), try repeated("feat", input.feat, 2, input.p),
      NDArray((0..<input.p).map { Int32($0 % input.n) }), NDArray((0..<input.p).map { Int32($0 % input.m) }),
    ]
  }

  static func residuals(
    _ input: Input
  ) throws -> TracedFunction<Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor> {
    try trace(
      "ba", .input("cameras", .f64, [input.n, BundleAdjustment.cameraSize]), .input("points", .f64, [input.m, 3]),
      .input("weights", .f64, [input.p]), .input("seen", .f64, [input.p, 2]), .input("camera", .i32, [input.p]),
      .input("point", .i32, [input.p])
    ) { cameras, points, weights, seen, camera, point in
      let errors = BundleAdjustment.residuals(cameras.take(camera), points.take(point), weights, seen)
      return concat([errors.flattened(), 1 - weights * weights])
    }
  }

  /// What is answered of the residuals, which are all alike: those of the first observation.
  private struct Residuals: Encodable {
    struct Error: Encodable {
      let elements: [Double]
      let repeated: Int
    }

    struct Weight: Encodable {
      let element: Double
      let repeated: Int
    }

    let reproj_error: Error
    let w_err: Weight

    init(_ residuals: [Double]) {
      let count = residuals.count / 3
      reproj_error = Error(elements: Array(residuals.prefix(2)), repeated: count)
      w_err = Weight(element: residuals.last ?? 0, repeated: count)
    }
  }

  /// What is answered of a Jacobian in compressed rows: the first 30 of each list, and the last number.
  ///
  /// The eval counts all of a block of 15 numbers, of a camera, a point and a weight, as entries, also the two that are zero
  /// because a coordinate does not depend on the other's principal point.
  private struct Entries: Encodable {
    let rows, cols: [Int]
    let vals: [Double]

    init(_ matrix: SparseMatrix, _ input: Input) {
      let camera = BundleAdjustment.cameraSize
      let width = camera + 4
      let weights = camera * input.n + 3 * input.m
      // Rows of the weights' residuals have one entry and come last.
      func place(_ entry: Int) -> (row: Int, column: Int) {
        let block = entry / (2 * width)
        guard block < input.p else { return (entry - 2 * input.p * (width - 1), weights + entry - 2 * input.p * width) }
        switch entry % width {
        case let i where i < camera: return (entry / width, camera * (block % input.n) + i)
        case let i where i < camera + 3: return (entry / width, camera * input.n + 3 * (block % input.m) + i - camera)
        default: return (entry / width, weights + block)
        }
      }
      let count = input.p * (2 * width + 1)
      let places = (Array(0..<min(30, count)) + [count - 1]).map(place)
      rows = (Array(0..<min(30, 3 * input.p + 1)) + [3 * input.p]).map { row in
        row * width - max(0, row - 2 * input.p) * (width - 1)
      }
      cols = places.map(\.column)
      vals = places.map { matrix[$0.row, $0.column] ?? 0 }
    }
  }
}
