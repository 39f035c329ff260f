public import GradC

/// Cameras and points in space that are fitted to where points were seen in pictures.
public enum BundleAdjustment {
  /// The numbers of one camera: rotation as axis times angle (3), centre (3), focal length, principal point (2), two
  /// coefficients of radial distortion.
  public static let cameraSize = 11

  /// How far from where a point was seen a camera puts it, for every observation: `[n, 2]`.
  ///
  /// `w (f (1 + k₁ r² + k₂ r⁴) p + x₀ - seen)`, with `p` the point in the camera's coordinates over its depth and
  /// `r = |p|`; the rotation is that of Rodrigues' formula.
  ///
  /// - Parameters:
  ///   - cameras: The camera of every observation: `[n, 11]`.
  ///   - points: Its point: `[n, 3]`.
  ///   - weights: Its weight: `[n]`.
  ///   - seen: Where the point was seen: `[n, 2]`.
  public static func residuals(_ cameras: Tensor, _ points: Tensor, _ weights: Tensor, _ seen: Tensor) -> Tensor {
    vmap([cameras, points, weights, seen]) { block in residual(block[0], block[1], block[2], block[3]) }
  }

  /// The residual of one observation.
  private static func residual(_ camera: Tensor, _ point: Tensor, _ weight: Tensor, _ seen: Tensor) -> Tensor {
    let c = (0..<cameraSize).map { camera[$0] }
    let rotated = rotate((0..<3).map { point[$0] - c[3 + $0] }, by: Array(c[..<3]))
    let (x, y) = (rotated[0] / rotated[2], rotated[1] / rotated[2])
    let square = x * x + y * y
    let scale = c[6] * (1 + square * (c[9] + square * c[10]))
    return stack([weight * (scale * x + c[7] - seen[0]), weight * (scale * y + c[8] - seen[1])])
  }

  /// `v cos θ + (a × v) sin θ / θ + a (a · v) (1 - cos θ) / θ²` with `θ = |a|`; `v + a × v` of a tiny angle.
  private static func rotate(_ v: [Tensor], by a: [Tensor]) -> [Tensor] {
    func dot(_ a: [Tensor], _ b: [Tensor]) -> Tensor { a[0] * b[0] + a[1] * b[1] + a[2] * b[2] }
    let squared = dot(a, a)
    let isTiny = squared .< 1e-24
    let angle = sqrt(select(isTiny, 1, squared))
    let sine = select(isTiny, 1, sin(angle) / angle)
    let (cosine, along) = (select(isTiny, 1, cos(angle)), dot(a, v))
    let rest = select(isTiny, 0, (1 - cosine) / (angle * angle)) * along
    let cross = [a[1] * v[2] - a[2] * v[1], a[2] * v[0] - a[0] * v[2], a[0] * v[1] - a[1] * v[0]]
    return (0..<3).map { cosine * v[$0] + sine * cross[$0] + rest * a[$0] }
  }

  /// Which camera and which point every observation is of: each camera sees as many points as any other, in a row, and
  /// these are scattered.
  public static func observations(_ count: Int, cameras: Int, points: Int) -> (cameras: [Int32], points: [Int32]) {
    let scattered = (0..<count).map { number in
      // The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
      var z = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return Int32((z ^ (z >> 31)) % UInt64(max(points, 1)))
    }
    return ((0..<count).map { Int32($0 * cameras / max(count, 1)) }, scattered)
  }
}

extension Model {
  /// Residuals of a small bundle adjustment, every one of which sees one camera and one point.
  public static let bundleAdjustment = Model(
    "bundle-adjustment", "240 reprojection errors of 6 cameras that see 40 points", dtype: .f64,
    differentiated: ["cameras", "points", "weights"],
    ranges: ["cameras": 0.05...0.25, "points": 1...2, "weights": 0.5...1]
  ) { dtype in
    let (count, cameras, points) = (240, 6, 40)
    let seen = BundleAdjustment.observations(count, cameras: cameras, points: points)
    return try trace(
      "bundle_adjustment", .input("cameras", dtype, [cameras, BundleAdjustment.cameraSize]),
      .input("points", dtype, [points, 3]), .input("weights", dtype, [count]), .input("seen", dtype, [count, 2])
    ) { c, p, weights, place in
      let (camera, point) = (Tensor(NDArray(seen.cameras)), Tensor(NDArray(seen.points)))
      return BundleAdjustment.residuals(c.take(camera), p.take(point), weights, place)
    }.graph
  }
}
