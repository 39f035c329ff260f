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
        Problem(try residuals(input).graph, try arrays(input)) { Residuals(try $0[0].array(of: Double.self)) }
      },
      .init("jacobian") { (input: Input) in
        let arrays = try arrays(input)
        let jacobian = try residuals(input).sparseJacobian(
          wrt: { cameras, points, weights, _, _, _ in [cameras, points, weights] },
          indices: ["camera": arrays[4], "point": arrays[5]])
        let structure = jacobian.structure
        return Problem(jacobian.values.graph, arrays) { Entries(structure, try $0[0].array(of: Double.self)) }
      },
    ])

  static func arrays(_ input: Input) throws -> [NDArray] {
    func repeated(_ numbers: [Double], _ count: Int) throws -> NDArray {
      try NDArray(Array(repeatElement(numbers, count: count).joined()), shape: [count, numbers.count])
    }
    guard input.n > 0, input.m > 0 else { throw Diagnostic("there are no cameras or no points") }
    return [
      try repeated(input.cam, input.n), try repeated(input.x, input.m),
      NDArray([Double](repeating: input.w, count: input.p)), try repeated(input.feat, input.p),
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

  /// What is answered of a sparse Jacobian by rows: the two rows of the first observation, and the last number.
  private struct Entries: Encodable {
    let rows, cols: [Int]
    let vals: [Double]

    init(_ structure: SparseStructure, _ values: [Double]) {
      func ends<Element>(_ list: [Element]) -> [Element] { list.prefix(30) + list.suffix(1) }
      rows = ends(structure.rowOffsets)
      cols = ends(structure.columns.map(Int.init))
      vals = ends(values)
    }
  }
}
