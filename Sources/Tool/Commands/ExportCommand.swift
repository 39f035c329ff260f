import ArgumentParser
import Foundation
import GradC

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes a model as a C99 file and its header, which need nothing but libm.")

  @OptionGroup var options: ModelOptions

  @Option(help: "Where to write the two files.")
  var outputDir: String

  @Option(help: "The names of the files, without their endings.")
  var fileName = "model"

  func validate() throws { try validateHeaderName(fileName, of: "--file-name") }

  func run() throws {
    let files = try options.graph().kernels().exportC(headerName: fileName + ".h")
    for (text, ending) in [(files.source, "c"), (files.header, "h")] {
      let path = (outputDir as NSString).appendingPathComponent("\(fileName).\(ending)")
      try Files.write(text, to: path)
      print(path)
    }
  }
}
