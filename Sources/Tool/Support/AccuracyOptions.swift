import ArgumentParser
import Foundation

/// How exact functions such as exp are in everything that a command compiles.
struct AccuracyOptions: ParsableArguments {
  enum Name: String, ExpressibleByArgument, CaseIterable {
    case high, low
  }

  @Option(
    help: """
      high: functions such as exp, log, tanh and sin are within about 1 ulp. low: faster, within 3.5 ulp. Without, what \
      GRADC_ACCURACY says, or high.
      """)
  var accuracy: Name?

  func validate() throws {
    EnvironmentChoice.apply(accuracy, "GRADC_ACCURACY", otherwise: "functions have high accuracy")
  }
}
