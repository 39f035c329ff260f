import Foundation

/// What a message is answered with.
struct GradBenchAnswer: Encodable {
  /// How long something took.
  struct Timing {
    let name: String
    let nanoseconds: Int

    init(_ name: String, _ duration: Duration) {
      self.name = name
      nanoseconds = Int(duration.seconds * 1e9)
    }

    init(_ name: String, nanoseconds: Int) {
      self.name = name
      self.nanoseconds = nanoseconds
    }
  }

  let id: Int?
  let tool: String?
  let success: Bool?
  let error: String?
  let output: (any Encodable)?
  let timings: [Timing]?

  init(
    id: Int?, tool: String? = nil, success: Bool? = nil, error: String? = nil, output: (any Encodable)? = nil,
    timings: [Timing]? = nil
  ) {
    (self.id, self.tool, self.success, self.error) = (id, tool, success, error)
    (self.output, self.timings) = (output, timings)
  }

  /// A JSON object without line breaks.
  ///
  /// - Throws: `EncodingError` if a number is not finite.
  func encoded() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes]
    var text = try encoder.encode(self)
    guard let timings else { return text }
    // There can be millions, for which the encoder would take longer than the runs did.
    text.removeLast()
    text.append(contentsOf: #","timings":["#.utf8)
    for (index, timing) in timings.enumerated() {
      if index > 0 { text.append(UInt8(ascii: ",")) }
      text.append(contentsOf: #"{"name":"\#(timing.name)","nanoseconds":\#(timing.nanoseconds)}"#.utf8)
    }
    text.append(contentsOf: "]}".utf8)
    return text
  }

  private enum CodingKeys: CodingKey {
    case id, tool, success, error, output
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(id, forKey: .id)
    try container.encodeIfPresent(tool, forKey: .tool)
    try container.encodeIfPresent(success, forKey: .success)
    try container.encodeIfPresent(error, forKey: .error)
    if let output { try output.encode(to: container.superEncoder(forKey: .output)) }
  }
}
