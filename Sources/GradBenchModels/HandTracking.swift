import GradC

/// Residuals between observed points and a hand's skin, which the bones' pose moves.
enum HandTracking {
  struct Model: Decodable {
    let parents: [Int]
    let base_relatives, inverse_base_absolutes: [[[Double]]]
    let base_positions, weights: [[Double]]
    let triangles: [[Int]]
    let is_mirrored: Bool
  }

  struct Observations: Decodable {
    let model: Model
    let correspondences: [Int]
    let points: [[Double]]
  }

  struct Input: Decodable {
    /// Global rotation and translation, and the angles of the fingers.
    let theta: [Double]
    let data: Observations
    /// Barycentric coordinates of the points' triangles; empty if points belong to vertices.
    let us: [[Double]]
  }

  static let eval = Eval(
    name: "ht",
    functions: [
      .init("objective") { (input: Input) in Problem(try residuals(input).graph, try arrays(input)) },
      .init("jacobian") { (input: Input) in Problem(try jacobian(input).graph, try arrays(input)) },
    ])

  static func arrays(_ input: Input) throws -> [NDArray] {
    [NDArray(input.theta), try NDArray(input.us.flatMap { $0 }, shape: [input.us.count, 2])]
  }

  static func residuals(_ input: Input) throws -> TracedFunction<Tensor, Tensor, Tensor> {
    try trace("ht", .input("theta", .f64, [input.theta.count]), .input("us", .f64, [input.us.count, 2])) { theta, us in
      try residuals(theta, us, input.data).flattened()
    }
  }

  /// Derivatives of the residuals by their two coordinates, if they have such, and by the pose.
  static func jacobian(_ input: Input) throws -> TracedFunction<Tensor, Tensor, Tensor> {
    try trace("ht", .input("theta", .f64, [input.theta.count]), .input("us", .f64, [input.us.count, 2])) { theta, us in
      let count = input.data.points.count * 3
      let byPose = try GradC.jacobian(at: theta, mode: .forward) { try residuals($0, us, input.data) }
        .reshaped(to: [count, input.theta.count])
      guard !input.us.isEmpty else { return byPose }
      // A residual depends on the coordinates of its own point alone.
      let byCoordinates = try [[1.0, 0], [0, 1]].map { direction in
        try pushforward(at: us, along: Tensor(direction, dtype: .f64).broadcast(to: us.shape)) {
          try residuals(theta, $0, input.data)
        }.tangent.flattened()
      }
      return concat([stack(byCoordinates, axis: 1), byPose], axis: 1)
    }
  }

  /// What points and skin differ by: (points, 3).
  static func residuals(_ theta: Tensor, _ us: Tensor, _ data: Observations) throws -> Tensor {
    let vertices = try skin(theta, data.model)
    let points = try constant(data.points)
    guard us.shape[0] > 0 else { return points - vertices.take(Tensor(integers: data.correspondences)) }
    let triangles = data.model.triangles
    guard data.correspondences.allSatisfy(triangles.indices.contains), triangles.allSatisfy({ $0.count == 3 }) else {
      throw Diagnostic("a point belongs to no triangle")
    }
    let corners = (0..<3).map { corner in
      vertices.take(Tensor(integers: data.correspondences.map { triangles[$0][corner] }))
    }
    let (u, v) = (us[.all, 0..<1], us[.all, 1..<2])
    return points - (u * corners[0] + v * corners[1] + (1 - u - v) * corners[2])
  }

  /// The positions of the vertices: (vertices, 3).
  static func skin(_ theta: Tensor, _ model: Model) throws -> Tensor {
    let bones = model.parents.count
    let rotations = eulerRotations(fingerAngles(theta, bones))
    // Rotations as 4×4 matrices of homogeneous coordinates.
    let corner = Tensor(rows: [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]], dtype: .f64)
    let homogeneous = rotations.padded(axis: 1, after: 1).padded(axis: 2, after: 1) + corner
    let relatives = matmul(try constant(model.base_relatives), homogeneous)
    var absolutes: [Tensor] = []
    for (bone, parent) in model.parents.enumerated() {
      guard parent < bone else { throw Diagnostic("bone \(bone) comes before its parent \(parent)") }
      absolutes.append(parent < 0 ? relatives[bone] : matmul(absolutes[parent], relatives[bone]))
    }
    let transforms = matmul(stack(absolutes), try constant(model.inverse_base_absolutes))
    var positions = einsum(
      "bij,vj,vb->vi", transforms[.all, 0..<3], try constant(model.base_positions), try constant(model.weights))
    if model.is_mirrored { positions = positions * Tensor([-1, 1, 1], dtype: .f64) }
    return matmul(positions, rotation(axis: theta[0..<3]).transposed()) + theta[3..<6]
  }

  /// Angles about x, z and y of every bone: those of the fingers from the pose, zero for others.
  static func fingerAngles(_ theta: Tensor, _ bones: Int) -> Tensor {
    // Two bones of the wrist come first; a finger has four bones, of which the first bends to two sides and the last not.
    var places: [Int] = []
    for finger in 0..<5 {
      let first = 2 + 4 * finger
      places += [3 * first, 3 * first + 1, 3 * (first + 1), 3 * (first + 2)]
    }
    return zeros([3 * bones], .f64).scattering(theta[6...], at: Tensor(integers: places), by: .set)
      .reshaped(to: [bones, 3])
  }

  /// `R_z R_y R_x` of angles about x, z and y: (bones, 3) → (bones, 3, 3).
  static func eulerRotations(_ angles: Tensor) -> Tensor {
    vmap(angles) { xzy in
      let (c, s) = (cos(xzy), sin(xzy))
      func matrix(_ rows: [[Tensor]]) -> Tensor { stack(rows.map { stack($0) }) }
      let (zero, one) = (zeros(like: c[0]), ones(like: c[0]))
      let x = matrix([[one, zero, zero], [zero, c[0], -s[0]], [zero, s[0], c[0]]])
      let z = matrix([[c[1], -s[1], zero], [s[1], c[1], zero], [zero, zero, one]])
      let y = matrix([[c[2], zero, s[2]], [zero, one, zero], [-s[2], zero, c[2]]])
      return matmul(matmul(z, y), x)
    }
  }

  /// The rotation about an axis by its length (Rodrigues): `cos φ I + sin φ [n]ₓ + (1 - cos φ) n nᵀ`.
  static func rotation(axis: Tensor) -> Tensor {
    let angle = sqrt(square(axis).sum())
    return cond(
      angle .< 1e-4, then: { eye(3, .f64) },
      else: {
        let n = axis / angle
        let zero = zeros(like: angle)
        let cross = stack([zero, -n[2], n[1], n[2], zero, -n[0], -n[1], n[0], zero]).reshaped(to: [3, 3])
        return cos(angle) * eye(3, .f64) + sin(angle) * cross + (1 - cos(angle)) * n.outer(n)
      })
  }

  private static func constant(_ rows: some NDArrayNested) throws -> Tensor { Tensor(try NDArray(rows, dtype: .f64)) }
}
