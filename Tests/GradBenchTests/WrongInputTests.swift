import Foundation
import GradBenchModels
import GradC
import Testing

/// That inputs which do not fit are refused with a reason, whatever is wrong with them.
@Suite struct WrongInputTests {
  private func fields(_ input: SmallInput) -> [String] { ((input.value as? [String: Any]) ?? [:]).keys.sorted() }

  private func expectRefusal(_ input: SmallInput, _ what: String) throws {
    for function in try #require(Eval.named(input.eval)).functions {
      #expect(throws: (any Error).self, "\(input.eval) \(function.name): \(what)") {
        let problem = try input.problem(function.name)
        _ = try problem.graph.compile()(problem.inputs)
      }
    }
  }

  @Test(arguments: SmallInput.all)
  func fieldsMustBeThereAndOfTheirType(_ input: SmallInput) throws {
    for field in fields(input) {
      try expectRefusal(input.with(field, nil), "without \(field)")
      try expectRefusal(input.with(field, "text"), "\(field) is text")
      try expectRefusal(input.with(field, [["text"]]), "\(field) is lists of text")
    }
    try expectRefusal(SmallInput(eval: input.eval, value: "text"), "text")
  }

  @Test(arguments: SmallInput.all)
  func sizesMustBeSuch(_ input: SmallInput) throws {
    for field in fields(input) where (input[field] as? Int) != nil && field != "gamma" {
      // gmm's m may be 0.
      for size in [0, -1, Int.min, Int.max, Int.max - 1, 1 << 40] where size != 0 || input.eval != "gmm" || field != "m"
      {
        try expectRefusal(input.with(field, size), "\(field) is \(size)")
      }
    }
  }

  /// Lists that are empty, too long, of lists of different lengths. That of `sequence` and `points` may be longer.
  @Test(arguments: SmallInput.all)
  func listsMustHaveTheirLengths(_ input: SmallInput) throws {
    for field in fields(input) where field != "data" {
      if let list = input[field] as? [Any], !list.isEmpty {
        // That of hand tracking is another kind of problem.
        if field != "us" { try expectRefusal(input.with(field, [Any]()), "\(field) is empty") }
      }
      if let rows = input[field] as? [[Double]], !rows.isEmpty {
        try expectRefusal(input.with(field, rows.dropLast() + [[1.0]]), "\(field) is ragged")
        try expectRefusal(input.with(field, rows.map { _ in [Double]() }), "\(field) is lists of nothing")
      }
    }
    for (other, field) in [
      (SmallInput.determinant, "A"), (.saddle, "start"), (.mixture, "alpha"), (.bundle, "cam"), (.bundle, "x"),
      (.bundle, "feat"), (.hand, "theta"),
    ] where other.eval == input.eval {
      try expectRefusal(input.with(field, input.list(field) + [1]), "\(field) is too long")
    }
  }

  @Test func indicesOfHandsMustBeOfWhatThereIs() throws {
    func changed(_ input: SmallInput, model: (String, Any)? = nil, data: (String, Any)? = nil) throws -> SmallInput {
      var fields = try #require(input["data"] as? [String: Any])
      if let data { fields[data.0] = data.1 }
      if let model {
        var changed = try #require(fields["model"] as? [String: Any])
        changed[model.0] = model.1
        fields["model"] = changed
      }
      return input.with("data", fields)
    }
    for input in [SmallInput.hand, .handWithCoordinates] {
      try expectRefusal(try changed(input, data: ("correspondences", [2, 0, 1, 6])), "no vertex 6")
      try expectRefusal(try changed(input, data: ("correspondences", [2, 0, 1, -1])), "no vertex -1")
      try expectRefusal(try changed(input, data: ("correspondences", [2, 0, 1])), "three of four points")
      try expectRefusal(try changed(input, model: ("parents", [Int](repeating: 3, count: 22))), "parents after bones")
      try expectRefusal(try changed(input, model: ("parents", [-1, 0])), "two bones")
      try expectRefusal(try changed(input, model: ("base_positions", [[1.0, 2]])), "positions of two numbers")
      try expectRefusal(try changed(input, model: ("weights", [[1.0], [2, 3]])), "ragged weights")
    }
    try expectRefusal(
      try changed(.handWithCoordinates, model: ("triangles", [[0, 1, 6], [3, 4, 5], [5, 1, 3]])), "no vertex 6")
    try expectRefusal(
      try changed(.handWithCoordinates, model: ("triangles", [[0, 1], [3, 4], [5, 1]])), "two corners")
  }
}
