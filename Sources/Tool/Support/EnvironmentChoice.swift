import Foundation

/// What an option says, or else an environment variable.
enum EnvironmentChoice {
  /// Sets the variable to what the option says; without one, says so if the variable has none of the option's values.
  ///
  /// - Parameter consequence: What happens then.
  static func apply<Choice: RawRepresentable<String> & CaseIterable>(
    _ choice: Choice?, _ variable: String, otherwise consequence: String
  ) {
    if let choice {
      setenv(variable, choice.rawValue, 1)
    } else if let text = ProcessInfo.processInfo.environment[variable], !text.isEmpty, Choice(rawValue: text) == nil {
      let values = Choice.allCases.map(\.rawValue)
      let list = values.dropLast().joined(separator: ", ") + " and \(values.last ?? "")"
      Files.writeError("\(variable)='\(text)' is none of \(list); \(consequence)\n")
    }
  }
}
