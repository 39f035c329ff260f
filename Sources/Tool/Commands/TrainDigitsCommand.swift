import ArgumentParser
import Foundation
import GradC
import GradCData

struct TrainDigitsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "digits", abstract: "Trains a 64-128-64-10 network to read handwritten digits.",
    discussion: "A whole step, forward, gradient and Adam update, is one compiled function. The same options give the"
      + " same weights to the byte.")

  @OptionGroup var tier: TierOptions

  @Option(help: "Passes over the training images.")
  var epochs = 40

  @Option(help: "The seed of the weights and of the order of the images.")
  var seed: UInt64 = 0

  @Option(help: "Images in a step.")
  var batch = 32

  @Option(help: "Adam's step size.")
  var learningRate = 0.002

  @Option(help: "Where to write the step as C; its header is put next to it.")
  var cOutput = "out/digits_step.c"

  @Option(help: "Where to write the trained weights, as .npy files.")
  var weightsOutput = "out/weights"

  @Option(help: "Other data, in the format of digits.csv.")
  var data: String?

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if epochs < 0 { throw ValidationError("--epochs must be at least 0") }
    if batch < 1 { throw ValidationError("--batch must be at least 1") }
    if !learningRate.isFinite { throw ValidationError("--learning-rate must be a number") }
    try validateHeaderName((cOutput as NSString).lastPathComponent, of: "--c-output")
    if headerPath == cOutput {
      throw ValidationError("--c-output: '\(cOutput)' is where the header goes; name a .c file")
    }
  }

  func run() throws {
    threads.apply()
    let digits = try Digits(contentsOf: data)
    var training = try DigitsTraining(digits, batch: batch, seed: seed, learningRate: learningRate)
    let files = training.exportC(headerName: headerName)
    try Files.write(files.source, to: cOutput)
    try Files.write(files.header, to: headerPath)
    // Before the training, which would be in vain.
    try Files.makeFolder(weightsOutput)

    print("\(training.trainingCount) training and \(training.testCount) test images, \(training.weightCount) weights")
    print("compiled in \(Measurement.text(training.compileSeconds)): \(training.timings)")
    var bar = ProgressBar(total: epochs)
    var seconds = 0.0
    for epoch in 0..<epochs {
      var progress = DigitsTraining.Progress()
      seconds += try Stopwatch.seconds { progress = try training.runEpoch(epoch) }
      bar.show(
        epoch + 1, String(format: "loss %.4f, accuracy %.2f %%", progress.loss, 100 * progress.accuracy))
    }
    bar.finish()
    let accuracy = try training.testAccuracy()
    if training.stepCount > 0 {
      let perStep = Measurement.text(seconds / Double(training.stepCount))
      print("trained in \(Measurement.text(seconds)), \(perStep) for each of \(training.stepCount) steps")
    }
    print(String(format: "test accuracy %.4f", accuracy))
    try Files.writeArrays(training.weights, to: weightsOutput)
    print("the step as C: \(cOutput), \(headerPath); the weights: \(weightsOutput)")
  }

  private var headerPath: String {
    (cOutput as NSString).deletingPathExtension + ".h"
  }

  private var headerName: String { (headerPath as NSString).lastPathComponent }
}
