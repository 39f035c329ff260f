import Foundation
import GradBenchModels
import GradC

/// One eval's talk with this tool. No message, however wrong, ends it.
struct GradBenchSession {
  /// Answers a message.
  ///
  /// - Returns: A JSON object without line breaks.
  mutating func answer(to message: Data) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes]
    do {
      let header = try JSONDecoder().decode(Header.self, from: message)
      do {
        return try encoder.encode(answer(to: message, header))
      } catch {
        return try encoder.encode(Answer(id: header.id, success: false, error: Self.text(error)))
      }
    } catch {
      return (try? encoder.encode(Answer(success: false, error: "no message: \(Self.text(error))"))) ?? Data("{}".utf8)
    }
  }

  private func answer(to message: Data, _ header: Header) throws -> Answer {
    switch header.kind {
    case "start":
      return Answer(id: header.id, tool: "gradc")
    case "define":
      _ = try eval(header)
      return Answer(id: header.id, success: true, timings: [])
    case "evaluate":
      return try evaluate(message, header)
    default:
      return Answer(id: header.id)
    }
  }

  private func eval(_ header: Header) throws -> Eval {
    guard let eval = Eval.all.first(where: { $0.name == header.module }) else {
      throw Diagnostic("there is no module '\(header.module ?? "")'")
    }
    return eval
  }

  private func evaluate(_ message: Data, _ header: Header) throws -> Answer {
    let eval = try eval(header)
    guard let function = eval.functions.first(where: { $0.name == header.function }) else {
      throw Diagnostic("module '\(eval.name)' has no function '\(header.function ?? "")'")
    }
    let runs = try JSONDecoder().decode(RunsMessage.self, from: message).input
    let trace = try function.tracer(decoding: message)
    let preparation = ContinuousClock.now
    let problem = try trace()
    let compiled = try problem.graph.compile()
    var results = try compiled.makeResults()
    var timings = [Timing("prepare", ContinuousClock.now - preparation)]
    let start = ContinuousClock.now
    repeat {
      let begin = ContinuousClock.now
      try compiled.call(inputs: problem.inputs, into: &results)
      timings.append(Timing("evaluate", ContinuousClock.now - begin))
    } while timings.count <= runs.count || (ContinuousClock.now - start).seconds < runs.seconds
    return Answer(
      id: header.id, success: true, output: AnyEncodable(value: try problem.output(results)), timings: timings)
  }

  private static func text(_ error: any Error) -> String {
    switch error {
    case let error as Diagnostics: error.description
    case let error as Diagnostic: error.description
    case DecodingError.keyNotFound(let key, _): "'\(key.stringValue)' is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      "\(context.codingPath.map(\.stringValue).joined(separator: ".")): \(context.debugDescription)"
    case DecodingError.dataCorrupted(let context): context.debugDescription
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

private struct Timing: Encodable {
  let name: String
  let nanoseconds: Int

  init(_ name: String, _ duration: Duration) {
    self.name = name
    nanoseconds = Int(duration.seconds * 1e9)
  }
}

private struct AnyEncodable: Encodable {
  let value: any Encodable

  func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

private struct Answer: Encodable {
  var id: Int?
  var tool: String?
  var success: Bool?
  var error: String?
  var output: AnyEncodable?
  var timings: [Timing]?
}
