import GradC

/// The loss of a long short-term memory, whose weight matrices are diagonal, that predicts the next of a sequence of
/// vectors.
enum LSTM {
  struct Input: Decodable {
    let main_params, extra_params, state, sequence: [[Double]]
  }

  static let eval = Eval(
    name: "lstm",
    functions: [
      .init("objective") { (input: Input) in Problem(try arrays(input), try loss(input).graph) },
      .init("jacobian") { (input: Input) in
        let (arrays, f) = (try arrays(input), try loss(input))
        let gradient = try trace(
          "jacobian", .input("main", .f64, [input.main_params.count, width(input) * 4]),
          .input("extra", .f64, [3, width(input)]), .input("state", .f64, [input.state.count, width(input)]),
          .input("sequence", .f64, [input.sequence.count, width(input)])
        ) { main, extra, state, sequence in
          let slopes = GradC.gradient(at: [main, extra]) { p in f(p[0], p[1], state, sequence) }
          return concat(slopes.map { $0.flattened() })
        }
        return Problem(arrays, gradient.graph)
      },
    ], workloads: workloads)

  static func width(_ input: Input) -> Int { input.sequence.first?.count ?? 0 }

  static func arrays(_ input: Input) throws -> [NDArray] {
    let (b, c, rows) = (width(input), input.sequence.count, input.main_params.count / 2 * 2)
    try checkSize("sequence", c, 2...1 << 32)
    try checkCount("sequence[0]", input.sequence[0])
    try checkCount("main_params", input.main_params)
    return [
      try matrix("main_params", input.main_params, rows, 4 * b), try matrix("extra_params", input.extra_params, 3, b),
      try matrix("state", input.state, rows, b), try matrix("sequence", input.sequence, c, b),
    ]
  }

  /// A layer's memory.
  struct Cell: TensorStructure {
    var hidden: Tensor
    var cell: Tensor

    mutating func visitTensors(_ visitor: inout TensorVisitor) {
      visitor.visit("hidden", &hidden)
      visitor.visit("cell", &cell)
    }

    /// The memory after an input, by weights and biases of the four gates, side by side.
    func step(_ input: Tensor, weight: Tensor, bias: Tensor) -> Cell {
      let (w, b) = (weight.split(into: 4), bias.split(into: 4))
      let forget = sigmoid(input * w[0] + b[0])
      let ingate = sigmoid(hidden * w[1] + b[1])
      let outgate = sigmoid(input * w[2] + b[2])
      let change = tanh(hidden * w[3] + b[3])
      let next = cell * forget + ingate * change
      return Cell(hidden: outgate * tanh(next), cell: next)
    }
  }

  static func loss(_ input: Input) throws -> TracedFunction<Tensor, Tensor, Tensor, Tensor, Tensor> {
    let (b, c, layers) = (width(input), input.sequence.count, input.main_params.count / 2)
    return try trace(
      "lstm", .input("main", .f64, [2 * layers, 4 * b]), .input("extra", .f64, [3, b]),
      .input("state", .f64, [2 * layers, b]), .input("sequence", .f64, [c, b])
    ) { main, extra, state, sequence in
      let cells = (0..<layers).map { Cell(hidden: state[2 * $0], cell: state[2 * $0 + 1]) }
      let steps = scan(cells, over: [sequence[0..<c - 1], sequence[1..<c]]) { cells, row in
        var output = row[0] * extra[0]
        var next: [Cell] = []
        for (layer, cell) in cells.enumerated() {
          next.append(cell.step(output, weight: main[2 * layer], bias: main[2 * layer + 1]))
          output = next[layer].hidden
        }
        let predicted = output * extra[1] + extra[2]
        let normalised = predicted - log(exp(predicted).sum() + 2)
        return (next, (row[1] * normalised).sum())
      }
      return -steps.outputs.sum() / Double((c - 1) * b)
    }
  }
}
