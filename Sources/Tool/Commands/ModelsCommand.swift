import ArgumentParser
import GradCModels

struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "models", abstract: "Lists the built-in models.")

  func run() {
    let width = Model.all.map(\.name.count).max() ?? 0
    for model in Model.all {
      print(model.name + String(repeating: " ", count: width - model.name.count + 2) + model.summary)
    }
  }
}
