import GradC

/// The cost of clusters, `Σᵢ minⱼ ‖cⱼ - pᵢ‖²`, and Newton's direction for their centres: the gradient by the Hessian, which
/// is diagonal.
enum KMeans {
  struct Input: Decodable {
    let points, centroids: [[Double]]
  }

  static let eval = Eval(
    name: "kmeans",
    functions: [
      .init("cost") { (input: Input) in
        Problem([try NDArray(input.points), try NDArray(input.centroids)], try function("cost", input, cost).graph)
      },
      .init("dir") { (input: Input) in
        Problem([try NDArray(input.points), try NDArray(input.centroids)], try function("dir", input, direction).graph)
      },
    ], workloads: workloads)

  static func function(
    _ name: String, _ input: Input, _ body: (Tensor, Tensor) -> Tensor
  ) throws -> TracedFunction<Tensor, Tensor, Tensor> {
    try checkCount("points", input.points)
    try checkCount("centroids", input.centroids)
    let dimension = input.points[0].count
    return try trace(
      name, .input("points", .f64, [input.points.count, dimension]),
      .input("centroids", .f64, [input.centroids.count, dimension])
    ) { points, centroids in body(points, centroids) }
  }

  /// What every point is away from its nearest centre.
  static func cost(_ points: Tensor, _ centroids: Tensor) -> Tensor {
    let distances = square(points.expandingAxis(1) - centroids).sum(axes: [2])
    let nearest = distances.argMin(axis: 1)
    return square(points - centroids.take(nearest)).sum()
  }

  static func direction(_ points: Tensor, _ centroids: Tensor) -> Tensor {
    // A diagonal matrix times ones is its diagonal.
    let slope = pushforward(at: centroids, along: ones(like: centroids)) { c in
      gradient(at: c) { c in cost(points, c) }
    }
    return slope.value / slope.tangent
  }
}
