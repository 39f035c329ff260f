import ArgumentParser

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measures: every phase of compiling models, how phases grow, kernels against C.",
    subcommands: [
      BenchModelsCommand.self, BenchScaleCommand.self, BenchKernelsCommand.self, BenchLoopsCommand.self,
    ],
    defaultSubcommand: BenchModelsCommand.self)
}
