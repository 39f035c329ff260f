import Foundation
import GradBenchModels
import GradC

/// One eval's talk with this tool. No message, however wrong, ends it.
struct GradBenchSession {
  /// Answers a message.
  ///
  /// - Returns: A JSON object without line breaks.
  func answer(to message: Data) -> Data {
    var id: Int?
    do {
      let header = try JSONDecoder().decode(Header.self, from: message)
      id = header.id
      return try answer(to: message, header).encoded()
    } catch {
      let answer = GradBenchAnswer(id: id, success: false, error: Self.text(error))
      return (try? answer.encoded()) ?? Data("{}".utf8)
    }
  }

  private func answer(to message: Data, _ header: Header) throws -> GradBenchAnswer {
    switch header.kind {
    case "start":
      return GradBenchAnswer(id: header.id, tool: "gradc")
    case "define":
      _ = try eval(header)
      return GradBenchAnswer(id: header.id, success: true, timings: [])
    case "evaluate":
      return try evaluate(message, header)
    default:
      return GradBenchAnswer(id: header.id)
    }
  }

  private func eval(_ header: Header) throws -> Eval {
    guard let eval = Eval.named(header.module ?? "") else {
      throw Diagnostic("there is no module '\(header.module ?? "")'")
    }
    return eval
  }

  private func evaluate(_ message: Data, _ header: Header) throws -> GradBenchAnswer {
    let function = try eval(header).function(header.function ?? "")
    let runs = try JSONDecoder().decode(RunsMessage.self, from: message).input
    guard runs.count <= RunsMessage.greatestCount else {
      throw Diagnostic("min_runs is \(runs.count), more than \(RunsMessage.greatestCount)")
    }
    let trace = try function.tracer(decoding: message)
    let preparation = ContinuousClock.now
    let problem = try trace()
    let compiled = try problem.graph.compile()
    var results = try compiled.makeResults()
    let inputs = problem.inputs
    // The first call meets cold code and memory.
    try compiled.call(inputs: inputs, into: &results)
    var timings = [GradBenchAnswer.Timing("prepare", ContinuousClock.now - preparation)]
    let end = Self.nanoseconds() + Int(min(max(runs.seconds, 0), 1e6) * 1e9)
    var now: Int
    repeat {
      // Some calls take no longer than `ContinuousClock` needs to be read.
      let begin = Self.nanoseconds()
      try compiled.call(inputs: inputs, into: &results)
      now = Self.nanoseconds()
      timings.append(GradBenchAnswer.Timing("evaluate", nanoseconds: now - begin))
    } while timings.count <= runs.count || timings.count <= RunsMessage.greatestCount && now < end
    return GradBenchAnswer(id: header.id, success: true, output: try problem.output(results), timings: timings)
  }

  /// Of a clock that never goes backwards.
  private static func nanoseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
  }

  private static func text(_ error: any Error) -> String {
    func place(_ context: DecodingError.Context) -> String {
      context.codingPath.isEmpty ? "" : "\(context.codingPath.map(\.stringValue).joined(separator: ".")): "
    }
    return switch error {
    case let error as Diagnostics: error.description
    case let error as Diagnostic: error.description
    case DecodingError.keyNotFound(let key, let context): "\(place(context))'\(key.stringValue)' is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
      DecodingError.dataCorrupted(let context):
      "\(place(context))\(context.debugDescription)"
    case EncodingError.invalidValue(let value, _): "a result is \(value), which JSON has no word for"
    default: "\(error)"
    }
  }
}

/// What all messages have.
private struct Header: Decodable {
  let id: Int
  let kind: String
  let module: String?
  let function: String?
}

/// How often a function should be run; once, if its input does not say.
private struct RunsMessage: Decodable {
  /// All times are kept until they are written.
  static let greatestCount = 1 << 22

  struct Runs: Decodable {
    let count: Int
    let seconds: Double

    enum CodingKeys: String, CodingKey {
      case count = "min_runs"
      case seconds = "min_seconds"
    }

    init(from decoder: any Decoder) throws {
      // An input may be a number.
      let values = try? decoder.container(keyedBy: CodingKeys.self)
      count = try values?.decodeIfPresent(Int.self, forKey: .count) ?? 1
      seconds = try values?.decodeIfPresent(Double.self, forKey: .seconds) ?? 0
    }
  }

  let input: Runs
}
