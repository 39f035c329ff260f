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
      .init("objective") { (input: Input) in Problem(try arrays(input), try residuals(input).graph) },
      .init("jacobian") { (input: Input) in Problem(try arrays(input), try jacobian(input).graph) },
    ], workloads: workloads)

  static func arrays(_ input: Input) throws -> [NDArray] {
    try check(input.data, hasCoordinates: !input.us.isEmpty)
    return [
      try vector("theta", input.theta, 26),
      try matrix("us", input.us, input.us.isEmpty ? 0 : input.data.points.count, 2),
    ]
  }

  /// That indices of the data are of what there is; tracing says what else does not fit.
  static func check(_ data: Observations, hasCoordinates: Bool) throws(Diagnostic) {
    let (vertices, triangles) = (data.model.base_positions.indices, data.model.triangles)
    try checkCount("points", data.points)
    try checkCount("base_positions", data.model.base_positions)
    guard data.model.parents.count >= 22, data.model.parents.enumerated().allSatisfy({ $0.element < $0.offset }) else {
      throw Diagnostic("'parents' is not that of a hand: 22 bones or more, each after its parent")
    }
    guard data.points.allSatisfy({ $0.count == 3 }), data.correspondences.count == data.points.count,
      data.correspondences.allSatisfy((hasCoordinates ? triangles.indices : vertices).contains)
    else {
      throw Diagnostic("'correspondences' or 'points' are not one vertex or triangle and three numbers for every point")
    }
    guard data.model.weights.count == vertices.count,
      data.model.weights.allSatisfy({ $0.count == data.model.parents.count }),
      data.model.base_positions.allSatisfy({ $0.count == 4 })
    else { throw Diagnostic("'weights' or 'base_positions' are not a weight for every bone and four numbers a vertex") }
    guard triangles.allSatisfy({ $0.count == 3 && $0.allSatisfy(vertices.contains) }) else {
      throw Diagnostic("'triangles' are not three vertices each")
    }
  }

  static func residuals(_ input: Input) throws -> TracedFunction<Tensor, Tensor, Tensor> {
    try trace("ht", .input("theta", .f64, [input.theta.count]), .input("us", .f64, [input.us.count, 2])) { theta, us in
      try residuals(theta, us, input.data, weightedPositions(input.data.model)).flattened()
    }
  }

  /// Derivatives of the residuals by their two coordinates, if they have such, and by the pose.
  static func jacobian(_ input: Input) throws -> TracedFunction<Tensor, Tensor, Tensor> {
    try trace("ht", .input("theta", .f64, [input.theta.count]), .input("us", .f64, [input.us.count, 2])) { theta, us in
      let count = input.data.points.count * 3
      let rest = try weightedPositions(input.data.model)
      let byPose = try GradC.jacobian(at: theta, mode: .forward) { try residuals($0, us, input.data, rest) }
        .reshaped(to: [count, input.theta.count])
      guard !input.us.isEmpty else { return byPose }
      // A residual depends on the coordinates of its own point alone.
      let byCoordinates = try [[1.0, 0], [0, 1]].map { direction in
        try pushforward(at: us, along: Tensor(direction, dtype: .f64).broadcast(to: us.shape)) {
          try residuals(theta, $0, input.data, rest)
        }.tangent.flattened()
      }
      return concat([stack(byCoordinates, axis: 1), byPose], axis: 1)
    }
  }

  /// What points and skin differ by: (points, 3).
  static func residuals(_ theta: Tensor, _ us: Tensor, _ data: Observations, _ rest: Tensor) throws -> Tensor {
    let skin = matmul(try matrices(theta, data.model), rest)
    func positions(_ vertices: [Int]) -> Tensor { skin.take(Tensor(integers: vertices), axis: 1).transposed() }
    var surface: Tensor
    if us.shape[0] == 0 {
      surface = positions(data.correspondences)
    } else {
      let corners = (0..<3).map { corner in
        positions(data.correspondences.map { data.model.triangles[$0][corner] })
      }
      let (u, v) = (us[.all, 0..<1], us[.all, 1..<2])
      surface = u * corners[0] + v * corners[1] + (1 - u - v) * corners[2]
    }
    surface = surface + theta[3..<6]
    return try constant(data.points) - surface
  }

  /// The matrices of all bones side by side, (3, 4 bones), without the hand's translation.
  ///
  /// Their product with the weighted positions is `R Σ_b w_b T_b p` for every vertex p, with the hand's rotation R and T from
  /// the bone's place at rest to where it is.
  static func matrices(_ theta: Tensor, _ model: Model) throws -> Tensor {
    let bones = model.parents.count
    let rotations = eulerRotations(fingerAngles(theta, bones))
    // Rotations as 4×4 matrices of homogeneous coordinates.
    let corner = Tensor(rows: [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]], dtype: .f64)
    let homogeneous = rotations.padded(axis: 1, after: 1).padded(axis: 2, after: 1) + corner
    let relatives = matmul(try constant(model.base_relatives), homogeneous)
    var absolutes: [Tensor] = []
    for (bone, parent) in model.parents.enumerated() {
      absolutes.append(parent < 0 ? relatives[bone] : matmul(absolutes[parent], relatives[bone]))
    }
    let transforms = matmul(stack(absolutes), try constant(model.inverse_base_absolutes))
    var global = rotation(axis: theta[0..<3])
    if model.is_mirrored { global = global * Tensor([-1, 1, 1], dtype: .f64) }
    return einsum("ij,bjk->ibk", global, transforms[.all, 0..<3]).reshaped(to: [3, 4 * bones])
  }

  /// The homogeneous coordinates of all vertices at rest, times their weights for a bone, for one bone after the other:
  /// (4 bones, vertices).
  static func weightedPositions(_ model: Model) throws -> Tensor {
    let rows = model.parents.indices.flatMap { bone in
      (0..<4).map { coordinate in
        zip(model.weights, model.base_positions).map { weights, position in weights[bone] * position[coordinate] }
      }
    }
    return try constant(rows)
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
